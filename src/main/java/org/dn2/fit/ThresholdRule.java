package org.dn2.fit;

import java.util.OptionalDouble;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.dn2.detector.Detector;
import org.dn2.score.Calibration;
import org.dn2.table.UserDataException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the border between normal and anomalous is drawn.
 *
 * @param given the border itself, or else it is taken from the leave-one-out scores
 * @param quantile of the leave-one-out scores, above 0 and below 1
 */
public record ThresholdRule(OptionalDouble given, double quantile) {
  private static final Logger LOG = LoggerFactory.getLogger(ThresholdRule.class);

  public ThresholdRule {
    requireFinite(given);
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
   * The border; a warning where there are too few scores for the quantile.
   *
   * @param leaveOneOut column score, among others; not looked at where the border is given
   * @throws UserDataException if the quantile is out of range or there is no score
   */
  Detector.Threshold threshold(Dataset<Row> leaveOneOut) {
    if (given.isPresent()) {
      return new Detector.Threshold(given.getAsDouble(), null);
    }
    Calibration calibration = Calibration.in(leaveOneOut);
    long needed = Calibration.smallestSampleFor(quantile);
    if (calibration.size() < needed) {
      LOG.warn(
          "The threshold is the largest of {} leave-one-out scores: the quantile {} needs at least"
              + " {} reference images.",
          calibration.size(),
          quantile,
          needed);
    }
    return new Detector.Threshold(calibration.threshold(quantile), quantile);
  }
}
