package org.dn2.evaluation;

/**
 * How well scores tell some anomalous images from all normal ones.
 *
 * @param label of the anomalous images, null for all of them together
 * @param anomalous how many anomalous images there are
 * @param normal how many normal images there are
 * @param rocAuc the probability that an anomalous image scores higher than a normal one, a tie
 *     counting one half; 0 to 1, higher is better
 * @param rocAucLow lower end of its 95 % interval (DeLong, DeLong and Clarke-Pearson 1988), cut at
 *     0; NaN with a single anomalous or normal image. If no two images are in the wrong order the
 *     interval has no width, which says more about the method than about the scores
 * @param rocAucHigh upper end, cut at 1
 * @param averagePrecision the sum over thresholds of precision times the gain in recall; 0 to 1
 * @param falsePositiveRateAt95Recall the least fraction of normal images that are flagged when at
 *     least 95 % of the anomalous ones are; 0 to 1, lower is better
 */
public record LabelMetrics(
    String label,
    long anomalous,
    long normal,
    double rocAuc,
    double rocAucLow,
    double rocAucHigh,
    double averagePrecision,
    double falsePositiveRateAt95Recall) {}
