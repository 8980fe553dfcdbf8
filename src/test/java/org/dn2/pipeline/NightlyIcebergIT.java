package org.dn2.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.dn2.store.RunRecord;
import org.dn2.table.UserDataException;
import org.dn2.testing.Images;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Scores in tables of Apache Iceberg, whose jar is on the class path of this test alone. */
class NightlyIcebergIT {
  private static final String FIRST = "2026-11-01";
  private static final String SECOND = "2026-11-02";
  private static final AtomicInteger CATALOGS = new AtomicInteger();

  @TempDir private Path folder;
  private NightlyPlace place;
  private String table;
  private String more;

  @BeforeEach
  void writeImages() throws IOException {
    place = NightlyPlace.in(folder);
    Images.writeFolder(place.normal(), 6, Color.RED, 100);
    Images.writeFolder(place.inbox().resolve("a"), 2, Color.RED, 1000);
    Images.writeFolder(place.inbox().resolve("b"), 1, Color.BLUE, 2000);
    useCatalog("hadoop", folder.resolve("lake").toString());
  }

  private void useCatalog(String type, String warehouse) {
    String catalog = "lake" + CATALOGS.incrementAndGet();
    set(catalog, "", "org.apache.iceberg.spark.SparkCatalog");
    set(catalog, ".type", type);
    set(catalog, ".warehouse", warehouse);
    table = catalog + ".quality.scores";
    more = "scores = \"table:" + table + "\"";
  }

  private static void set(String catalog, String key, String value) {
    Workplace.SPARK.conf().set("spark.sql.catalog." + catalog + key, value);
  }

  private static List<String> sql(String query) {
    return Workplace.SPARK.sql(query).collectAsList().stream().map(Row::mkString).toList();
  }

  private List<String> scores() {
    return sql(
        "SELECT concat(image_id, ':', image_version, ' ', run_id, ' ', run_sequence) FROM "
            + table
            + " ORDER BY 1");
  }

  private List<String> commits() {
    return sql(
        "SELECT concat(operation, ' ', coalesce(summary['dn2-run-id'], ''), ' ', coalesce(summary['dn2-run-date'], ''), ' ', coalesce(summary['dn2-sequence'], '')) FROM "
            + table
            + ".snapshots ORDER BY committed_at");
  }

  /** Leaves a run as it is where its process dies after the scores' commit. */
  private void loseRecord(long sequence) throws IOException {
    Path records = Path.of(place.plant(), "runs/_records");
    Path record = records.resolve("%06d.json".formatted(sequence));
    RunRecord lost = place.opened().runs().records().get((int) sequence - 1);
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
    RunRecord first = place.run(FIRST, more);
    assertThat(first.scored()).isEqualTo(3);
    assertThat(sql("SELECT count(*) FROM " + table + " WHERE is_anomaly"))
        .containsExactly(Long.toString(first.anomalies()));
    assertThat(Path.of(place.plant(), "scores")).doesNotExist();

    assertThat(place.run(FIRST, more).scored()).isZero();
    Files.write(place.inbox().resolve("late.png"), Images.encoded("png", Color.RED, 9));
    assertThat(place.run(SECOND, more).scored()).isEqualTo(1);

    assertThat(scores())
        .containsExactly(
            "a/000.png:1 2026-11-01 1",
            "a/001.png:1 2026-11-01 1",
            "b/000.png:1 2026-11-01 1",
            "late.png:1 2026-11-02 3");
    assertThat(commits())
        .containsExactly("append 2026-11-01 2026-11-01 1", "append 2026-11-02 2026-11-02 3");
    assertThat(sql("SELECT DISTINCT partition.run_date FROM " + table + ".files ORDER BY 1"))
        .containsExactly(FIRST, SECOND);
  }

  @Test
  void aRunThatDiedBeforeItsRecordIsFoundByTheNextWhichAddsNothing() throws IOException {
    place.run(FIRST, more);
    List<String> before = scores();
    loseRecord(1);

    RunRecord next = place.run(SECOND, more);

    assertThat(next.inbox().embedded() + next.inbox().reused()).isEqualTo(3);
    assertThat(next.scored()).isZero();
    assertThat(scores()).isEqualTo(before);
    assertThat(commits()).hasSize(1);
  }

  @Test
  void aFileThatChangedAfterARunDiedIsScoredAgainInThePlaceOfTheOldOne() throws IOException {
    place.run(FIRST, more);
    String old = score("a/000.png");
    loseRecord(1);
    Path changed = place.inbox().resolve("a/000.png");
    Files.write(changed, Images.encoded("png", Color.GREEN, 7));
    Files.setLastModifiedTime(changed, FileTime.fromMillis(1_800_000_000_000L));

    assertThat(place.run(SECOND, more).scored()).isEqualTo(1);

    assertThat(scores())
        .containsExactly(
            "a/000.png:1 2026-11-02 2", "a/001.png:1 2026-11-01 1", "b/000.png:1 2026-11-01 1");
    assertThat(score("a/000.png")).isNotEqualTo(old);
    assertThat(commits())
        .containsExactly("append 2026-11-01 2026-11-01 1", "overwrite 2026-11-02 2026-11-02 2");
    assertThat(place.run(SECOND, more).scored()).isZero();
  }

  private String score(String imageId) {
    return sql("SELECT score FROM %s WHERE image_id = '%s'".formatted(table, imageId)).get(0);
  }

  @Test
  void aRepeatThatScoresAnewReplacesItsOwnRowsAndALaterNightAddsToThem() throws IOException {
    place.run(FIRST, more);
    Images.writeFolder(place.normal().resolve("more"), 4, Color.BLUE, 500);
    RunRecord repeat = place.run(FIRST, more, NightlyConfig.Choice.RESCORE);

    assertThat(repeat.scored()).isEqualTo(3);
    assertThat(scores())
        .containsExactly(
            "a/000.png:1 2026-11-01 2", "a/001.png:1 2026-11-01 2", "b/000.png:1 2026-11-01 2");
    assertThat(commits())
        .containsExactly("append 2026-11-01 2026-11-01 1", "overwrite 2026-11-01 2026-11-01 2");

    place.opened().detectors().use(place.opened().runs().records().get(0).detectorId());
    place.run(SECOND, more, NightlyConfig.Choice.RESCORE);
    assertThat(scores()).hasSize(6);
  }

  @Test
  void rowsThatAPausedProcessAddedAfterOthersAreRemoved() throws IOException {
    place.run(FIRST, more);
    loseRecord(1);
    String late = table.replace(".scores", ".late");
    sql("CREATE TABLE %s AS SELECT * FROM %s".formatted(late, table));
    sql("DELETE FROM " + table);
    assertThat(place.run(SECOND, more).scored()).isEqualTo(3);
    sql("INSERT INTO %s SELECT * FROM %s".formatted(table, late));
    assertThat(scores()).hasSize(6);

    place.run("2026-11-03", more);

    assertThat(scores())
        .containsExactly(
            "a/000.png:1 2026-11-02 2", "a/001.png:1 2026-11-02 2", "b/000.png:1 2026-11-02 2");
  }

  @Test
  void columnsAreFoundByNameInTablesOfOlderAndNewerVersions() {
    place.run(FIRST, more);
    // As an older version made it, which knew no fingerprint, file_version and run_sequence.
    for (String column : List.of("model_fingerprint", "file_version", "run_sequence")) {
      sql("ALTER TABLE %s DROP COLUMN %s".formatted(table, column));
    }
    sql("ALTER TABLE %s ADD COLUMN inspector string FIRST".formatted(table));

    RunRecord next = place.run(SECOND, more);

    // What it was scored by is not known, and so it is scored again.
    assertThat(next.scored()).isEqualTo(3);
    assertThat(
            sql(
                "SELECT concat_ws(' ', image_id, run_id, run_sequence, isnull(model_fingerprint), isnull(inspector)) FROM "
                    + table
                    + " ORDER BY 1"))
        .containsExactly(
            "a/000.png 2026-11-01 true true",
            "a/000.png 2026-11-02 2 false true",
            "a/001.png 2026-11-01 true true",
            "a/001.png 2026-11-02 2 false true",
            "b/000.png 2026-11-01 true true",
            "b/000.png 2026-11-02 2 false true");
    assertThat(place.run(SECOND, more).scored()).isZero();

    sql("ALTER TABLE %s DROP COLUMN score".formatted(table));
    sql("ALTER TABLE %s ADD COLUMN score string".formatted(table));
    assertThatThrownBy(() -> place.run(SECOND, more))
        .isInstanceOf(UserDataException.class)
        .hasMessage(
            "The table %s: the column score is of type string; it must be double."
                .formatted(table));
  }

  @Test
  void aTableOfAnotherPlantIsRefused() {
    place.run(FIRST, more);
    sql("ALTER TABLE %s SET TBLPROPERTIES ('dn2.plant' = 'file:/other')".formatted(table));

    assertThatThrownBy(() -> place.run(SECOND, more))
        .isInstanceOf(UserDataException.class)
        .hasMessageContaining("holds the scores of file:/other, not of file:")
        .hasMessageContaining("ALTER TABLE");
  }

  @Test
  void theJdbcCatalogOfAnEmbeddedDatabaseWorksTheSame() throws IOException {
    useCatalog("jdbc", folder.resolve("warehouse").toString());
    set(
        table.substring(0, table.indexOf('.')),
        ".uri",
        "jdbc:h2:file:"
            + folder.resolve("catalog")
            + ";DATABASE_TO_LOWER=TRUE;CASE_INSENSITIVE_IDENTIFIERS=TRUE");

    place.run(FIRST, more);
    Files.write(place.inbox().resolve("late.png"), Images.encoded("png", Color.RED, 9));
    place.run(SECOND, more);
    place.run(SECOND, more);

    assertThat(scores()).hasSize(4);
    assertThat(commits())
        .containsExactly("append 2026-11-01 2026-11-01 1", "append 2026-11-02 2026-11-02 2");
  }

  @Test
  void icebergsHadoopCatalogOnS3IsRefused() {
    useCatalog("hadoop", "s3a://bucket/lake");

    assertThatThrownBy(() -> place.run(FIRST, more))
        .isInstanceOf(UserDataException.class)
        .hasMessageContaining("Hadoop catalog on s3a://bucket/lake, which loses commits there");
  }
}
