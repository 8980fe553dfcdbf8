package org.dn2.fit;

import java.util.Locale;
import java.util.OptionalDouble;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.dn2.detector.Detector;
import org.dn2.score.Calibration;
import org.dn2.table.Tables;
import org.dn2.table.UserDataException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the border between normal and anomalous is drawn.
 *
 * @param given the border itself, or else it is taken from scores
 * @param quantile of the calibration's scores, above 0 and below 1
 * @param deviations above 0: for images of which none is known to be normal, see {@link
 *     StandingOut}; null where the quantile decides
 */
public record ThresholdRule(OptionalDouble given, double quantile, Double deviations) {
  private static final Logger LOG = LoggerFactory.getLogger(ThresholdRule.class);

  public ThresholdRule {
    requireFinite(given);
    requireQuantile(quantile);
    if (deviations != null && given.isPresent()) {
      throw new UserDataException("Give a threshold or deviations to find it by, not both.");
    }
    if (deviations != null && !(deviations > 0 && Double.isFinite(deviations))) {
      throw new UserDataException(
          "The threshold's deviations are %s; they must be above 0, such as %s."
              .formatted(deviations, StandingOut.USUAL));
    }
  }

  /** The border itself, or else a quantile of the calibration's scores. */
  public ThresholdRule(OptionalDouble given, double quantile) {
    this(given, quantile, null);
  }

  /**
   * The border by which scores of a mixture stand out; it promises no rate of alarms.
   *
   * @param scores column score, of the images of the fit, each judged by others
   */
  Detector.Threshold standingOut(Dataset<Row> scores) {
    double[] all =
        scores.select(Tables.SCORE).as(Encoders.DOUBLE()).collectAsList().stream()
            .mapToDouble(Double::doubleValue)
            .toArray();
    return new Detector.Threshold(
        StandingOut.border(all, deviations), null, null, null, deviations);
  }

  /** Whether the images of the fit are judged as a mixture, of which none is known to be normal. */
  public boolean isForMixture() {
    return deviations != null;
  }

  /**
   * Checks a border before there is anything to draw it in.
   *
   * @throws UserDataException if one is given that is no finite number
   */
  public static void requireFinite(OptionalDouble given) {
    if (given.isPresent() && !Double.isFinite(given.getAsDouble())) {
      throw new UserDataException("The threshold is not a finite number.");
    }
  }

  /**
   * Checks a quantile before there are scores to take it of.
   *
   * @throws UserDataException if it is not above 0 and below 1
   */
  public static void requireQuantile(double quantile) {
    if (!(quantile > 0 && quantile < 1)) {
      throw new UserDataException(
          "The threshold's quantile is %s; it must be above 0 and below 1, such as 0.99."
              .formatted(quantile));
    }
  }

  /**
   * The border and the alarms that it promises; a warning where there are too few scores for the
   * quantile.
   *
   * @param calibration null where there is none, which takes a given border
   * @throws UserDataException if the quantile is out of range
   */
  Detector.Threshold threshold(Calibration calibration) {
    if (calibration == null) {
      return new Detector.Threshold(given.orElseThrow(), null, null, null, null);
    }
    if (given.isPresent()) {
      return threshold(given.getAsDouble(), null, calibration);
    }
    long needed = Calibration.smallestSampleFor(quantile);
    Detector.Threshold threshold =
        threshold(calibration.threshold(quantile), quantile, calibration);
    if (calibration.size() < needed) {
      LOG.warn(
          "The threshold is the largest of {} scores, and some {} % of normal images will be above it:"
              + " the quantile {} needs at least {} normal images.",
          calibration.size(),
          String.format(Locale.ROOT, "%.2g", 100 * threshold.alarmRate()),
          quantile,
          needed);
    }
    return threshold;
  }

  private static Detector.Threshold threshold(
      double value, Double quantile, Calibration calibration) {
    return new Detector.Threshold(
        value,
        quantile,
        calibration.alarmRate(value),
        calibration.alarmRateAtMost(value, Detector.Threshold.CONFIDENCE),
        null);
  }
}
