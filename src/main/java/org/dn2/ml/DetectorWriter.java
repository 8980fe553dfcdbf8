package org.dn2.ml;

import java.io.IOException;
import org.apache.spark.ml.util.DefaultParamsWriter$;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.SparkSession;
import org.dn2.store.DetectorStore;
import org.dn2.store.Separation;
import org.dn2.table.LiteralPath;

/** Copies a model's detector, and adds what MLlib has to know. */
final class DetectorWriter extends MLWriter {
  private final DeepNearestNeighborsModel model;

  DetectorWriter(DeepNearestNeighborsModel model) {
    this.model = model;
  }

  /**
   * Saves, but never over the folder that the model itself is kept in: it would be gone before it
   * is read.
   */
  @Override
  public void save(String path) throws IOException {
    Separation.require(sparkSession().sessionState().newHadoopConf(), path, model.detector());
    super.save(path);
  }

  @Override
  public void saveImpl(String path) {
    SparkSession spark = sparkSession();
    DetectorFolder.of(path, spark)
        .write(
            new DetectorStore(spark).read(LiteralPath.given(model.detector())),
            DefaultParamsWriter$.MODULE$.getMetadataToSave(model, spark));
  }
}
