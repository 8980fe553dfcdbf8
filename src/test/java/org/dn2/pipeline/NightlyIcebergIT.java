package org.dn2.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dn2.pipeline.IcebergLake.FIRST;
import static org.dn2.pipeline.IcebergLake.SECOND;
import static org.dn2.pipeline.IcebergLake.sql;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.stream.Stream;
import org.dn2.store.RunRecord;
import org.dn2.testing.Images;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nights whose scores go to a table of Apache Iceberg. */
class NightlyIcebergIT {
  @TempDir private Path folder;
  private IcebergLake lake;

  @BeforeEach
  void writeImages() throws IOException {
    lake = IcebergLake.in(folder);
  }

  /** Leaves a run as it is where its process dies after the scores' commit. */
  private void loseRecord(long sequence) throws IOException {
    Path records = Path.of(lake.place().plant(), "runs/_records");
    Path record = records.resolve("%06d.json".formatted(sequence));
    RunRecord lost = lake.place().opened().runs().records().get((int) sequence - 1);
    Path lease = records.resolve("%06d.lease".formatted(sequence));
    Files.writeString(
        lease,
        "{\"run_id\":\"%s\",\"run_date\":\"%s\",\"started_at\":\"%s\",\"holder\":\"%s\",\"lease_seconds\":5}"
            .formatted(lost.runId(), lost.runDate(), lost.startedAt(), lost.holder()));
    Files.setLastModifiedTime(lease, FileTime.fromMillis(1_700_000_000_000L));
    try (Stream<Path> files = Files.list(records)) {
      for (Path file : files.filter(path -> path.toString().contains(".json.crc")).toList()) {
        Files.delete(file);
      }
    }
    Files.delete(record);
  }

  @Test
  void eachNightIsOneCommitThatNamesItsRunAndARepeatAddsNothing() throws IOException {
    RunRecord first = lake.run(FIRST);
    assertThat(first.scored()).isEqualTo(3);
    assertThat(sql("SELECT count(*) FROM " + lake.table() + " WHERE is_anomaly"))
        .containsExactly(Long.toString(first.anomalies()));
    assertThat(Path.of(lake.place().plant(), "scores")).doesNotExist();

    assertThat(lake.run(FIRST).scored()).isZero();
    Files.write(lake.place().inbox().resolve("late.png"), Images.encoded("png", Color.RED, 9));
    assertThat(lake.run(SECOND).scored()).isEqualTo(1);

    assertThat(lake.scores())
        .containsExactly(
            "a/000.png:1 2026-11-01 1",
            "a/001.png:1 2026-11-01 1",
            "b/000.png:1 2026-11-01 1",
            "late.png:1 2026-11-02 3");
    assertThat(lake.commits())
        .containsExactly("append 2026-11-01 2026-11-01 1", "append 2026-11-02 2026-11-02 3");
    assertThat(sql("SELECT DISTINCT partition.run_date FROM " + lake.table() + ".files ORDER BY 1"))
        .containsExactly(FIRST, SECOND);
  }

  @Test
  void aRunThatDiedBeforeItsRecordIsFoundByTheNextWhichAddsNothing() throws IOException {
    lake.run(FIRST);
    List<String> before = lake.scores();
    loseRecord(1);

    RunRecord next = lake.run(SECOND);

    assertThat(next.inbox().embedded() + next.inbox().reused()).isEqualTo(3);
    assertThat(next.scored()).isZero();
    assertThat(lake.scores()).isEqualTo(before);
    assertThat(lake.commits()).hasSize(1);
  }

  @Test
  void aFileThatChangedAfterARunDiedIsScoredAgainInThePlaceOfTheOldOne() throws IOException {
    lake.run(FIRST);
    String old = score("a/000.png");
    loseRecord(1);
    Path changed = lake.place().inbox().resolve("a/000.png");
    Files.write(changed, Images.encoded("png", Color.GREEN, 7));
    Files.setLastModifiedTime(changed, FileTime.fromMillis(1_800_000_000_000L));

    assertThat(lake.run(SECOND).scored()).isEqualTo(1);

    assertThat(lake.scores())
        .containsExactly(
            "a/000.png:1 2026-11-02 2", "a/001.png:1 2026-11-01 1", "b/000.png:1 2026-11-01 1");
    assertThat(score("a/000.png")).isNotEqualTo(old);
    assertThat(lake.commits())
        .containsExactly("append 2026-11-01 2026-11-01 1", "overwrite 2026-11-02 2026-11-02 2");
    assertThat(lake.run(SECOND).scored()).isZero();
  }

  private String score(String imageId) {
    return sql("SELECT score FROM %s WHERE image_id = '%s'".formatted(lake.table(), imageId))
        .get(0);
  }

  @Test
  void aRepeatThatScoresAnewReplacesItsOwnRowsAndALaterNightAddsToThem() throws IOException {
    lake.run(FIRST);
    Images.writeFolder(lake.place().normal().resolve("more"), 4, Color.BLUE, 500);
    RunRecord repeat = lake.run(FIRST, NightlyConfig.Choice.RESCORE);

    assertThat(repeat.scored()).isEqualTo(3);
    assertThat(lake.scores())
        .containsExactly(
            "a/000.png:1 2026-11-01 2", "a/001.png:1 2026-11-01 2", "b/000.png:1 2026-11-01 2");
    assertThat(lake.commits())
        .containsExactly("append 2026-11-01 2026-11-01 1", "overwrite 2026-11-01 2026-11-01 2");

    lake.place()
        .opened()
        .detectors()
        .use(lake.place().opened().runs().records().get(0).detectorId());
    lake.run(SECOND, NightlyConfig.Choice.RESCORE);
    assertThat(lake.scores()).hasSize(6);
  }

  @Test
  void rowsThatAPausedProcessAddedAfterOthersAreRemoved() throws IOException {
    lake.run(FIRST);
    loseRecord(1);
    String late = lake.table().replace(".scores", ".late");
    sql("CREATE TABLE %s AS SELECT * FROM %s".formatted(late, lake.table()));
    sql("DELETE FROM " + lake.table());
    assertThat(lake.run(SECOND).scored()).isEqualTo(3);
    sql("INSERT INTO %s SELECT * FROM %s".formatted(lake.table(), late));
    assertThat(lake.scores()).hasSize(6);

    lake.run("2026-11-03");

    assertThat(lake.scores())
        .containsExactly(
            "a/000.png:1 2026-11-02 2", "a/001.png:1 2026-11-02 2", "b/000.png:1 2026-11-02 2");
  }
}
