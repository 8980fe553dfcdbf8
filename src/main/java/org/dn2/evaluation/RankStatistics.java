package org.dn2.evaluation;

import java.io.Serializable;

/**
 * Exact rank statistics of one part of the scores, read from the highest to the lowest. The parts
 * that follow each other are added up by {@link #plus}; the whole gives the metrics.
 *
 * <p>Anomalous images are the positives. Scores that are equal form one run and are one point of
 * the ROC curve; between the images of a run a pair counts one half, as in the Mann-Whitney
 * statistic.
 */
final class RankStatistics implements Serializable {
  private static final long serialVersionUID = 1L;

  /** The true positive rate at which the false positive rate is reported. */
  private static final double TARGET_RECALL = 0.95;

  /** The standard normal distribution's 97.5 % quantile. */
  private static final double NORMAL_QUANTILE = 1.959963984540054;

  private final long positives;
  private final long negatives;
  private long truePositives;
  private long falsePositives;

  /** Over positives: the fraction of negatives below each, and its square. */
  private double placementSum;

  private double placementSquares;

  /** Over negatives: the fraction of positives above each, and its square. */
  private double negativePlacementSum;

  private double negativePlacementSquares;
  private double averagePrecision;
  private double falsePositiveRateAtTarget = Double.NaN;

  /**
   * @param positives how many anomalous images there are in all, 1 or more
   * @param negatives how many normal images there are in all, 1 or more
   * @param positivesAbove how many positives lie in the parts before this one
   * @param negativesAbove how many negatives lie in the parts before this one
   */
  RankStatistics(long positives, long negatives, long positivesAbove, long negativesAbove) {
    this.positives = positives;
    this.negatives = negatives;
    this.truePositives = positivesAbove;
    this.falsePositives = negativesAbove;
  }

  /** Takes the next lower run of equal scores. */
  void add(long runPositives, long runNegatives) {
    double below = negatives - falsePositives - runNegatives;
    double placement = (below + runNegatives / 2.0) / negatives;
    placementSum += runPositives * placement;
    placementSquares += runPositives * placement * placement;
    double negativePlacement = (truePositives + runPositives / 2.0) / positives;
    negativePlacementSum += runNegatives * negativePlacement;
    negativePlacementSquares += runNegatives * negativePlacement * negativePlacement;
    truePositives += runPositives;
    falsePositives += runNegatives;
    if (runPositives > 0) {
      double precision = (double) truePositives / (truePositives + falsePositives);
      averagePrecision += precision * runPositives / positives;
    }
    if (Double.isNaN(falsePositiveRateAtTarget) && truePositives >= TARGET_RECALL * positives) {
      falsePositiveRateAtTarget = (double) falsePositives / negatives;
    }
  }

  /** The sum of this part and the one that follows it. */
  RankStatistics plus(RankStatistics following) {
    RankStatistics sum =
        new RankStatistics(positives, negatives, following.truePositives, following.falsePositives);
    sum.placementSum = placementSum + following.placementSum;
    sum.placementSquares = placementSquares + following.placementSquares;
    sum.negativePlacementSum = negativePlacementSum + following.negativePlacementSum;
    sum.negativePlacementSquares = negativePlacementSquares + following.negativePlacementSquares;
    sum.averagePrecision = averagePrecision + following.averagePrecision;
    sum.falsePositiveRateAtTarget =
        Double.isNaN(falsePositiveRateAtTarget)
            ? following.falsePositiveRateAtTarget
            : falsePositiveRateAtTarget;
    return sum;
  }

  /** The metrics, once all parts are added up. */
  LabelMetrics metrics(String label) {
    double area = placementSum / positives;
    double variance =
        sampleVariance(placementSum, placementSquares, positives) / positives
            + sampleVariance(negativePlacementSum, negativePlacementSquares, negatives) / negatives;
    double halfWidth = NORMAL_QUANTILE * Math.sqrt(variance);
    return new LabelMetrics(
        label,
        positives,
        negatives,
        area,
        Math.max(0, area - halfWidth),
        Math.min(1, area + halfWidth),
        averagePrecision,
        falsePositiveRateAtTarget);
  }

  /** NaN for a single value, whose spread nothing tells. */
  private static double sampleVariance(double sum, double squares, long count) {
    return Math.max(0, squares - sum * sum / count) / (count - 1);
  }
}
