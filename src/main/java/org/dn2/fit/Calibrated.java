package org.dn2.fit;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.dn2.detector.CalibrationDone;
import org.dn2.embedding.ModelSpec;
import org.dn2.score.Calibration;
import org.dn2.table.UserDataException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How normal images score that took no part in what judges them, and are judged as new images will
 * be: by the same k, features, cleaning, centers and search. Where the method learns nothing from
 * the images, each is judged by all others (leave-one-out); else by what the method learns from the
 * other {@link Folds parts}.
 *
 * @param scores columns image_id and score; null where nothing could be held out
 * @param calibration the scores; null where nothing could be held out
 * @param description how it was done, and what it promises
 */
record Calibrated(Dataset<Row> scores, Calibration calibration, CalibrationDone description) {
  private static final Logger LOG = LoggerFactory.getLogger(Calibrated.class);

  /**
   * Calibrates.
   *
   * @param images that were learned from, as the network gave them
   * @param learned from all of them
   * @throws UserDataException if there are too few images and the threshold is to come from them
   */
  static Calibrated of(
      Dataset<Row> images,
      ModelSpec model,
      FitMethod method,
      Learned learned,
      ThresholdRule rule,
      Kept kept) {
    if (rule.isForMixture()) {
      return new Calibrated(
          null,
          null,
          CalibrationDone.none(
              "No image of the fit is known to be normal, so that no rate of alarms can be promised."));
    }
    List<String> steps = learningSteps(method, learned);
    try {
      if (steps.isEmpty()) {
        Dataset<Row> scores = kept.persist(learned.leaveOneOut(method, kept));
        Calibration calibration = Calibration.in(scores);
        return new Calibrated(scores, calibration, CalibrationDone.leaveOneOut(calibration.size()));
      }
      Folds folds = Folds.of(images, method, kept);
      LOG.info(
          "fit: {} come from the images themselves, so each of {} parts of these is judged without having had a part in that",
          String.join(" and ", steps),
          folds.count());
      Dataset<Row> scores =
          kept.persist(folds.scores(model, method, learned.reference().k(), kept));
      Calibration calibration = Calibration.in(scores);
      return new Calibrated(
          scores,
          calibration,
          learned.cleaned().description() == null
              ? CalibrationDone.crossFitted(calibration.size(), folds.count())
              : CalibrationDone.crossFittedWithStrays(calibration.size(), folds.count()));
    } catch (UserDataException e) {
      if (rule.given().isEmpty()) {
        throw steps.isEmpty()
            ? e
            : new UserDataException(
                "No threshold can be found, for too few images are left where some are held out: %s Give more images, or a threshold."
                    .formatted(e.getMessage()),
                e);
      }
      LOG.warn("fit: scores will have no p-value: {}", e.getMessage());
      return new Calibrated(null, null, CalibrationDone.none(e.getMessage()));
    }
  }

  /**
   * What the method learns from the images, so that leaving one out of the neighbors is not enough.
   */
  private static List<String> learningSteps(FitMethod method, Learned learned) {
    List<String> steps = new ArrayList<>();
    if (learned.features().whitening() != null) {
      steps.add("the whitening");
    }
    if (learned.cleaned().description() != null) {
      steps.add("the cleaning");
    }
    if (!learned.reference().isRows()) {
      steps.add("the centers");
    }
    if (!method.search().isExact()) {
      steps.add("the search's lists");
    }
    return steps;
  }
}
