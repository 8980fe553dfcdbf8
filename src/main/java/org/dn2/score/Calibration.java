package org.dn2.score;

import java.io.Serializable;
import java.util.Arrays;
import org.apache.commons.math3.distribution.BetaDistribution;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.dn2.table.Tables;
import org.dn2.table.UserDataException;

/**
 * How normal images score that took no part in what judges them.
 *
 * <p>What is promised of p-values and thresholds holds over the draw of the normal images and of
 * the new one together, which must be exchangeable: as if all had been drawn in one go and
 * shuffled. Several pictures of one object, or a changed camera, are not. Where each reference row
 * was judged by all others with an exact search (leave-one-out), {@code P(p <= a) <= a} holds for
 * every a and any number of rows: had the new image been among the others' neighbors, their scores
 * could only have been lower, and then all would be judged alike. Where the method learned from the
 * rows and each was judged by what the other parts teach, it holds approximately: less is learned
 * from a part, so that p-values tend to be too large rather than too small.
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
   * Brings the scores to the driver, 8 bytes an image.
   *
   * @param scores column score, among others
   */
  public static Calibration in(Dataset<Row> scores) {
    return of(
        scores.select(Tables.SCORE).as(Encoders.DOUBLE()).collectAsList().stream()
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
      throw new UserDataException(
          "A threshold needs at least one normal image that is scored by others.");
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
   * calibration scores at or above it) / (size + 1). A small calibration cannot give a small one.
   *
   * @return at least {@link #smallestPValue}, at most 1; low is anomalous
   */
  public double pValue(double score) {
    return (1.0 + ascendingScores.length - below(score)) / (ascendingScores.length + 1.0);
  }

  /** The p-value of an image that scores higher than all: 1 / (size + 1). */
  public double smallestPValue() {
    return 1 / (ascendingScores.length + 1.0);
  }

  /**
   * The expected fraction of normal images above a threshold: (1 + the number of calibration scores
   * above it) / (size + 1).
   */
  public double alarmRate(double threshold) {
    return (1.0 + above(threshold)) / (ascendingScores.length + 1.0);
  }

  /**
   * What the real fraction of normal images above a threshold does not exceed, with the given
   * confidence. The fraction depends on which normal images calibrated: with c of n scores above
   * the threshold it follows the Beta(c + 1, n - c) law, if the scores are independent (Vovk 2012,
   * conditional validity of inductive conformal predictors).
   *
   * @param confidence above 0 and below 1
   * @return at most 1
   */
  public double alarmRateAtMost(double threshold, double confidence) {
    int above = above(threshold);
    int others = ascendingScores.length - above;
    return others == 0
        ? 1
        : new BetaDistribution(above + 1.0, others).inverseCumulativeProbability(confidence);
  }

  private int above(double score) {
    return ascendingScores.length - below(Math.nextUp(score));
  }

  /** How many calibration scores are below a score. */
  private int below(double score) {
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
    return below;
  }
}
