package org.dn2.ml;

import java.io.IOException;
import org.apache.hadoop.fs.Path;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.DefaultParamsReader$;
import org.apache.spark.ml.util.Identifiable$;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.SparkSession;
import org.dn2.store.DetectorStore;
import org.dn2.table.LiteralPath;
import org.dn2.table.UserDataException;

/** Reads a detector's folder as a model; without MLlib's words its parameters are the defaults. */
final class DetectorReader extends MLReader<DeepNearestNeighborsModel> {
  @Override
  public DeepNearestNeighborsModel load(String path) {
    SparkSession spark = sparkSession();
    Path folder = LiteralPath.given(path);
    new DetectorStore(spark).description(folder);
    try {
      if (!folder
          .getFileSystem(spark.sessionState().newHadoopConf())
          .exists(new Path(folder, "metadata"))) {
        return new DeepNearestNeighborsModel(
            Identifiable$.MODULE$.randomUID("deepNearestNeighbors"), path);
      }
    } catch (IOException e) {
      throw new UserDataException(path + " cannot be read: " + e.getMessage(), e);
    }
    DefaultParamsReader.Metadata metadata =
        DefaultParamsReader$.MODULE$.loadMetadata(
            path, spark, DeepNearestNeighborsModel.class.getName());
    DeepNearestNeighborsModel model = new DeepNearestNeighborsModel(metadata.uid(), path);
    metadata.getAndSetParams(model, metadata.getAndSetParams$default$2());
    return model;
  }
}
