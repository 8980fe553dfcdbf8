package org.dn2.protocols;

import java.io.Serializable;
import org.dn2.evaluation.LabelMetrics;

/**
 * One ROCAUC.
 *
 * @param setting what was compared, such as {@code cleaned}
 * @param normal the normal class, or what stands for it
 * @param parameter the varied number, such as k or the number of training images; NaN for none
 * @param repeat which random draw, from 0
 * @param rocAuc 0 to 1
 * @param rocAucLow lower end of its 95 % interval, of the test images being a sample (DeLong); NaN
 *     where there is none, as for sets that share images
 * @param rocAucHigh upper end, NaN where there is none
 */
public record Measurement(
    String setting,
    String normal,
    double parameter,
    int repeat,
    double rocAuc,
    double rocAucLow,
    double rocAucHigh)
    implements Serializable {

  /** A measurement without an interval. */
  public Measurement(String setting, String normal, double parameter, int repeat, double rocAuc) {
    this(setting, normal, parameter, repeat, rocAuc, Double.NaN, Double.NaN);
  }

  /** A measurement of independent images, with their interval. */
  public static Measurement of(
      String setting, String normal, double parameter, int repeat, LabelMetrics metrics) {
    return new Measurement(
        setting,
        normal,
        parameter,
        repeat,
        metrics.rocAuc(),
        metrics.rocAucLow(),
        metrics.rocAucHigh());
  }

  /** The same under another parameter. */
  public Measurement withParameter(double other) {
    return new Measurement(setting, normal, other, repeat, rocAuc, rocAucLow, rocAucHigh);
  }
}
