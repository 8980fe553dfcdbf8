package org.dn2.features;

import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.dn2.table.EmbeddedImage;

/**
 * The one way from stored embeddings to the numbers that are compared: each image by itself, before
 * images are cleaned, pooled, clustered or searched. Close it once what came of it has been
 * written.
 */
public final class Features implements AutoCloseable {
  private final FeatureMap map;
  private final Broadcast<Whitening> whitening;

  private Features(FeatureMap map, Broadcast<Whitening> whitening) {
    this.map = map;
    this.whitening = whitening;
  }

  /** A map alone. */
  public static Features by(FeatureMap map) {
    return new Features(map, null);
  }

  /**
   * A map and then a whitening.
   *
   * @param whitening null for none
   */
  public static Features by(FeatureMap map, Whitening whitening, SparkSession spark) {
    return new Features(
        map,
        whitening == null
            ? null
            : JavaSparkContext.fromSparkContext(spark.sparkContext()).broadcast(whitening));
  }

  /**
   * The rows with mapped numbers, lazily: columns image_id, path, label, group_id and embedding.
   * Without a map or whitening the table as it is.
   *
   * @param embeddings rows of {@link org.dn2.table.Tables#EMBEDDINGS}, as the network gave them
   */
  public Dataset<Row> of(Dataset<Row> embeddings) {
    if (map == FeatureMap.NONE && whitening == null) {
      return embeddings;
    }
    FeatureMap mapOfAll = map;
    Broadcast<Whitening> whiteningOfAll = whitening;
    MapFunction<EmbeddedImage, EmbeddedImage> mapped =
        image -> {
          float[] features = mapOfAll.of(image.getEmbedding());
          image.setEmbedding(
              whiteningOfAll == null ? features : whiteningOfAll.value().of(features));
          return image;
        };
    return EmbeddedImage.rows(
        EmbeddedImage.in(embeddings).map(mapped, Encoders.bean(EmbeddedImage.class)));
  }

  @Override
  public void close() {
    if (whitening != null) {
      whitening.destroy();
    }
  }
}
