package org.dn2.pipeline;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.spark.sql.SparkSession;
import org.dn2.store.Lease;
import org.dn2.store.RunRecord;
import org.dn2.work.ProgramVersion;

/** What a run has done so far, as its record will tell it. */
final class NightlyReport {
  private static final String EMBED = "embed";

  private final SparkSession spark;
  private final NightlySettings settings;
  private final Lease lease;
  private final Map<String, Double> seconds = new LinkedHashMap<>();
  private RunRecord.SourceCounts inbox;
  private RunRecord.SourceCounts reference;
  private RunRecord.FittedNow fitted;
  private NightlyScoring.Scored scored;

  NightlyReport(SparkSession spark, NightlySettings settings, Lease lease) {
    this.spark = spark;
    this.settings = settings;
    this.lease = lease;
  }

  /** Does the work of a stage, whose time is added to what it took before. */
  <T> T during(String stage, Supplier<T> work) {
    long start = System.nanoTime();
    try {
      return work.get();
    } finally {
      seconds.merge(stage, (System.nanoTime() - start) / 1e9, Double::sum);
    }
  }

  void setInbox(RunRecord.SourceCounts counts) {
    inbox = counts;
  }

  void setReference(RunRecord.SourceCounts counts) {
    reference = counts;
  }

  void setFitted(RunRecord.FittedNow detector) {
    fitted = detector;
  }

  void setScored(NightlyScoring.Scored result) {
    scored = result;
  }

  /**
   * The record.
   *
   * @param failure null where the run succeeded
   */
  RunRecord record(RunRecord.Outcome outcome, String failure) {
    long images = scored == null ? 0 : scored.images();
    long anomalies = scored == null ? 0 : scored.anomalies();
    long embedded =
        (inbox == null ? 0 : inbox.embedded()) + (reference == null ? 0 : reference.embedded());
    double embedding = seconds.getOrDefault(EMBED, 0.0);
    return new RunRecord(
        lease.sequence(),
        settings.runId().value(),
        settings.runDate().toString(),
        outcome,
        failure,
        lease.startedAt(),
        Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
        inbox,
        reference,
        images,
        anomalies,
        images == 0 ? null : (double) anomalies / images,
        embedded == 0 || embedding == 0 ? null : embedded / embedding,
        Map.copyOf(seconds),
        scored == null ? null : scored.detectorId(),
        fitted,
        settings.model().spec().id(),
        settings.modelFingerprint().digits(),
        ProgramVersion.TEXT,
        spark.version(),
        spark.sparkContext().applicationId(),
        lease.holder(),
        settings.config().asText());
  }
}
