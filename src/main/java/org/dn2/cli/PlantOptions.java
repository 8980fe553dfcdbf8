package org.dn2.cli;

import java.io.File;
import org.apache.spark.sql.SparkSession;
import org.dn2.pipeline.NightlyConfig;
import org.dn2.store.Plant;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** Which plant is meant. */
final class PlantOptions {
  @ArgGroup(multiplicity = "1")
  private Place place;

  /** One of both. */
  static final class Place {
    @Option(names = "--plant", paramLabel = "FOLDER", description = "The folder of the plant.")
    private String plant;

    @Option(
        names = "--conf",
        paramLabel = "FILE",
        description = "The nightly job's configuration file, which names the plant.")
    private File file;
  }

  /**
   * The plant.
   *
   * @throws org.dn2.table.UserDataException if its folder is not there
   */
  Plant open(SparkSession spark) {
    Plant plant =
        new Plant(
            spark, place.plant != null ? place.plant : NightlyConfig.read(place.file).plant());
    plant.requireThere();
    return plant;
  }
}
