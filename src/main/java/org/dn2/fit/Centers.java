package org.dn2.fit;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.format_string;
import static org.apache.spark.sql.functions.lit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.apache.spark.ml.clustering.KMeans;
import org.apache.spark.ml.clustering.KMeansModel;
import org.apache.spark.ml.feature.Normalizer;
import org.apache.spark.ml.functions;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.stat.Summarizer;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.storage.StorageLevel;
import org.dn2.table.DetectorTables;
import org.dn2.table.LentCache;
import org.dn2.table.Tables;
import org.dn2.table.UserDataException;

/**
 * Stands for many reference images by few: the centers of MLlib's k-means (section 5.1), started by
 * k-means||. With as many centers as images, every image is a center, the clustering's optimum.
 *
 * @param count how many centers, 1 or more
 * @param seed of the random start; the same seed and images give the same centers, up to the last
 *     bits of their numbers
 * @param measure MLlib's word for the distance: {@code euclidean} or {@code cosine}
 */
public record Centers(int count, long seed, String measure) {
  /** The id of the center that stands for an image. */
  public static final String CENTER_ID = DetectorTables.CENTER_ID;

  private static final String CENTER_NAME = "center-%06d";
  private static final String COSINE = "cosine";
  private static final String FEATURES = "features";
  private static final String CENTER = "prediction";
  private static final int MOST_ITERATIONS = 100;
  private static final int ROWS_PER_PARTITION = 2048;

  public Centers {
    if (count < 1) {
      throw new UserDataException("The number of centers is " + count + "; it must be 1 or more.");
    }
  }

  /**
   * What the clustering gave.
   *
   * @param reference columns image_id (the center's name), path and label (null), embedding
   * @param members columns image_id and center_id, a row for each image, lazily
   * @param count of the centers; fewer than asked for where too few images differ
   * @param cost the sum of the images' distances to their centers, squared for the Euclidean one
   * @param iterations of Lloyd's algorithm, 0 where every image is a center
   */
  public record Clustered(
      Dataset<Row> reference, Dataset<Row> members, long count, double cost, int iterations) {}

  /**
   * Clusters.
   *
   * @param embeddings columns image_id, path, label and embedding
   * @throws UserDataException if there are fewer images than centers
   */
  public Clustered cluster(Dataset<Row> embeddings) {
    long images = embeddings.count();
    if (count > images) {
      throw new UserDataException(
          "%,d centers were asked for, but there are %,d images. Give fewer centers."
              .formatted(count, images));
    }
    if (count == images) {
      return new Clustered(
          embeddings.select(Tables.IMAGE_ID, Tables.PATH, Tables.LABEL, Tables.EMBEDDING),
          members(embeddings, col(Tables.IMAGE_ID)),
          images,
          0,
          0);
    }
    // The same rows in the same partitions, whatever those of the input were.
    Dataset<Row> rows =
        embeddings
            .select(Tables.IMAGE_ID, Tables.EMBEDDING)
            .repartitionByRange(
                (int) ((images + ROWS_PER_PARTITION - 1) / ROWS_PER_PARTITION),
                col(Tables.IMAGE_ID))
            .sortWithinPartitions(Tables.IMAGE_ID);
    return LentCache.with(
        rows, StorageLevel.DISK_ONLY(), lent -> clustered(lent, embeddings, images));
  }

  private static Dataset<Row> members(Dataset<Row> images, Column center) {
    return images.select(col(Tables.IMAGE_ID), center.as(CENTER_ID));
  }

  private static Dataset<Row> vectors(Dataset<Row> rows) {
    return rows.select(
        col(Tables.IMAGE_ID), functions.array_to_vector(col(Tables.EMBEDDING)).as(FEATURES));
  }

  private Clustered clustered(Dataset<Row> rows, Dataset<Row> embeddings, long images) {
    // Not kept, for then MLlib keeps them as objects and need not read them in each iteration.
    Dataset<Row> vectors = vectors(rows);
    if (count == 1) {
      return mean(vectors, embeddings, images);
    }
    // MLlib's block solver fails where fewer centers than asked for start, and its choice between
    // the two costs a pass.
    KMeansModel model =
        new KMeans()
            .setK(count)
            .setSeed(seed)
            .setDistanceMeasure(measure)
            .setMaxIter(MOST_ITERATIONS)
            .setSolver("row")
            .fit(vectors);
    return new Clustered(
        centers(model, vectors),
        members(model.transform(vectors(embeddings)), format_string(CENTER_NAME, col(CENTER))),
        model.clusterCenters().length,
        model.summary().trainingCost(),
        model.summary().numIter());
  }

  /** The one center of all, which MLlib's k-means refuses to look for. */
  private Clustered mean(Dataset<Row> vectors, Dataset<Row> embeddings, long images) {
    boolean cosine = COSINE.equals(measure);
    Dataset<Row> compared =
        cosine
            ? new Normalizer().setInputCol(FEATURES).setOutputCol("unit").transform(vectors)
            : vectors.withColumn("unit", col(FEATURES));
    Row sums = compared.agg(Summarizer.mean(col("unit")), Summarizer.variance(col("unit"))).head();
    Vector mean = sums.getAs(0);
    Vector variance = sums.getAs(1);
    // At unit length the cosines to the mean's direction add up to the length of the sum.
    double cost =
        cosine
            ? images * (1 - Vectors.norm(mean, 2))
            : (images - 1) * Arrays.stream(variance.toArray()).sum();
    return new Clustered(
        vectors.sparkSession().createDataFrame(List.of(center(0, mean)), DetectorTables.REFERENCE),
        members(embeddings, lit(nameOf(0))),
        1,
        cost,
        0);
  }

  private static String nameOf(int number) {
    return String.format(Locale.ROOT, CENTER_NAME, number);
  }

  private static Row center(int number, Vector center) {
    List<Float> embedding = new ArrayList<>(center.size());
    for (double value : center.toArray()) {
      embedding.add((float) value);
    }
    return RowFactory.create(nameOf(number), null, null, embedding);
  }

  private static Dataset<Row> centers(KMeansModel model, Dataset<Row> vectors) {
    List<Row> rows = new ArrayList<>();
    Vector[] centers = model.clusterCenters();
    for (int i = 0; i < centers.length; i++) {
      rows.add(center(i, centers[i]));
    }
    return vectors.sparkSession().createDataFrame(rows, DetectorTables.REFERENCE);
  }
}
