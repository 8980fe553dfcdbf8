package org.dn2.score;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.dn2.table.Tables;
import org.dn2.table.UserDataException;

/**
 * Scores embeddings against a reference set that every executor holds: the mean squared Euclidean
 * distance to the k nearest reference rows (section 3.1, equation 2). Close it to free the
 * executors' memory, once the scores have been written.
 */
public final class Scorer implements AutoCloseable {
  private static final StructType SCORED =
      new StructType()
          .add(Tables.SCORES.apply(Tables.IMAGE_ID))
          .add(Tables.SCORES.apply(Tables.PATH))
          .add(Tables.SCORES.apply(Tables.LABEL))
          .add(Tables.SCORES.apply(Tables.GROUP_ID))
          .add(Tables.SCORES.apply(Tables.SCORE))
          .add(Tables.SCORES.apply(Tables.P_VALUE))
          .add(Tables.SCORES.apply(Tables.NEIGHBOR_IDS))
          .add(Tables.SCORES.apply(Tables.NEIGHBOR_DISTANCES));

  private final Broadcast<ReferenceSet> reference;
  private final int k;

  private Scorer(Broadcast<ReferenceSet> reference, int k) {
    this.reference = reference;
    this.k = k;
  }

  /**
   * Sends the reference set to the executors.
   *
   * @param reference columns image_id and embedding, {@code float[dimension]} each
   * @param k neighbors that are averaged, 1 or more
   * @throws UserDataException if the reference set is empty or has too few rows for k
   */
  public static Scorer broadcasting(Dataset<Row> reference, int dimension, int k) {
    if (k < 1) {
      throw new UserDataException("k is " + k + "; it must be 1 or more.");
    }
    ReferenceSet rows = ReferenceSet.collect(reference, dimension);
    if (k > rows.ids().length) {
      throw new UserDataException(
          "k is %d, but the reference set has %d images. Give a smaller k or more normal images."
              .formatted(k, rows.ids().length));
    }
    return new Scorer(
        JavaSparkContext.fromSparkContext(reference.sparkSession().sparkContext()).broadcast(rows),
        k);
  }

  /**
   * Each image's score, p-value and neighbors, lazily; columns image_id, path, label, group_id,
   * score, p_value, neighbor_ids, neighbor_distances (squared, ascending; ties by id).
   *
   * @param embeddings rows of {@link Tables#EMBEDDINGS}; none may have another dimension
   */
  public Dataset<Row> score(
      Dataset<Row> embeddings, Calibration calibration, SelfNeighbor selfNeighbor) {
    return images(embeddings)
        .mapPartitions(
            new ScorePartition(reference, calibration, k, selfNeighbor), Encoders.row(SCORED));
  }

  /**
   * The leave-one-out score of every image of the reference set itself; columns image_id and score.
   *
   * @throws UserDataException if k others are not there
   */
  public Dataset<Row> leaveOneOut(Dataset<Row> reference) {
    int others = this.reference.value().ids().length - 1;
    if (k > others) {
      throw new UserDataException(
          "k is %d, but each image of the reference set has %d others. Give a smaller k or more normal images."
              .formatted(k, others));
    }
    return score(reference, Calibration.of(new double[0]), SelfNeighbor.EXCLUDED)
        .select(Tables.IMAGE_ID, Tables.SCORE);
  }

  /** The bean form of an embeddings table; columns that are missing become null. */
  static Dataset<EmbeddedImage> images(Dataset<Row> embeddings) {
    Tables.requireColumns(embeddings, "The table of embeddings", Tables.IMAGE_ID, Tables.EMBEDDING);
    return embeddings
        .select(
            col(Tables.IMAGE_ID).as("imageId"),
            columnOrNull(embeddings, Tables.PATH, "path"),
            columnOrNull(embeddings, Tables.LABEL, "label"),
            columnOrNull(embeddings, Tables.GROUP_ID, "groupId"),
            col(Tables.EMBEDDING).as("embedding"))
        .as(Encoders.bean(EmbeddedImage.class));
  }

  private static Column columnOrNull(Dataset<Row> table, String name, String beanName) {
    boolean present = table.schema().getFieldIndex(name).isDefined();
    return (present ? col(name) : lit(null).cast(DataTypes.StringType)).as(beanName);
  }

  @Override
  public void close() {
    reference.destroy();
  }
}
