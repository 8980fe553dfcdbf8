package org.dn2.fit;

import java.util.Arrays;
import org.apache.commons.math3.stat.StatUtils;

/**
 * Where scores begin to stand out from most of them, for images of which none is known to be
 * normal: at so many robust standard deviations above the median of the scores' logarithms, the
 * deviation being 1.4826 times the median absolute deviation (Leys et al. 2013, who take 2.5). Half
 * of the images may be strays before these change it without bound. It promises no rate of alarms:
 * that takes images that are known to be normal.
 */
final class StandingOut {
  /** The usual number of deviations. */
  static final double USUAL = 2.5;

  /** Makes the median absolute deviation of a normal distribution its standard deviation. */
  private static final double CONSISTENCY = 1.4826;

  private static final double HALF = 50;

  private StandingOut() {}

  /**
   * The border.
   *
   * @param scores 0 or more, at least one; zeros, which copies have, are left out
   * @param deviations above 0
   * @return a score above it stands out; the largest score where more than half of the scores are
   *     the same or all are 0
   */
  static double border(double[] scores, double deviations) {
    double largest = StatUtils.max(scores);
    double[] logarithms = Arrays.stream(scores).filter(score -> score > 0).map(Math::log).toArray();
    if (logarithms.length == 0) {
      return largest;
    }
    double median = StatUtils.percentile(logarithms, HALF);
    double deviation =
        CONSISTENCY
            * StatUtils.percentile(
                Arrays.stream(logarithms).map(logarithm -> Math.abs(logarithm - median)).toArray(),
                HALF);
    return deviation == 0 ? largest : Math.exp(median + deviations * deviation);
  }
}
