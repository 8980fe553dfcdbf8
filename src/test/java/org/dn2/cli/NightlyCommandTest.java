package org.dn2.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.dn2.model.TinyBackbone;
import org.dn2.testing.Images;
import org.dn2.testing.SparkSessions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NightlyCommandTest {
  @TempDir private static Path folder;
  private static Path conf;

  @BeforeAll
  static void writeImages() throws IOException {
    SparkSessions.local();
    TinyBackbone.write(folder.resolve("model"), 1);
    Images.writeFolder(folder.resolve("normal"), 6, Color.RED, 100);
    Images.writeFolder(folder.resolve("plant/inbox/2026-11-02"), 3, Color.BLUE, 1000);
    conf =
        Files.writeString(
            folder.resolve("nightly.conf"),
            """
            nightly {
              plant = "%1$s/plant"
              inbox { path = "%1$s/plant/inbox/{date}", days-back = 0 }
              reference { path = "%1$s/normal" }
              model = "%1$s/model"
              metrics-file = "%1$s/dn2.prom"
            }
            """
                .formatted(folder));
  }

  private static CommandCall call(String command, String... more) {
    return CommandCall.of(
        Stream.concat(Stream.of(command.split(" ")), Stream.of(more)).toArray(String[]::new));
  }

  @Test
  void nightsThatWereMissedAreMadeUpForAndPrinted() throws IOException {
    CommandCall nights =
        call("nightly --from 2026-11-01 --to 2026-11-03", "--conf", conf.toString());

    assertThat(nights.exitCode()).as(nights.errors()).isZero();
    assertThat(nights.output().lines())
        .containsExactly(
            "2026-11-01 2026-11-01: 0 listed, 0 new, 0 changed, 0 embedded, 0 reused, 0 rejected, 0 scored, 0 anomalies",
            "2026-11-02 2026-11-02: 3 listed, 3 new, 0 changed, 3 embedded, 0 reused, 0 rejected, 3 scored, 3 anomalies",
            "2026-11-03 2026-11-03: 0 listed, 0 new, 0 changed, 0 embedded, 0 reused, 0 rejected, 0 scored, 0 anomalies");
    assertThat(Files.readString(folder.resolve("dn2.prom"))).contains("dn2_nightly_success{");
    assertThat(
            Files.readString(
                folder.resolve(
                    "plant/pages/run_date=2026-11-02/run_id=2026-11-02/strange-images.html")))
        .contains("Strange images of 2026-11-02");

    CommandCall expecting =
        call("nightly --run-date 2026-11-04 --expect-images", "--conf", conf.toString());
    assertThat(expecting.exitCode()).isEqualTo(ExitCode.USER_DATA);
    assertThat(expecting.errors()).contains("There is no new image in").contains("one is expected");

    CommandCall runs = call("runs --last 3", "--conf", conf.toString());
    List<String> lines = runs.output().lines().map(String::strip).toList();
    assertThat(lines.get(0)).startsWith("date").contains("scored", "anomalies", "detector");
    assertThat(lines.get(1)).startsWith("2026-11-02").contains("succeeded");
    assertThat(lines.get(3)).startsWith("2026-11-04").contains("failed");
    assertThat(lines.get(4)).startsWith("2026-11-04 2026-11-04 failed: There is no new image in");
    assertThat(lines).hasSize(5);

    CommandCall detectors = call("detector list", "--plant", folder + "/plant");
    assertThat(detectors.output()).startsWith("* ");
    String id = detectors.output().substring(2, 2 + 16);
    assertThat(call("detector use " + id, "--plant", folder + "/plant").output())
        .startsWith("The current detector is " + id);
    CommandCall unknown = call("detector use unknown", "--conf", conf.toString());
    assertThat(unknown.exitCode()).isEqualTo(ExitCode.USER_DATA);
    assertThat(unknown.errors()).contains("There is no detector unknown in").contains(id);
  }

  @Test
  void nightsInTheWrongOrderAreAUsageError() {
    CommandCall wrong =
        call("nightly --from 2026-11-03 --to 2026-11-01", "--conf", conf.toString());

    assertThat(wrong.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(wrong.errors()).contains("--to 2026-11-01 is before --from 2026-11-03.");
  }

  @Test
  void aPlantThatIsNotThereIsNoneWithoutRuns() throws IOException {
    for (String command : List.of("detector list", "runs", "detector use 0a1b")) {
      CommandCall none = call(command, "--plant", folder + "/none");
      assertThat(none.exitCode()).isEqualTo(ExitCode.USER_DATA);
      assertThat(none.errors()).contains("There is no folder file:" + folder + "/none.");
    }
    assertThat(folder.resolve("none")).doesNotExist();

    Files.createDirectory(folder.resolve("empty"));
    assertThat(call("detector list", "--plant", folder + "/empty").output())
        .contains("There are no detectors yet.");
    assertThat(call("runs", "--plant", folder + "/empty").output())
        .contains("There are no runs yet.");
  }
}
