package org.dn2.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.dn2.store.RunRecord;
import org.dn2.testing.Faults;
import org.dn2.testing.FaultyLocalFiles;
import org.dn2.testing.Images;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A night on a store of which a call fails, or is the last that the driver makes: between any two
 * stages, while a table is written, within its commit and within that of the record.
 */
class NightlyDeathTest {
  private static final String FIRST = "2026-11-01";
  private static final String SECOND = "2026-11-02";
  private static final String THIRD = "2026-11-03";

  private static final String AFTER_THE_RECORD = "delete \\.000002\\.json.*";

  @TempDir private static Path folder;
  private static NightlyPlace place;
  private static PlantReader plant;
  private static List<String> listed;
  private static List<String> scoresBefore;
  private static List<String> rejectsBefore;
  private static List<String> scoresAfter;
  private static List<String> rejectsAfter;

  /** A plant after its first night, and an undisturbed second one. */
  @BeforeAll
  static void twoNights() throws IOException {
    place = NightlyPlace.in(folder);
    plant = new PlantReader(place.plant());
    Images.writeFolder(place.normal(), 8, Color.RED, 100);
    Images.writeFolder(place.inbox().resolve("a"), 3, Color.RED, 1000);
    Files.writeString(place.inbox().resolve("a/broken.png"), "no picture");
    place.run(FIRST);
    FileUtils.copyDirectory(new java.io.File(place.plant()), prepared().toFile());
    scoresBefore = plant.scores();
    rejectsBefore = plant.rejects();

    Images.writeFolder(place.inbox().resolve("b"), 4, Color.BLUE, 2000);
    Files.write(place.inbox().resolve("b/copy.png"), Images.encoded("png", Color.RED, 1000));
    Files.writeString(place.inbox().resolve("b/broken.png"), "no picture either");
    Path changed = place.inbox().resolve("a/000.png");
    Files.write(changed, Images.encoded("png", Color.GREEN, 7));
    Files.setLastModifiedTime(changed, FileTime.fromMillis(1_800_000_000_000L));
    Images.writeFolder(place.normal().resolve("more"), 2, Color.RED, 300);
    place.run(SECOND);
    scoresAfter = plant.scores();
    rejectsAfter = plant.rejects();
    listed = idsIn(place.inbox());
    assertThat(scoresAfter).hasSize(9).isNotEqualTo(scoresBefore);
    assertThat(rejectsAfter).hasSize(2);
  }

  private static Path prepared() {
    return folder.resolve("prepared");
  }

  private static List<String> idsIn(Path inbox) throws IOException {
    try (Stream<Path> files = Files.walk(inbox)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> inbox.relativize(file).toString())
          .toList();
    }
  }

  private static void useFaultyDisk() {
    Workplace.SPARK.conf().set("fs.file.impl", FaultyLocalFiles.class.getName());
    Workplace.SPARK.conf().set("fs.file.impl.disable.cache", "true");
  }

  @AfterEach
  void endFaults() {
    Faults.end();
    useSoundDisk();
  }

  private static void useSoundDisk() {
    Workplace.SPARK.conf().unset("fs.file.impl");
    Workplace.SPARK.conf().unset("fs.file.impl.disable.cache");
  }

  private static void prepare() throws IOException {
    FileUtils.deleteDirectory(new java.io.File(place.plant()));
    FileUtils.copyDirectory(prepared().toFile(), new java.io.File(place.plant()));
  }

  /** What ends a night that is disturbed; null if nothing does. */
  private static Throwable disturbed(
      Faults.Kind kind, String call, int occurrence, ThrowingCallable night) {
    useFaultyDisk();
    Faults.begin(kind, occurrence, Pattern.compile(call));
    Throwable failure;
    try {
      failure = catchThrowable(night);
    } finally {
      assertThat(Faults.end()).as("calls of " + call).hasSizeGreaterThanOrEqualTo(occurrence);
      useSoundDisk();
    }
    return failure;
  }

  /** Lets an hour pass for the leases of runs that died. */
  private static void anHourPasses() throws IOException {
    try (Stream<Path> files = Files.list(Path.of(place.plant(), "runs/_records"))) {
      for (Path file : files.filter(name -> name.toString().matches(".*(lease|alive)")).toList()) {
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().minusSeconds(3600)));
      }
    }
  }

  /** Nothing partial is to be read, and the next run, of whatever id, heals all. */
  private static void requireWholeAndHealing(String nextId, String what) throws IOException {
    assertThat(plant.scores()).as(what).isIn(scoresBefore, scoresAfter);
    assertThat(plant.rejects()).as(what).isIn(rejectsBefore, rejectsAfter);
    anHourPasses();
    RunRecord healed = place.run(nextId);
    assertThat(healed.outcome()).as(what).isEqualTo(RunRecord.Outcome.SUCCEEDED);
    assertThat(plant.scores()).as(what).isEqualTo(scoresAfter);
    assertThat(plant.rejects()).as(what).isEqualTo(rejectsAfter);
    plant.requireEachOnce(listed, what);
    assertThat(unfinished()).as("nothing is left, " + what).isEmpty();
  }

  private static List<String> unfinished() throws IOException {
    try (Stream<Path> files = Files.walk(Path.of(place.plant()))) {
      return files
          .map(file -> Path.of(place.plant()).relativize(file).toString())
          .filter(
              name ->
                  name.matches("(embeddings|rejects|scores|runs/_records)/(.*/)?\\.[^/]+")
                      || name.matches(".*\\.(lease|alive)")
                      || name.matches("_work/.*|\\.[^/]+(/.*)?"))
          .sorted()
          .toList();
    }
  }

  /** One moment after another, from the lease to what follows the record. */
  @ParameterizedTest
  @CsvSource({
    // The lease is taken.
    "DIE, delete \\.000002\\.lease~.*, 1, 2026-11-03",
    // The inbox's images are embedded, and not yet noted.
    "DIE, create [0-9a-f]{12}\\.json, 2, 2026-11-03",
    // All images are embedded, and nothing is written.
    "DIE, list run_date=2026-11-02, 1, 2026-11-02",
    // The embeddings are written and not committed.
    "DIE, rename \\.(embeddings|rejects|scores)~.*, 1, 2026-11-03",
    // The rejects are committed, and then the embeddings.
    "DIE, delete _dn2, 1, 2026-11-02",
    "DIE, delete _dn2, 2, 2026-11-03",
    // A detector is there, and not yet current.
    "DIE, create \\.current.*, 1, 2026-11-03",
    // The scores are written and not committed.
    "DIE, rename \\.(embeddings|rejects|scores)~.*, 3, 2026-11-03",
    // They are committed, and there is no record.
    "DIE, delete _dn2, 4, 2026-11-02",
    // The record is written and does not yet count.
    "DIE, rename \\.000002\\.json.*, 1, 2026-11-03",
    // It counts, and nothing is cleared up.
    "DIE, delete \\.000002\\.json.*, 1, 2026-11-03",
    // The store fails once, while the record is committed.
    "THROW, create \\.000002\\.json.*, 1, 2026-11-03",
    // It fails once the record counts.
    "THROW, delete \\.000002\\.json.*, 1, 2026-11-03",
    // The disk is full, for images' outcomes and for the record.
    "FULL, create [0-9a-f]{12}-.*, 4, 2026-11-03",
    "FULL, create \\.000002\\.json.*, 1, 2026-11-02"
  })
  void nothingPartialIsReadAndTheNextRunHealsAll(
      Faults.Kind kind, String call, int occurrence, String next) throws IOException {
    prepare();
    String what = "%s at %s (%d), next %s".formatted(kind, call, occurrence, next);
    Throwable failure = disturbed(kind, call, occurrence, () -> place.run(SECOND));
    if (call.equals(AFTER_THE_RECORD) && kind == Faults.Kind.THROW) {
      assertThat(failure).as(what).isNull();
    } else if (kind == Faults.Kind.FULL) {
      assertThat(failure).as(what).hasStackTraceContaining("No space left on device");
    }
    requireWholeAndHealing(next, what);
    assertThat(plant.outcomes()).as(what).endsWith("succeeded").hasSize(3);
  }

  @Test
  void aNightThatFailsTakesBackWhatItHadCommitted() throws IOException {
    prepare();
    assertThat(disturbed(Faults.Kind.THROW, "create _DN2_RUN", 4, () -> place.run(SECOND)))
        .isNotNull();
    assertThat(plant.outcomes()).containsExactly("succeeded", "failed");
    for (String table : List.of("embeddings", "rejects", "scores")) {
      assertThat(Path.of(place.plant(), table, "run_date=" + SECOND)).doesNotExist();
    }
    requireWholeAndHealing(SECOND, "after its scores could not be committed");
  }

  @Test
  void aRepeatThatDiesBetweenTwoTablesLeavesNoImageInBoth() throws IOException {
    prepare();
    Path later = place.inbox().resolve("later.png");
    Files.deleteIfExists(later);
    Path manifest = folder.resolve("manifest.csv");
    Files.writeString(manifest, "path\n" + place.inbox() + "/a/000.png\n" + later + "\n");
    String inbox = "inbox { path = \"" + manifest + "\" }";
    assertThat(place.run(SECOND, inbox).inbox().rejected()).isEqualTo(1);
    Files.write(later, Images.encoded("png", Color.PINK, 5));
    try {
      Throwable failure =
          disturbed(Faults.Kind.DIE, "delete _dn2", 1, () -> place.run(SECOND, inbox));
      assertThat(failure).isInstanceOf(Faults.Died.class);
      anHourPasses();
      place.run(THIRD, inbox);
      List<String> all = new ArrayList<>(plant.scores());
      all.addAll(plant.rejects());
      assertThat(all).filteredOn(row -> row.contains("later.png")).hasSize(1);
    } finally {
      Files.delete(later);
    }
  }
}
