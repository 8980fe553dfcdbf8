package org.dn2.store;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.Map;

/**
 * What a run of a plant did. It is the run's commit point: rows of runs without a record of success
 * did not happen.
 *
 * @param sequence counts the plant's runs, from 1
 * @param runDate such as {@code 2026-11-24}
 * @param outcome how it ended
 * @param failure why it failed, null if it did not
 * @param startedAt ISO-8601 in UTC
 * @param endedAt ISO-8601 in UTC; of a run that was abandoned, when that was found
 * @param inbox what became of the images to score; null where it did not come to that
 * @param reference what became of the normal images; null where none are listed
 * @param scored images
 * @param anomalies of these
 * @param alarmRate anomalies among the scored, 0 to 1; null where nothing was scored
 * @param imagesPerSecond embedded, while that lasted; null where none was
 * @param secondsByStage by the stage's name
 * @param detectorId of the scores; null where it did not come to that
 * @param fitted the detector that this run fitted, null for none
 * @param modelId the backbone
 * @param modelFingerprint of the embeddings
 * @param codeVersion of this program
 * @param sparkVersion of Spark
 * @param applicationId Spark's name for the process
 * @param holder the machine and process
 * @param configuration each setting as text, without secrets
 */
@JsonNaming(SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.ALWAYS)
public record RunRecord(
    long sequence,
    String runId,
    String runDate,
    Outcome outcome,
    String failure,
    String startedAt,
    String endedAt,
    SourceCounts inbox,
    SourceCounts reference,
    long scored,
    long anomalies,
    Double alarmRate,
    Double imagesPerSecond,
    Map<String, Double> secondsByStage,
    String detectorId,
    FittedNow fitted,
    String modelId,
    String modelFingerprint,
    String codeVersion,
    String sparkVersion,
    String applicationId,
    String holder,
    Map<String, String> configuration) {

  /** How a run ended. */
  public enum Outcome {
    /** Its rows count. */
    SUCCEEDED,
    /** It said why. */
    FAILED,
    /** It died, and the next run found that its lease had run out. */
    ABANDONED
  }

  /**
   * What became of the images of a source: {@code listed = unchanged + embedded + reused +
   * rejected}.
   *
   * @param unchanged embedded or rejected by earlier runs
   * @param added never seen before under their names
   * @param changed seen before with other content
   * @param reused with an embedding that other images of the same content had
   * @param rejectedByReason of this run
   * @param leftOutByRule entries that were not listed
   */
  @JsonNaming(SnakeCaseStrategy.class)
  public record SourceCounts(
      long listed,
      long unchanged,
      long added,
      long changed,
      long embedded,
      long reused,
      Map<String, Long> rejectedByReason,
      Map<String, Long> leftOutByRule) {
    /** How many images of this run have no embedding. */
    public long rejected() {
      return rejectedByReason.values().stream().mapToLong(Long::longValue).sum();
    }
  }

  /**
   * The detector that a run fitted.
   *
   * @param images normal ones
   * @param digest of the images and their content
   */
  @JsonNaming(SnakeCaseStrategy.class)
  public record FittedNow(String detectorId, long images, String digest) {}

  /** Whether the run's rows count. */
  public boolean isSuccess() {
    return outcome == Outcome.SUCCEEDED;
  }
}
