package org.dn2.pipeline;

import io.prometheus.metrics.expositionformats.OpenMetricsTextFormatWriter;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot.InfoDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.dn2.store.RunRecord;

/** A night in the text form of OpenMetrics, for a collector that reads files. */
final class NightlyMetrics {
  private static final String PLANT = "plant";

  private final MetricSnapshots.Builder snapshots = MetricSnapshots.builder();
  private final String plant;

  private NightlyMetrics(String plant) {
    this.plant = plant;
  }

  /**
   * The metrics of the last night.
   *
   * @param plant its folder, which tells it from others
   * @param records of the plant's runs, one or more
   */
  static String of(String plant, List<RunRecord> records) {
    NightlyMetrics metrics = new NightlyMetrics(plant);
    RunRecord last = records.get(records.size() - 1);
    metrics.register(last);
    records.stream()
        .filter(RunRecord::isSuccess)
        .reduce((first, second) -> second)
        .ifPresent(
            success ->
                metrics.gauge(
                    "dn2_nightly_last_success_timestamp_seconds",
                    "When the last run that succeeded ended.",
                    seconds(success.endedAt())));
    return metrics.text();
  }

  /** Writes a file in one step, so that a collector reads it whole. */
  static void write(Path file, String text) {
    Path folder = file.toAbsolutePath().getParent();
    try {
      Files.createDirectories(folder);
      Path unfinished = Files.createTempFile(folder, "." + file.getFileName(), ".unfinished");
      try {
        Files.writeString(unfinished, text);
        unfinished.toFile().setReadable(true, false);
        Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(unfinished);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("The metrics file %s cannot be written".formatted(file), e);
    }
  }

  private void register(RunRecord record) {
    gauge(
        "dn2_nightly_success",
        "1 if the last run succeeded, 0 if it failed.",
        record.isSuccess() ? 1 : 0);
    gauge(
        "dn2_nightly_ended_timestamp_seconds",
        "When the last run ended.",
        seconds(record.endedAt()));
    Map<String, Double> images = new TreeMap<>();
    images.put("scored", (double) record.scored());
    images.put("anomalous", (double) record.anomalies());
    RunRecord.SourceCounts inbox = record.inbox();
    if (inbox != null) {
      images.put("listed", (double) inbox.listed());
      images.put("unchanged", (double) inbox.unchanged());
      images.put("added", (double) inbox.added());
      images.put("changed", (double) inbox.changed());
      images.put("embedded", (double) inbox.embedded());
      images.put("reused", (double) inbox.reused());
      images.put("rejected", (double) inbox.rejected());
      Map<String, Double> rejected = new TreeMap<>();
      inbox.rejectedByReason().forEach((reason, count) -> rejected.put(reason, (double) count));
      gauges(
          "dn2_nightly_rejected_images",
          "Images of the last run that were rejected.",
          "reason",
          rejected);
    }
    gauges("dn2_nightly_images", "Images of the last run.", "outcome", images);
    gauges(
        "dn2_nightly_stage_seconds",
        "How long the stages of the last run took.",
        "stage",
        record.secondsByStage());
    if (record.alarmRate() != null) {
      gauge(
          "dn2_nightly_alarm_ratio",
          "Anomalies among the images that the last run scored.",
          record.alarmRate());
    }
    if (record.imagesPerSecond() != null) {
      gauge(
          "dn2_nightly_images_per_second",
          "Images embedded a second in the last run.",
          record.imagesPerSecond());
    }
    snapshots.metricSnapshot(
        InfoSnapshot.builder()
            .name("dn2_nightly")
            .help("The last run.")
            .dataPoint(
                InfoDataPointSnapshot.builder()
                    .labels(
                        Labels.of(
                            PLANT,
                            plant,
                            "run_date",
                            record.runDate(),
                            "run_id",
                            record.runId(),
                            "detector_id",
                            orEmpty(record.detectorId()),
                            "model_id",
                            orEmpty(record.modelId()),
                            "code_version",
                            orEmpty(record.codeVersion())))
                    .build())
            .build());
  }

  private static String orEmpty(String text) {
    return text == null ? "" : text;
  }

  private static double seconds(String time) {
    return Instant.parse(time).getEpochSecond();
  }

  private void gauge(String name, String help, double value) {
    snapshots.metricSnapshot(
        GaugeSnapshot.builder()
            .name(name)
            .help(help)
            .dataPoint(point(Labels.of(PLANT, plant), value))
            .build());
  }

  private void gauges(String name, String help, String label, Map<String, Double> values) {
    GaugeSnapshot.Builder gauge = GaugeSnapshot.builder().name(name).help(help);
    values.forEach(
        (key, value) -> gauge.dataPoint(point(Labels.of(PLANT, plant, label, key), value)));
    snapshots.metricSnapshot(gauge.build());
  }

  private static GaugeDataPointSnapshot point(Labels labels, double value) {
    return GaugeDataPointSnapshot.builder().labels(labels).value(value).build();
  }

  private String text() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      OpenMetricsTextFormatWriter.create().write(out, snapshots.build());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toString(StandardCharsets.UTF_8);
  }
}
