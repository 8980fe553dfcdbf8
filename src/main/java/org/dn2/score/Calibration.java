package org.dn2.score;

import java.io.Serializable;
import java.util.Arrays;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.dn2.table.Tables;
import org.dn2.table.UserDataException;

/**
 * The leave-one-out scores of the reference set: how normal images score when they are judged by
 * the other normal images.
 */
public final class Calibration implements Serializable {
  private static final long serialVersionUID = 1L;

  private final double[] ascendingScores;

  private Calibration(double[] ascendingScores) {
    this.ascendingScores = ascendingScores;
  }

  /** Keeps the scores of {@code double[size]} in ascending order; the argument is not changed. */
  public static Calibration of(double[] scores) {
    double[] sorted = scores.clone();
    Arrays.sort(sorted);
    return new Calibration(sorted);
  }

  /**
   * Brings leave-one-out scores to the driver, at most as many as the reference set has rows.
   *
   * @param leaveOneOut column score, among others
   */
  public static Calibration in(Dataset<Row> leaveOneOut) {
    return of(
        leaveOneOut.select(Tables.SCORE).as(Encoders.DOUBLE()).collectAsList().stream()
            .mapToDouble(Double::doubleValue)
            .toArray());
  }

  /** How many scores there are. */
  public int size() {
    return ascendingScores.length;
  }

  /**
   * The score that a new normal image stays at or below with at least the given probability, if it
   * is drawn as the reference images were: the ⌈(size + 1) quantile⌉-th smallest score. With fewer
   * than {@link #smallestSampleFor} scores there is no such score; the largest is given then.
   *
   * @param quantile above 0 and below 1
   */
  public double threshold(double quantile) {
    requireQuantile(quantile);
    if (ascendingScores.length == 0) {
      throw new UserDataException("A threshold needs at least one leave-one-out score.");
    }
    // Rounding must not push 100 * 0.99 above 99.
    double rank = Math.ceil((ascendingScores.length + 1) * quantile - 1e-9);
    return ascendingScores[(int) Math.min(Math.max(rank, 1), ascendingScores.length) - 1];
  }

  /**
   * How many scores the threshold of a quantile needs: the smallest n with ⌈(n+1) q⌉ of at most n.
   */
  public static long smallestSampleFor(double quantile) {
    requireQuantile(quantile);
    return (long) Math.ceil(quantile / (1 - quantile) - 1e-9);
  }

  private static void requireQuantile(double quantile) {
    if (!(quantile > 0 && quantile < 1)) {
      throw new UserDataException(
          "The threshold's quantile is " + quantile + "; it must be above 0 and below 1.");
    }
  }

  /**
   * The probability of a score at least this high if the image is normal: (1 + the number of
   * calibration scores at or above it) / (size + 1).
   *
   * @return above 0, at most 1; low is anomalous
   */
  public double pValue(double score) {
    int below = 0;
    int end = ascendingScores.length;
    while (below < end) {
      int middle = (below + end) >>> 1;
      if (ascendingScores[middle] < score) {
        below = middle + 1;
      } else {
        end = middle;
      }
    }
    return (1.0 + ascendingScores.length - below) / (ascendingScores.length + 1.0);
  }
}
