package org.dn2.ml;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.List;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkContext;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.ShutdownHookManager;
import org.dn2.detector.FittedDetector;
import org.dn2.fit.Fit;
import org.dn2.store.CommittedFolder;
import org.dn2.store.Destination;
import org.dn2.store.DetectorStore;
import org.dn2.store.ExistingOutput;
import org.dn2.store.RunId;
import org.dn2.table.UserDataException;

/**
 * Where a fitted detector is kept: a folder as {@code dn2 fit} writes it.
 *
 * @param path on any Hadoop file system
 */
record DetectorFolder(SparkSession spark, String path, RunId runId) {
  private static final int DIGITS = 12;

  /**
   * The folder that is given, or a new one.
   *
   * @param given empty for none
   * @throws UserDataException if none is given, and there is no place that all executors reach
   */
  static DetectorFolder of(String given, SparkSession spark) {
    String name = UUID.randomUUID().toString().replace("-", "").substring(0, DIGITS);
    return new DetectorFolder(
        spark, given.isEmpty() ? free(name, spark.sparkContext()) : given, new RunId("ml-" + name));
  }

  private static String free(String name, SparkContext context) {
    if (context.getCheckpointDir().isDefined()) {
      return context.getCheckpointDir().get() + "/dn2-detector-" + name;
    }
    if (!context.isLocal()) {
      throw new UserDataException(
          "There is no folder that all executors reach for the fitted detector. Call SparkContext.setCheckpointDir, or name one by setDetector, which holds for one fit.");
    }
    try {
      java.nio.file.Path folder = Files.createTempDirectory("dn2-detector-");
      ShutdownHookManager.registerShutdownDeleteDir(folder.toFile());
      return folder.resolve(name).toUri().toString();
    } catch (IOException e) {
      throw new UncheckedIOException("No temporary folder can be made for the detector.", e);
    }
  }

  /**
   * What the detector says that it comes from.
   *
   * @param schema of the rows, with what the column says of itself
   */
  Fit.Provenance provenance(FeatureColumn column, StructType schema, List<String> normalLabels) {
    return new Fit.Provenance(
        "the column " + column.name(), column.decoding(schema), normalLabels, runId.value());
  }

  /** Writes the detector. */
  void write(FittedDetector detector) {
    write(detector, null);
  }

  /**
   * Writes the detector.
   *
   * @param metadata by which MLlib knows the stage; null for none
   */
  void write(FittedDetector detector, String metadata) {
    Configuration hadoop = spark.sessionState().newHadoopConf();
    CommittedFolder.claim(new Destination(path, runId, ExistingOutput.KEEP), "fit", hadoop)
        .write(
            draft -> {
              if (metadata != null) {
                draft.file("metadata/part-00000", metadata + "\n");
              }
              new DetectorStore(spark).write(detector, draft);
              return path;
            });
  }
}
