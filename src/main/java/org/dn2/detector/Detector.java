package org.dn2.detector;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.dn2.table.UserDataException;

/**
 * What {@code detector.json} says of a detector.
 *
 * @param formatVersion of the folder's layout
 * @param detectorId a digest of the reference rows and every setting that a score depends on: equal
 *     ids give equal scores
 * @param k neighbors whose distances are averaged (section 3.1, equation 2)
 * @param distance {@code squared_euclidean}, {@code cosine} or {@code manhattan}
 * @param search {@value #EXACT_SEARCH}, or {@code lists:N} where images look in the N nearest lists
 *     only: calibration and new images alike
 * @param modelId of the backbone whose embeddings the detector understands
 * @param dimension of the reference rows: the backbone's, but for whitened embeddings and
 *     concatenated groups
 * @param model the backbone's whole description where it is known, else null
 * @param decoding the choices by which files became pixels, such as {@code sample-bits}; null in
 *     detectors of earlier versions, which did not say
 * @param features what is done to each image's embedding before all else; the reference rows are
 *     features
 * @param pooling how groups of images become one row; null for single images
 * @param cleaning what was dropped first; null for nothing
 * @param clustering how rows were replaced by centers; null for rows
 * @param referenceRows how many embeddings the reference set has
 * @param normalLabels the labels that the reference set was limited to; empty if it was not
 * @param threshold above which a score is an anomaly
 * @param calibration how normal images were judged to find the threshold and p-values
 * @param embeddings the folder that the reference set was taken from
 * @param runId of the run that wrote the detector
 * @param createdAt the time of that run, ISO-8601 in UTC
 */
public record Detector(
    @JsonProperty(required = true) int formatVersion,
    @JsonProperty(required = true) String detectorId,
    @JsonProperty(required = true) int k,
    @JsonProperty(required = true) String distance,
    String search,
    @JsonProperty(required = true) String modelId,
    @JsonProperty(required = true) int dimension,
    JsonNode model,
    Map<String, String> decoding,
    FeaturesUsed features,
    PoolingUsed pooling,
    CleaningDone cleaning,
    ClusteringDone clustering,
    @JsonProperty(required = true) long referenceRows,
    @JsonProperty(required = true) List<String> normalLabels,
    @JsonProperty(required = true) Threshold threshold,
    CalibrationDone calibration,
    String embeddings,
    @JsonProperty(required = true) String runId,
    @JsonProperty(required = true) String createdAt) {

  /**
   * The layout that this version writes. It reads version 1 too, which knew no features, and
   * version 2, whose calibration did not hold out what was learned from.
   */
  public static final int FORMAT_VERSION = 3;

  /** The oldest layout that is read. */
  public static final int OLDEST_FORMAT_VERSION = 1;

  /** Every search plan that finds the nearest of the whole reference set. */
  public static final String EXACT_SEARCH = "exact";

  private static final int FIRST_WITH_FEATURES = 2;
  private static final int FIRST_WITH_CALIBRATION = 3;

  public Detector {
    if (features == null) {
      if (mustHaveWhatCameWith(FIRST_WITH_FEATURES, formatVersion)) {
        throw new UserDataException("The features are missing.");
      }
      features = new FeaturesUsed("none", null);
    }
    if (search == null) {
      search = EXACT_SEARCH;
    }
    if (calibration == null) {
      if (mustHaveWhatCameWith(FIRST_WITH_CALIBRATION, formatVersion)) {
        throw new UserDataException("The calibration is missing.");
      }
      boolean learnedFromItsRows =
          cleaning != null || clustering != null || features.whitening() != null;
      calibration =
          learnedFromItsRows
              ? CalibrationDone.none(
                  "An earlier version fitted this detector and judged images by what they had taken part in. Fit it again.")
              : CalibrationDone.leaveOneOut(referenceRows);
    }
  }

  /** A later version, which may lay out anything in another way, is refused by its number. */
  private static boolean mustHaveWhatCameWith(int first, int formatVersion) {
    return formatVersion >= first && formatVersion <= FORMAT_VERSION;
  }

  /** What a person wants to know first, in one line. */
  public String inWords() {
    String dropped =
        cleaning == null
            ? ""
            : String.format(
                Locale.ROOT,
                "%,d of %,d dropped by %d neighbors (rounds: %d), ",
                cleaning.dropped(),
                cleaning.scored(),
                cleaning.k(),
                cleaning.rounds());
    String what =
        clustering != null ? "centers" : pooling != null ? "reference groups" : "reference images";
    return String.format(
        Locale.ROOT,
        "%s%,d %s, features %s, threshold %s",
        dropped,
        referenceRows,
        what,
        features,
        threshold.inWords(calibration.isApproximate() ? "about " : ""));
  }

  /**
   * What embeddings become before they are compared.
   *
   * @param map {@code none}, {@code l2}, {@code root}, {@code root-l2} or {@code log-l2}
   * @param whitening after it, learned from the training images; null for none
   */
  public record FeaturesUsed(
      @JsonProperty(required = true) String map, WhiteningLearned whitening) {
    @Override
    public String toString() {
      return map
          + (whitening == null ? "" : " whitened to " + whitening.directions() + " directions");
    }
  }

  /**
   * What the whitening was learned from; its numbers are beside the reference set.
   *
   * @param directions kept
   * @param ridge as a fraction of the largest variance
   * @param rows that it was learned from
   */
  public record WhiteningLearned(
      @JsonProperty(required = true) int directions,
      @JsonProperty(required = true) double ridge,
      @JsonProperty(required = true) long rows) {}

  /**
   * How groups become rows.
   *
   * @param method {@code mean}, {@code max} or {@code concatenate}
   * @param groupSize the one size of all groups, null where sizes may differ
   */
  public record PoolingUsed(@JsonProperty(required = true) String method, Integer groupSize) {}

  /**
   * What the cleaning stage did (section 3.2).
   *
   * @param fraction asked for
   * @param scored rows before
   * @param dropped rows dropped, those with the largest scores by the others
   * @param k neighbors by which rows were scored; null in version 1, where it is the detector's
   * @param rounds that were needed; null in version 1, where it is 1
   */
  public record CleaningDone(
      @JsonProperty(required = true) double fraction,
      @JsonProperty(required = true) long scored,
      @JsonProperty(required = true) long dropped,
      Integer k,
      Integer rounds) {}

  /**
   * What k-means did (section 5.1).
   *
   * @param centers asked for
   * @param rows that were clustered
   * @param seed of its random start
   * @param cost the sum of the rows' distances to their centers
   * @param iterations until it ended
   */
  public record ClusteringDone(
      @JsonProperty(required = true) int centers,
      @JsonProperty(required = true) long rows,
      @JsonProperty(required = true) long seed,
      @JsonProperty(required = true) double cost,
      @JsonProperty(required = true) int iterations) {}

  /**
   * Where the border between normal and anomalous lies and why there.
   *
   * @param value a score above it is an anomaly
   * @param quantile of the calibration's scores that {@code value} is, null if it was given
   * @param alarmRate the expected fraction of normal images above it; null where it is not known
   * @param alarmRateAtMost what the real fraction does not exceed, with a confidence of {@value
   *     #CONFIDENCE}: it depends on which images calibrated; null where it is not known
   * @param deviations robust standard deviations above the median of the scores' logarithms that
   *     {@code value} is, where no image was known to be normal; else null
   */
  public record Threshold(
      @JsonProperty(required = true) double value,
      Double quantile,
      Double alarmRate,
      Double alarmRateAtMost,
      @JsonInclude(JsonInclude.Include.NON_NULL) Double deviations) {
    /** Of {@link #alarmRateAtMost}. */
    public static final double CONFIDENCE = 0.95;

    @Override
    public String toString() {
      return inWords("");
    }

    private String inWords(String about) {
      String border = String.format(Locale.ROOT, "%.6g", value);
      if (deviations != null) {
        return border
            + String.format(
                Locale.ROOT,
                " (%s robust standard deviations above the median, by logarithms)",
                deviations);
      }
      return alarmRate == null
          ? border
          : border
              + String.format(
                  Locale.ROOT,
                  " (%s%.3g %% of normal images above it, at most %.3g %% with %.0f %% confidence)",
                  about,
                  100 * alarmRate,
                  100 * alarmRateAtMost,
                  100 * CONFIDENCE);
    }
  }
}
