package org.dn2.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import org.apache.commons.io.FileUtils;
import org.apache.logging.log4j.Level;
import org.dn2.store.Lease;
import org.dn2.store.RunId;
import org.dn2.store.RunRecord;
import org.dn2.table.UserDataException;
import org.dn2.testing.Images;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NightlyRunTest {
  private static final String FIRST = "2026-11-01";
  private static final String SECOND = "2026-11-02";

  @TempDir private static Path prepared;
  private static RunRecord firstNight;

  @TempDir private Path folder;
  private NightlyPlace place;

  @BeforeAll
  static void runTheFirstNight() throws IOException {
    NightlyPlace place = NightlyPlace.in(prepared);
    Images.writeFolder(place.normal(), 12, Color.RED, 100);
    Images.writeFolder(place.inbox().resolve("a"), 5, Color.RED, 1000);
    Images.writeFolder(place.inbox().resolve("b"), 3, Color.BLUE, 2000);
    Files.writeString(place.inbox().resolve("broken.png"), "no picture");
    firstNight = place.run(FIRST);
  }

  @BeforeEach
  void asAfterTheFirstNight() throws IOException {
    FileUtils.copyDirectory(prepared.toFile(), folder.toFile());
    place = NightlyPlace.in(folder);
  }

  private void asBeforeTheFirstNight() throws IOException {
    FileUtils.deleteDirectory(new java.io.File(place.plant()));
  }

  private List<String> scores() {
    return place.rows("scores", "image_id", "':'", "image_version", "' '", "run_id");
  }

  @Test
  void aFirstNightFitsADetectorAndScoresEachImageOnce() {
    RunRecord record = firstNight;

    assertThat(record.inbox())
        .isEqualTo(
            new RunRecord.SourceCounts(
                9, 0, 9, 0, 8, 0, java.util.Map.of("not_an_image", 1L), java.util.Map.of()));
    assertThat(record.reference().embedded()).isEqualTo(12);
    assertThat(record.scored()).isEqualTo(8);
    assertThat(record.fitted().images()).isEqualTo(12);
    assertThat(record.detectorId()).isEqualTo(place.opened().detectors().current());
    assertThat(scores())
        .containsExactly(
            "a/000.png:1 2026-11-01",
            "a/001.png:1 2026-11-01",
            "a/002.png:1 2026-11-01",
            "a/003.png:1 2026-11-01",
            "a/004.png:1 2026-11-01",
            "b/000.png:1 2026-11-01",
            "b/001.png:1 2026-11-01",
            "b/002.png:1 2026-11-01");
    assertThat(place.rows("rejects", "image_id", "' '", "reason", "' '", "source"))
        .containsExactly("broken.png not_an_image inbox");
  }

  @Test
  void aNightWithoutANewImageIsASuccessThatSaysSo() {
    List<String> before = scores();

    RunRecord record = place.run(SECOND);

    assertThat(record.outcome()).isEqualTo(RunRecord.Outcome.SUCCEEDED);
    assertThat(record.inbox().listed()).isEqualTo(9);
    assertThat(record.inbox().unchanged()).isEqualTo(9);
    assertThat(record.scored()).isZero();
    assertThat(record.alarmRate()).isNull();
    assertThat(record.fitted()).isNull();
    assertThat(scores()).isEqualTo(before);
    assertThatThrownBy(() -> place.run("2026-11-03", NightlyConfig.Choice.EXPECT_IMAGES))
        .isInstanceOf(UserDataException.class)
        .hasMessageContaining("There is no new image in")
        .hasMessageContaining("9 listed");
    assertThat(place.opened().runs().records())
        .extracting(RunRecord::outcome)
        .containsExactly(
            RunRecord.Outcome.SUCCEEDED, RunRecord.Outcome.SUCCEEDED, RunRecord.Outcome.FAILED);
    assertThat(place.rows("runs", "sequence", "' '", "outcome", "' '", "listed"))
        .containsExactly("1 succeeded 9", "2 succeeded 9", "3 failed 9");
  }

  @Test
  void aChangedFileIsScoredAgainAndKeepsItsHistory() throws IOException {
    Path changed = place.inbox().resolve("a/000.png");
    Files.write(changed, Images.encoded("png", Color.GREEN, 7));
    Files.setLastModifiedTime(changed, FileTime.fromMillis(1_800_000_000_000L));
    Files.write(place.inbox().resolve("broken.png"), Images.encoded("png", Color.RED, 8));

    RunRecord record = place.run(SECOND);

    assertThat(record.inbox().changed()).isEqualTo(2);
    assertThat(record.inbox().embedded()).isEqualTo(2);
    assertThat(scores())
        .hasSize(10)
        .contains("a/000.png:1 2026-11-01", "a/000.png:2 2026-11-02", "broken.png:2 2026-11-02");
  }

  @Test
  void contentThatWasSeenUnderAnotherNameTakesItsEmbedding() throws IOException {
    Files.copy(place.inbox().resolve("a/000.png"), place.inbox().resolve("copy.png"));
    Files.copy(place.normal().resolve("000.png"), place.inbox().resolve("normal.png"));

    RunRecord record = place.run(SECOND);

    assertThat(record.inbox().embedded()).isZero();
    assertThat(record.inbox().reused()).isEqualTo(2);
    assertThat(record.scored()).isEqualTo(2);
    List<String> scores = place.rows("scores", "image_id", "' '", "score");
    String copied =
        scores.stream().filter(row -> row.startsWith("copy.png ")).findFirst().orElseThrow();
    assertThat(scores).contains(copied.replace("copy.png", "a/000.png"));
    assertThat(scores).anyMatch(row -> row.matches("normal\\.png [0-9.E-]+"));
  }

  @Test
  void aRepeatAddsWhatHasComeSinceAndKeepsTheRest() throws IOException {
    Files.delete(place.inbox().resolve("b/000.png"));
    Files.write(place.inbox().resolve("late.png"), Images.encoded("png", Color.RED, 9));

    RunRecord record = place.run(FIRST);

    assertThat(record.inbox().embedded()).isEqualTo(1);
    assertThat(scores()).hasSize(9).contains("b/000.png:1 2026-11-01", "late.png:1 2026-11-01");
    assertThat(place.run(FIRST).scored()).isZero();
    assertThat(scores()).hasSize(9);
    assertThat(place.rows("embeddings", "image_id")).hasSize(21);
    assertThat(place.rows("rejects", "image_id")).hasSize(1);
  }

  @Test
  void aMissingFileOfAManifestIsTriedAgainAndABrokenOneIsNot() throws IOException {
    asBeforeTheFirstNight();
    Path manifest = folder.resolve("manifest.csv");
    Files.writeString(
        manifest, "path\n" + place.inbox() + "/a/000.png\ninbox/later.png\ninbox/broken.png\n");
    String inbox = "inbox { path = \"" + manifest + "\" }";

    RunRecord first = place.run(FIRST, inbox);
    RunRecord second = place.run(SECOND, inbox);
    Files.write(place.inbox().resolve("later.png"), Images.encoded("png", Color.RED, 11));
    RunRecord third = place.run("2026-11-03", inbox);

    assertThat(first.inbox().rejectedByReason())
        .isEqualTo(java.util.Map.of("gone", 1L, "not_an_image", 1L));
    assertThat(second.inbox().rejectedByReason()).isEqualTo(java.util.Map.of("gone", 1L));
    assertThat(third.inbox().rejectedByReason()).isEmpty();
    assertThat(third.scored()).isEqualTo(1);
  }

  @Test
  void newNormalImagesMakeANewDetectorAndTheOldOneCanBeTakenBack() throws IOException {
    RunRecord first = firstNight;
    Images.writeFolder(place.normal().resolve("more"), 4, Color.BLUE, 500);
    RunRecord second = place.run(SECOND);

    assertThat(second.reference().embedded()).isEqualTo(4);
    assertThat(second.fitted().images()).isEqualTo(16);
    assertThat(second.detectorId()).isNotEqualTo(first.detectorId());
    assertThat(second.scored()).isZero();

    RunRecord rescored = place.run("2026-11-03", NightlyConfig.Choice.RESCORE);
    assertThat(rescored.inbox().embedded()).isZero();
    assertThat(rescored.scored()).isEqualTo(8);
    assertThat(place.rows("scores", "image_id")).hasSize(16);

    place.opened().detectors().use(first.detectorId());
    Files.write(place.inbox().resolve("new.png"), Images.encoded("png", Color.RED, 12));
    RunRecord back = place.run("2026-11-04");
    assertThat(back.fitted()).isNull();
    assertThat(back.detectorId()).isEqualTo(first.detectorId());
    assertThatThrownBy(() -> place.opened().detectors().use("none"))
        .isInstanceOf(UserDataException.class)
        .hasMessageContaining("There is no detector none in")
        .hasMessageContaining(first.detectorId());
  }

  @Test
  void withoutNormalImagesNoImageIsEmbedded() throws IOException {
    FileUtils.cleanDirectory(place.normal().toFile());
    assertThatThrownBy(() -> place.run(SECOND))
        .isInstanceOf(UserDataException.class)
        .hasMessageStartingWith(
            "There is no image in " + place.normal() + " (nightly.reference.path)");
    List<RunRecord> records = place.opened().runs().records();
    assertThat(records.get(1).secondsByStage()).containsOnlyKeys("list");
    assertThat(place.run(SECOND, "fit.schedule = once").inbox().unchanged()).isEqualTo(9);
  }

  @Test
  void aSecondRunEndsAtOnceAndNamesTheHolder() {
    try (Lease lease =
        place
            .opened()
            .runs()
            .begin(new RunId("other"), LocalDate.parse(FIRST), Duration.ofMinutes(1))) {
      assertThatThrownBy(() -> place.run(SECOND))
          .isInstanceOf(UserDataException.class)
          .hasMessageContaining("the run other of 2026-11-01")
          .hasMessageContaining("process " + ProcessHandle.current().pid());
      assertThat(lease.sequence()).isEqualTo(2);
    }
  }

  @Test
  void foldersOfDaysAreListedForLateFilesToo() throws IOException {
    asBeforeTheFirstNight();
    Images.writeFolder(place.inbox().resolve(FIRST), 2, Color.RED, 1);
    String inbox = "inbox { path = \"" + place.inbox() + "/{date}\", days-back = 1 }";

    assertThat(place.run(FIRST, inbox).scored()).isEqualTo(2);
    Images.writeFolder(place.inbox().resolve(SECOND), 2, Color.RED, 10);
    Files.write(place.inbox().resolve(FIRST + "/late.png"), Images.encoded("png", Color.RED, 20));
    assertThat(place.run(SECOND, inbox).scored()).isEqualTo(3);
    try (LogLines lines = new LogLines(NightlyRun.class)) {
      assertThat(place.run("2026-11-03", inbox).inbox().listed()).isEqualTo(2);
      assertThat(lines.at(Level.WARN)).isEmpty();
      assertThat(place.run("2026-11-05", inbox).inbox().listed()).isZero();
      assertThat(lines.at(Level.WARN))
          .singleElement()
          .asString()
          .startsWith("The run 2026-11-05 of 2026-11-05 found no image at all in ")
          .contains("/inbox/{date}: ", "--expect-images");
    }
    assertThat(scores())
        .containsExactly(
            "2026-11-01/000.png:1 2026-11-01",
            "2026-11-01/001.png:1 2026-11-01",
            "2026-11-01/late.png:1 2026-11-02",
            "2026-11-02/000.png:1 2026-11-02",
            "2026-11-02/001.png:1 2026-11-02");
  }
}
