package org.dn2.reference;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/**
 * What {@code detector.json} says of a detector.
 *
 * @param formatVersion of the folder's layout
 * @param detectorId a digest of the reference rows and every setting that a score depends on: equal
 *     ids give equal scores
 * @param k neighbors whose squared distances are averaged (section 3.1, equation 2)
 * @param distance {@code squared_euclidean}
 * @param modelId of the backbone whose embeddings the detector understands
 * @param dimension of these embeddings
 * @param model the backbone's whole description where it is known, else null
 * @param referenceRows how many embeddings the reference set has
 * @param normalLabels the labels that the reference set was limited to; empty if it was not
 * @param threshold above which a score is an anomaly
 * @param embeddings the folder that the reference set was taken from
 * @param runId of the run that wrote the detector
 * @param createdAt the time of that run, ISO-8601 in UTC
 */
public record Detector(
    @JsonProperty(required = true) int formatVersion,
    @JsonProperty(required = true) String detectorId,
    @JsonProperty(required = true) int k,
    @JsonProperty(required = true) String distance,
    @JsonProperty(required = true) String modelId,
    @JsonProperty(required = true) int dimension,
    JsonNode model,
    @JsonProperty(required = true) long referenceRows,
    @JsonProperty(required = true) List<String> normalLabels,
    @JsonProperty(required = true) Threshold threshold,
    String embeddings,
    @JsonProperty(required = true) String runId,
    @JsonProperty(required = true) String createdAt) {

  /** The layout that this version writes and reads. */
  public static final int FORMAT_VERSION = 1;

  /** The paper's distance, and for now the only one. */
  public static final String SQUARED_EUCLIDEAN = "squared_euclidean";

  /**
   * Where the border between normal and anomalous lies and why there.
   *
   * @param value a score above it is an anomaly
   * @param quantile of the leave-one-out scores that {@code value} is, null if it was given
   */
  public record Threshold(
      @JsonProperty(required = true) double value,
      @JsonProperty(required = true) Double quantile) {}
}
