package org.dn2.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.dn2.store.RunRecord;
import org.dn2.testing.PythonScript;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NightlyMetricsTest {
  private static final String PLANT = "s3a://plant/a \"strange\"\nname\\";

  private static RunRecord record(long sequence, RunRecord.Outcome outcome, String endedAt) {
    return new RunRecord(
        sequence,
        "night-" + sequence,
        "2026-11-24",
        outcome,
        outcome == RunRecord.Outcome.SUCCEEDED ? null : "No space left.",
        "2026-11-24T01:30:00Z",
        endedAt,
        new RunRecord.SourceCounts(
            100, 80, 18, 2, 15, 2, Map.of("empty", 1L, "truncated", 2L), Map.of("hidden", 4L)),
        null,
        17,
        3,
        3.0 / 17,
        12.5,
        Map.of("list", 1.5, "embed", 20.25),
        "0a1b",
        null,
        "tiny",
        "f1",
        "0.1.0",
        "4.1.0",
        "local-1",
        "machine, process 1",
        Map.of());
  }

  @Test
  void aParserOfOpenMetricsReadsWhatTheNightDid(@TempDir Path folder)
      throws IOException, InterruptedException {
    PythonScript.require("prometheus_client.openmetrics.parser", "python3-prometheus-client");
    Path file = folder.resolve("collector/dn2.prom");
    NightlyMetrics.write(
        file,
        NightlyMetrics.of(
            PLANT,
            List.of(
                record(1, RunRecord.Outcome.SUCCEEDED, "2026-11-24T01:31:00Z"),
                record(2, RunRecord.Outcome.FAILED, "2026-11-25T01:31:00Z"))));

    List<String> samples =
        PythonScript.run(folder, "read_open_metrics.py", file.toString()).lines().sorted().toList();

    assertThat(Files.readString(file)).endsWith("# EOF\n");
    assertThat(samples).allMatch(sample -> sample.contains("'plant': " + python(PLANT)));
    assertThat(samples)
        .contains(
            "dn2_nightly_images {'outcome': 'embedded', 'plant': %s} 15.0".formatted(python(PLANT)),
            "dn2_nightly_images {'outcome': 'anomalous', 'plant': %s} 3.0".formatted(python(PLANT)),
            "dn2_nightly_rejected_images {'plant': %s, 'reason': 'truncated'} 2.0"
                .formatted(python(PLANT)),
            "dn2_nightly_stage_seconds {'plant': %s, 'stage': 'embed'} 20.25"
                .formatted(python(PLANT)),
            "dn2_nightly_success {'plant': %s} 0.0".formatted(python(PLANT)),
            "dn2_nightly_last_success_timestamp_seconds {'plant': %s} 1795483860.0"
                .formatted(python(PLANT)),
            "dn2_nightly_ended_timestamp_seconds {'plant': %s} 1795570260.0"
                .formatted(python(PLANT)));
    assertThat(folder.resolve("collector").toFile().list()).containsExactly("dn2.prom");
  }

  private static String python(String text) {
    return "'" + text.replace("\\", "\\\\").replace("\n", "\\n") + "'";
  }
}
