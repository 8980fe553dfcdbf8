package org.dn2.detector;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * How normal images were judged, without what they took part in.
 *
 * @param method {@code leave_one_out}: each by all others; {@code cross_fitted}: each part by what
 *     the other parts teach; {@code none}: not at all, and scores have no p-value
 * @param folds how many parts; null but for {@code cross_fitted}
 * @param scores how many images or groups were judged; with cleaning, those that were dropped too
 * @param smallestPValue that an image can have: 1 / (scores + 1); null without any
 * @param promise what p-values and the threshold hold, and when; for {@code none} why there are no
 *     p-values
 */
public record CalibrationDone(
    @JsonProperty(required = true) String method,
    Integer folds,
    @JsonProperty(required = true) long scores,
    Double smallestPValue,
    @JsonProperty(required = true) String promise) {
  private static final String CROSS_FITTED = "cross_fitted";
  private static final String NONE = "none";
  private static final String LAW =
      "Of new normal images that are exchangeable with those of the fit, on average at most a fraction a has a p_value of at most a";

  /** Each by all others, with nothing learned from them. */
  public static CalibrationDone leaveOneOut(long scores) {
    return new CalibrationDone(
        "leave_one_out",
        null,
        scores,
        smallest(scores),
        LAW + ", for every a and any number of images (finite-sample, marginal).");
  }

  /** Each part by what the others teach. */
  public static CalibrationDone crossFitted(long scores, int folds) {
    return new CalibrationDone(
        CROSS_FITTED,
        folds,
        scores,
        smallest(scores),
        LAW
            + ", approximately: less is learned from a part of the images than from all, so that p-values tend to be too large and alarms too few.");
  }

  /** The same where strays were dropped from what judges, but not from what is judged. */
  public static CalibrationDone crossFittedWithStrays(long scores, int folds) {
    CalibrationDone plain = crossFitted(scores, folds);
    return new CalibrationDone(
        plain.method,
        folds,
        scores,
        plain.smallestPValue,
        plain.promise
            + " The images of the fit are all of them, those that cleaning dropped too: where these are strays, take a lower quantile.");
  }

  /** Not at all. */
  public static CalibrationDone none(String why) {
    return new CalibrationDone(NONE, null, 0, null, why);
  }

  /** Whether the promise holds only about. */
  @JsonIgnore
  public boolean isApproximate() {
    return method.equals(CROSS_FITTED);
  }

  /** Whether scores have p-values. */
  @JsonIgnore
  public boolean isThere() {
    return !method.equals(NONE);
  }

  private static Double smallest(long scores) {
    return 1 / (scores + 1.0);
  }
}
