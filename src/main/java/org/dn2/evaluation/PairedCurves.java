package org.dn2.evaluation;

import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.apache.commons.math3.distribution.NormalDistribution;
import org.apache.commons.math3.stat.correlation.Covariance;
import org.apache.commons.math3.stat.ranking.NaNStrategy;
import org.apache.commons.math3.stat.ranking.NaturalRanking;
import org.apache.commons.math3.stat.ranking.TiesStrategy;
import org.dn2.table.UserDataException;

/**
 * ROCAUCs of several scores of the same images, and how sure their differences are (DeLong, DeLong
 * and Clarke-Pearson 1988, by midranks as in Sun and Xu 2014). Images that are hard for one score
 * are hard for the other: a difference is surer than the two intervals side by side show.
 */
public final class PairedCurves {
  private static final NormalDistribution NORMAL = new NormalDistribution(0, 1);
  private static final double QUANTILE = NORMAL.inverseCumulativeProbability(0.975);

  private final int positives;
  private final int negatives;
  private final double[][] ofPositives;
  private final double[][] ofNegatives;

  /**
   * A number with its 95 % interval.
   *
   * @param value of an area, 0 to 1, or of a difference of two, -1 to 1
   */
  public record Estimate(double value, double low, double high) {}

  /**
   * A difference of two areas.
   *
   * @param pValue two-sided, of a difference this large where there is none; 1 where the two scores
   *     rank all images alike
   */
  public record Difference(Estimate estimate, double pValue) {}

  /**
   * Ranks the images by each score.
   *
   * @param scores {@code double[scores][images]}, none NaN; higher is more anomalous
   * @param anomalous whether the image at a place is anomalous
   * @throws UserDataException if there are not two normal and two anomalous images
   */
  public PairedCurves(double[][] scores, IntPredicate anomalous) {
    int images = scores[0].length;
    int[] positivePlaces = IntStream.range(0, images).filter(anomalous).toArray();
    int[] negativePlaces = IntStream.range(0, images).filter(anomalous.negate()).toArray();
    this.positives = positivePlaces.length;
    this.negatives = negativePlaces.length;
    if (positives < 2 || negatives < 2) {
      throw new UserDataException(
          "A comparison needs two normal and two anomalous images or more; there are %d and %d."
              .formatted(negatives, positives));
    }
    this.ofPositives = new double[scores.length][];
    this.ofNegatives = new double[scores.length][];
    NaturalRanking ranking = new NaturalRanking(NaNStrategy.FAILED, TiesStrategy.AVERAGE);
    for (int i = 0; i < scores.length; i++) {
      double[] ranks = ranking.rank(scores[i]);
      ofPositives[i] = placements(ranks, scores[i], positivePlaces, negatives, ranking);
      ofNegatives[i] = placements(ranks, scores[i], negativePlaces, positives, ranking);
    }
  }

  /** For each image of one kind, which fraction of the other kind scores lower. */
  private static double[] placements(
      double[] ranks, double[] scores, int[] places, int others, NaturalRanking ranking) {
    double[] among = ranking.rank(IntStream.of(places).mapToDouble(i -> scores[i]).toArray());
    double[] placements = new double[places.length];
    for (int i = 0; i < placements.length; i++) {
      placements[i] = (ranks[places[i]] - among[i]) / others;
    }
    return placements;
  }

  /** How many anomalous images there are. */
  public int anomalous() {
    return positives;
  }

  /** How many normal images there are. */
  public int normal() {
    return negatives;
  }

  /** The area under one score's curve. */
  public Estimate rocAuc(int score) {
    double area = area(score);
    double halfWidth = QUANTILE * Math.sqrt(covariance(score, score));
    return new Estimate(area, Math.max(0, area - halfWidth), Math.min(1, area + halfWidth));
  }

  /** One score's area minus another's. */
  public Difference difference(int score, int other) {
    double difference = area(score) - area(other);
    double variance =
        Math.max(
            0, covariance(score, score) + covariance(other, other) - 2 * covariance(score, other));
    double deviation = Math.sqrt(variance);
    Estimate estimate =
        new Estimate(
            difference,
            Math.max(-1, difference - QUANTILE * deviation),
            Math.min(1, difference + QUANTILE * deviation));
    double pValue =
        deviation > 0
            ? 2 * NORMAL.cumulativeProbability(-Math.abs(difference) / deviation)
            : difference == 0 ? 1 : 0;
    return new Difference(estimate, pValue);
  }

  private double area(int score) {
    return IntStream.range(0, positives)
        .mapToDouble(i -> ofPositives[score][i])
        .average()
        .orElse(0);
  }

  private double covariance(int a, int b) {
    Covariance sample = new Covariance();
    return sample.covariance(ofPositives[a], ofPositives[b]) / positives
        + sample.covariance(ofNegatives[a], ofNegatives[b]) / negatives;
  }
}
