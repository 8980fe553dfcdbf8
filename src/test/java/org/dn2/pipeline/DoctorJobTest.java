package org.dn2.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.dn2.doctor.Finding;
import org.dn2.model.TinyBackbone;
import org.dn2.store.Lease;
import org.dn2.store.RunId;
import org.dn2.testing.Images;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DoctorJobTest {
  @TempDir private Path folder;
  private NightlyPlace place;

  @BeforeEach
  void writeImages() throws IOException {
    place = NightlyPlace.in(folder);
    Images.writeFolder(place.normal(), 6, Color.RED, 100);
    Images.writeFolder(place.inbox(), 2, Color.RED, 1000);
  }

  private List<Finding> findings(String text) {
    try {
      List<Finding> findings = new ArrayList<>();
      Path file = Files.writeString(folder.resolve("doctor.conf"), text);
      new DoctorJob(DoctorJob.USUAL, findings::add).run(file.toFile());
      return findings;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private String nightly(String more) {
    return """
        nightly {
          plant = "%s"
          inbox { path = "%s" }
          reference { path = "%s" }
          model = "%s"
          %s
        }
        """
        .formatted(place.plant(), place.inbox(), place.normal(), folder.resolve("model"), more);
  }

  private static List<Finding> of(List<Finding> findings, String what) {
    return findings.stream().filter(finding -> finding.what().equals(what)).toList();
  }

  private static List<Finding> failures(List<Finding> findings) {
    return findings.stream().filter(Finding::isFailure).toList();
  }

  @Test
  void aGoodConfigurationFailsNowhereAndNothingStays() throws IOException {
    List<Finding> findings = findings(nightly(""));

    assertThat(failures(findings)).isEmpty();
    assertThat(findings)
        .extracting(Finding::what)
        .contains(
            "Java",
            "Spark",
            "model",
            "processor",
            "libtorch",
            "image libraries",
            "scratch space",
            "nightly.inbox.path",
            "nightly.reference.path",
            "nightly.plant",
            "lease",
            "detector");
    assertThat(Path.of(place.plant())).doesNotExist();
    try (Stream<Path> left = Files.walk(folder)) {
      assertThat(left.filter(path -> path.toString().contains("doctor~"))).isEmpty();
    }
  }

  @Test
  void imagesMayLieBesideThePlantsTables() {
    assertThat(failures(findings(nightly("").replace(place.plant() + "\"", place.folder() + "\""))))
        .isEmpty();
  }

  @Test
  void aRunsSectionIsLookedAtToo() {
    List<Finding> findings =
        findings(
            """
            dn2 { output = "%s/out", model = "%s/model"
              train { path = "%s" }
              test { path = "%s/none" } }
            """
                .formatted(folder, folder, place.normal(), folder));

    assertThat(failures(findings))
        .containsExactly(
            Finding.fail(
                "dn2.test.path",
                "there is nothing at %s/none".formatted(folder),
                "Mend dn2.test.path in the configuration, or put it there."));
    assertThat(of(findings, "dn2.output").get(0).level()).isEqualTo(Finding.Level.OK);
  }

  @Test
  void whatIsWrongWithSettingsFails() throws IOException {
    assertThat(failures(findings(nightly("plants = 3"))))
        .singleElement()
        .satisfies(
            finding -> assertThat(finding.detail()).contains("unknown settings nightly.plants"));
    assertThat(failures(findings("other { }")).get(0).detail())
        .contains("neither a section nightly nor a section dn2");
    assertThat(failures(findings(nightly("plant = \"%s/in\"".formatted(place.inbox())))))
        .singleElement()
        .satisfies(finding -> assertThat(finding.detail()).contains("lies in the input"));
    assertThat(failures(findings(nightly("fit.threshold-quantile = 5"))).get(0).detail())
        .contains("doctor.conf cannot be used: The threshold's quantile is 5.0");
    assertThat(failures(findings(nightly("fit.k = ${DN2_NOT_SET}"))).get(0).detail())
        .contains("${DN2_NOT_SET}. Set the environment variable of that name");
  }

  @Test
  void aModelOfAnotherContentFails() throws IOException {
    TinyBackbone.write(folder.resolve("other"), 2);
    Files.copy(
        folder.resolve("other/model.pt"),
        folder.resolve("model/model.pt"),
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);

    assertThat(failures(findings(nightly(""))))
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.what()).isEqualTo("model");
              assertThat(finding.detail()).contains("has the SHA-256", "model.json says");
            });
  }

  @Test
  void aGpuThatIsAskedForAndAbsentFails() {
    assertThat(failures(findings(nightly("device = gpu"))))
        .extracting(Finding::what)
        .containsExactly("device", "GPU settings");
  }

  @Test
  void aBackboneThatIsNotHereIsNotFetched() {
    List<Finding> findings = findings(nightly("model = default-bf16"));

    if (of(findings, "model").get(0).level() == Finding.Level.WARN) {
      assertThat(of(findings, "model").get(0).advice())
          .startsWith("Run dn2 model fetch --precision BF16");
    }
    assertThat(of(findings, "processor").get(0).detail()).contains("the model computes in bf16");
  }

  @Test
  void aCatalogThatSparkDoesNotKnowFails() {
    assertThat(failures(findings(nightly("scores = \"table:lake.quality.scores\""))))
        .extracting(Finding::what)
        .containsExactly("nightly.scores");
  }

  @Test
  void theHolderOfTheLeaseIsTold() {
    try (Lease lease =
        place
            .opened()
            .runs()
            .begin(new RunId("night"), LocalDate.of(2026, 11, 1), Duration.ofMinutes(2))) {
      assertThat(lease.sequence()).isEqualTo(1);
      assertThat(of(findings(nightly("")), "lease").get(0).detail())
          .startsWith("held by the run night of 2026-11-01, begun at")
          .contains(lease.holder());
    }
  }

  @Test
  void theCurrentDetectorIsComparedWithTheModel() {
    place.run("2026-11-01");
    assertThat(of(findings(nightly("")), "detector").get(0).detail())
        .contains("is current and of this model");

    TinyBackbone.write(folder.resolve("other"), 2);
    assertThat(of(findings(nightly("model = \"%s/other\"".formatted(folder))), "detector").get(0))
        .satisfies(
            finding -> {
              assertThat(finding.level()).isEqualTo(Finding.Level.WARN);
              assertThat(finding.detail()).contains("of another model");
            });
    assertThat(
            failures(
                findings(nightly("reference.path = null\nmodel = \"%s/other\"".formatted(folder)))))
        .extracting(Finding::what)
        .containsExactly("detector");
  }

  @Test
  void anInboxOfDaysNeedsNoFolderOfToday() {
    List<Finding> findings =
        findings(nightly("inbox.path = \"%s/{date}\"".formatted(place.inbox())));

    assertThat(failures(findings)).isEmpty();
    assertThat(of(findings, "nightly.inbox.path").get(0).detail()).contains("no folder of today");
  }
}
