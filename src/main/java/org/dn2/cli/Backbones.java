package org.dn2.cli;

import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.dn2.embedding.Precision;
import org.dn2.image.View;
import org.dn2.model.ModelCache;
import org.dn2.pipeline.BackboneFolder;
import org.dn2.pipeline.RunConfig;

/** Finds the backbone that an option or a configuration file names. */
final class Backbones {
  private Backbones() {}

  /**
   * The backbone of that folder, or the default one in a precision, fetched on first use.
   *
   * @param views null for those that its description names
   */
  static BackboneFolder open(String model, List<View> views, SparkSession spark) {
    String folder = model;
    for (Precision precision : Precision.values()) {
      if (model.equals(RunConfig.DEFAULT_MODEL + precision.suffix())) {
        folder = ModelCache.fromEnvironment(System.getenv()).fetch(precision).toUri().toString();
      }
    }
    BackboneFolder backbone = BackboneFolder.open(folder, spark.sessionState().newHadoopConf());
    return views == null
        ? backbone
        : new BackboneFolder(backbone.spec().withViews(views), backbone.torchScript());
  }

  /** The backbone whose embeddings are the pixels of an image, resized. */
  static BackboneFolder rawPixels(int size, SparkSession spark) {
    return BackboneFolder.open(
        ModelCache.fromEnvironment(System.getenv()).rawPixels(size).toUri().toString(),
        spark.sessionState().newHadoopConf());
  }
}
