package org.dn2.features;

import static org.apache.spark.sql.functions.col;

import dev.ludovic.netlib.lapack.LAPACK;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.mllib.linalg.Vector;
import org.apache.spark.mllib.linalg.Vectors;
import org.apache.spark.mllib.linalg.distributed.RowMatrix;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;
import org.dn2.table.EmbeddedImage;
import org.dn2.table.Tables;
import org.dn2.table.UserDataException;
import org.netlib.util.intW;

/**
 * Learns a whitening: the covariance by MLlib, distributed over the rows, its eigenvectors by
 * LAPACK on the driver.
 *
 * @param directions to keep, 1 or more
 * @param ridge as a fraction of the largest variance, above 0
 */
public record WhiteningFit(int directions, double ridge) {
  /** MLlib's own limit. */
  private static final int LARGEST_DIMENSION = 65_535;

  /** Fewer rows than this for each direction, and its variance is mostly chance. */
  private static final int ROWS_PER_DIRECTION = 2;

  private static final int ROWS_PER_PARTITION = 2048;

  public WhiteningFit {
    if (directions < 1) {
      throw new UserDataException(
          "The number of directions to whiten is " + directions + "; it must be 1 or more.");
    }
    if (!(ridge > 0 && ridge <= 1)) {
      throw new UserDataException(
          "The ridge of the whitening is " + ridge + "; it must be above 0 and at most 1.");
    }
  }

  /**
   * Checks how long embeddings are.
   *
   * @throws UserDataException if they are too long, or have fewer numbers than directions
   */
  public void requireDimension(int dimension) {
    if (directions > dimension) {
      throw new UserDataException(
          "%,d directions were asked for, but an embedding has %,d numbers. Whiten fewer directions."
              .formatted(directions, dimension));
    }
    if (dimension > LARGEST_DIMENSION) {
      throw new UserDataException(
          "Embeddings of %,d numbers cannot be whitened, %,d is the most. Do not whiten them."
              .formatted(dimension, LARGEST_DIMENSION));
    }
  }

  /**
   * Checks that there are enough images to learn from: from fewer, the variances are mostly chance.
   *
   * @throws UserDataException if there are fewer than {@value #ROWS_PER_DIRECTION} a direction
   */
  public void requireRows(long rows) {
    if (rows < (long) ROWS_PER_DIRECTION * directions) {
      throw new UserDataException(
          "Whitening of %,d directions needs %,d images or more, there are %,d. Whiten fewer directions, or none: with few images it does harm."
              .formatted(directions, (long) ROWS_PER_DIRECTION * directions, rows));
    }
  }

  /**
   * Learns from some rows.
   *
   * @param features columns image_id and embedding, mapped
   * @param dimension of the rows
   * @throws UserDataException if there are fewer numbers than directions
   */
  public Whitening learn(Dataset<Row> features, int dimension) {
    requireDimension(dimension);
    long rows = features.count();
    // The same rows in the same partitions, whatever those of the input were.
    JavaRDD<Vector> vectors =
        EmbeddedImage.in(
                features
                    .select(Tables.IMAGE_ID, Tables.EMBEDDING)
                    .repartitionByRange(
                        (int) ((rows + ROWS_PER_PARTITION - 1) / ROWS_PER_PARTITION),
                        col(Tables.IMAGE_ID))
                    .sortWithinPartitions(Tables.IMAGE_ID))
            .javaRDD()
            .map(image -> vector(image.getEmbedding()))
            .persist(StorageLevel.DISK_ONLY());
    try {
      RowMatrix matrix = new RowMatrix(vectors.rdd(), rows, dimension);
      double[] mean = matrix.computeColumnSummaryStatistics().mean().toArray();
      return ofCovariance(mean, matrix.computeCovariance().toArray());
    } finally {
      vectors.unpersist();
    }
  }

  private static Vector vector(float[] embedding) {
    double[] values = new double[embedding.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = embedding[i];
    }
    return Vectors.dense(values);
  }

  /**
   * The whitening of a mean and a covariance.
   *
   * @param covariance {@code double[dimension][dimension]}; its contents are lost
   */
  Whitening ofCovariance(double[] mean, double[] covariance) {
    int dimension = mean.length;
    intW found = new intW(0);
    intW info = new intW(0);
    double[] ascending = new double[dimension];
    double[] vectors = new double[dimension * directions];
    // As for all directions: the library writes beyond those that are asked for.
    int[] support = new int[2 * dimension];
    double[] work = new double[Math.max(1, 26 * dimension)];
    int[] intWork = new int[Math.max(1, 10 * dimension)];
    LAPACK
        .getInstance()
        .dsyevr(
            "V",
            "I",
            "U",
            dimension,
            covariance,
            dimension,
            0,
            0,
            dimension - directions + 1,
            dimension,
            0,
            found,
            ascending,
            vectors,
            dimension,
            support,
            work,
            work.length,
            intWork,
            intWork.length,
            info);
    if (info.val != 0 || found.val != directions) {
      throw new IllegalStateException(
          "LAPACK found %d of %d directions (%d)".formatted(found.val, directions, info.val));
    }
    if (!(ascending[directions - 1] > 0)) {
      throw new UserDataException(
          "All images have the same embedding: there is nothing to whiten.");
    }
    double[] variances = new double[directions];
    double[] descending = new double[vectors.length];
    for (int i = 0; i < directions; i++) {
      int from = directions - 1 - i;
      variances[i] = Math.max(0, ascending[from]);
      System.arraycopy(vectors, from * dimension, descending, i * dimension, dimension);
    }
    return new Whitening(mean, variances, descending, ridge);
  }
}
