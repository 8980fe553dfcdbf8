package org.dn2.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.Color;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.dn2.doctor.Finding;
import org.dn2.store.AnomaliesCheck;
import org.dn2.store.AnomalyColumns;
import org.dn2.store.AnomalyDatabase;
import org.dn2.store.RunRecord;
import org.dn2.table.ColumnWords;
import org.dn2.table.PlantColumns;
import org.dn2.table.UserDataException;
import org.dn2.testing.Images;
import org.dn2.testing.PostgresServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Anomalies in a real PostgreSQL. */
class NightlyPostgresIT {
  private static final String ODD_NAME = "x'); DROP TABLE \"a\"; --\".png";
  private static PostgresServer server;

  @TempDir private Path folder;

  @BeforeAll
  static void startServer() throws IOException, InterruptedException {
    server = PostgresServer.start();
  }

  @AfterAll
  static void stopServer() throws IOException {
    if (server != null) {
      server.close();
    }
  }

  private static List<String> query(String sql) throws SQLException {
    try (Connection connection =
            DriverManager.getConnection(
                server.url(), PostgresServer.USER, PostgresServer.PASSWORD);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
      while (statement.getUpdateCount() >= 0) {
        statement.getMoreResults();
      }
      ResultSet rows = statement.getResultSet();
      List<String> found = new ArrayList<>();
      while (rows.next()) {
        found.add(rows.getString(1));
      }
      return found;
    }
  }

  private Path password(String text) throws IOException {
    return Files.writeString(folder.resolve("password"), text + "\n");
  }

  @Test
  void aRunsAnomaliesAreSentOnceAndARepeatMakesUpForADatabaseThatWasNotToBeHad()
      throws IOException, SQLException {
    NightlyPlace place = NightlyPlace.in(folder);
    Images.writeFolder(place.normal(), 6, Color.RED, 100);
    Images.writeFolder(place.inbox(), 2, Color.BLUE, 1000);
    Files.write(place.inbox().resolve(ODD_NAME), Images.encoded("png", Color.BLUE, 7));
    String more =
        "fit { threshold = 0.000000001 }\nanomalies { jdbc-url = \"%s\", user = %s, table = \"public.odd \\\"name\", password-file = \"%s\" }"
            .formatted(server.url(), PostgresServer.USER, password("wrong"));

    assertThatThrownBy(() -> place.run("2026-11-01", more))
        .isInstanceOf(UserDataException.class)
        .hasMessageContaining("The run counts, but its anomalies were not all sent: ")
        .hasMessageContaining("password authentication failed for user \"dn2\"");
    RunRecord record = place.opened().runs().records().get(0);
    assertThat(record.isSuccess()).isTrue();
    assertThat(record.anomalies()).isEqualTo(3);

    password(PostgresServer.PASSWORD);
    assertThat(place.run("2026-11-01", more).scored()).isZero();
    String table = "\"odd \"\"name\"";
    String rows =
        "SELECT concat_ws(' ', image_id, image_version, run_date, run_id, run_sequence, cardinality(neighbor_ids), score > threshold, detector_id = '%s') FROM %s ORDER BY 1"
            .formatted(record.detectorId(), table);
    assertThat(query(rows))
        .containsExactly(
            "000.png 1 2026-11-01 2026-11-01 1 2 t t",
            "001.png 1 2026-11-01 2026-11-01 1 2 t t",
            ODD_NAME + " 1 2026-11-01 2026-11-01 1 2 t t");

    Files.write(place.inbox().resolve("new.png"), Images.encoded("png", Color.BLUE, 8));
    place.run("2026-11-02", more);
    assertThat(query(rows)).hasSize(4).contains("new.png 1 2026-11-02 2026-11-02 3 2 t t");
    assertThat(filesWith(Path.of(place.plant()), PostgresServer.PASSWORD)).isEmpty();
  }

  @Test
  void theDoctorSaysWhetherItCanBeWrittenAndLeavesNothingThere() throws IOException, SQLException {
    assertThat(AnomaliesCheck.of(looked("looked_at", PostgresServer.PASSWORD)))
        .matches(finding -> finding.level() == Finding.Level.OK)
        .extracting(Finding::detail)
        .asString()
        .startsWith("looked_at at jdbc:postgresql:")
        .endsWith("can be written; the first night makes it");
    assertThat(query("SELECT to_regclass('looked_at')::text")).containsOnlyNulls();
    query(
        "CREATE TABLE another_ones (x integer); CREATE ROLE reader LOGIN PASSWORD '%s'; GRANT SELECT ON another_ones TO reader; SELECT 1"
            .formatted(PostgresServer.PASSWORD));
    assertThat(AnomaliesCheck.of(looked("another_ones", "reader", PostgresServer.PASSWORD)))
        .matches(Finding::isFailure)
        .extracting(Finding::detail)
        .asString()
        .contains("lets this user not read, add and change rows");
    assertThat(AnomaliesCheck.of(looked("nowhere.table", PostgresServer.PASSWORD)))
        .matches(Finding::isFailure)
        .extracting(Finding::detail)
        .asString()
        .contains("schema \"nowhere\" does not exist");
    assertThat(AnomaliesCheck.of(looked("looked_at", "a wrong one")))
        .matches(Finding::isFailure)
        .extracting(Finding::detail)
        .asString()
        .contains("password authentication failed for user \"dn2\"")
        .doesNotContain("a wrong one");
  }

  private AnomalyDatabase.Address looked(String table, String password) throws IOException {
    return looked(table, PostgresServer.USER, password);
  }

  private AnomalyDatabase.Address looked(String table, String user, String password)
      throws IOException {
    return AnomalyDatabase.Address.of(server.url(), table, user, password(password));
  }

  private static List<Path> filesWith(Path root, String text) throws IOException {
    List<Path> found = new ArrayList<>();
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).contains(text)) {
          found.add(file);
        }
      }
    }
    return found;
  }

  private static Row row(String imageId, double score) {
    return Workplace.SPARK
        .createDataFrame(
            List.of(
                RowFactory.create(
                    imageId,
                    null,
                    null,
                    null,
                    score,
                    0.5,
                    true,
                    null,
                    new String[] {"n'1", "n{2}"},
                    new double[] {1.0, 2.0},
                    "detector",
                    new java.sql.Timestamp(0),
                    1,
                    "fingerprint")),
            PlantColumns.SCORES)
        .head();
  }

  private static RunRecord run(long sequence) {
    return new RunRecord(
        sequence,
        "r",
        "2026-11-01",
        RunRecord.Outcome.SUCCEEDED,
        null,
        null,
        null,
        null,
        null,
        1,
        1,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null);
  }

  @Test
  void whatIsPutAgainReplacesItselfWhateverItsName() throws IOException, SQLException {
    AnomalyDatabase.Address address =
        AnomalyDatabase.Address.of(
            server.url(), "kept", PostgresServer.USER, password(PostgresServer.PASSWORD));
    String longName = "\u00e9\u4e2d\ud83d\ude00".repeat(1000);
    List<Row> rows = List.of(row("zero\0half\ud800", 1), row(longName, 2));
    for (int time = 1; time <= 2; time++) {
      try (AnomalyDatabase database = AnomalyDatabase.open(address)) {
        assertThat(database.newestRun()).isEqualTo(time - 1);
        assertThat(database.put(run(time), rows.iterator())).isEqualTo(2);
      }
    }

    assertThat(query("SELECT image_id FROM kept ORDER BY score"))
        .containsExactly("zero\uFFFDhalf?", longName);
    assertThat(
            query("SELECT DISTINCT neighbor_ids[1] || neighbor_ids[2] || run_sequence FROM kept"))
        .containsExactly("n'1n{2}2");
    assertThat(query("SELECT DISTINCT extract(epoch FROM scored_at)::int FROM kept"))
        .containsExactly("0");
  }

  @Test
  void columnsHaveTypesAndCommentsAndTheQueriesForThemRun() throws IOException, SQLException {
    AnomalyDatabase.Address address =
        AnomalyDatabase.Address.of(
            server.url(), "dn2_anomalies", PostgresServer.USER, password(PostgresServer.PASSWORD));
    try (AnomalyDatabase database = AnomalyDatabase.open(address)) {
      database.put(run(1), List.of(row("a", 1), row("b", 2)).iterator());
    }

    assertThat(
            query(
                "SELECT concat_ws(' ', attname, format_type(atttypid, atttypmod), CASE WHEN attnotnull THEN 'no' ELSE 'yes' END, col_description(attrelid, attnum)) FROM pg_attribute WHERE attrelid = 'dn2_anomalies'::regclass AND attnum > 0 ORDER BY attnum"))
        .containsExactlyElementsOf(
            Arrays.stream(PlantColumns.ANOMALIES.fields())
                .map(
                    column ->
                        String.join(
                            " ",
                            column.name(),
                            AnomalyColumns.type(column),
                            column.nullable() ? "yes" : "no",
                            ColumnWords.comment(column)))
                .toList());
    try (Connection connection =
        DriverManager.getConnection(server.url(), PostgresServer.USER, PostgresServer.PASSWORD)) {
      List<BiPage.Query> queries = BiPage.below("Anomalies in PostgreSQL", BiPage.POSTGRESQL);
      assertThat(Answers.of(connection, queries.get(0).statements("")).rows())
          .containsExactly("2026-11-01 | detector | 2 | 4.000000");
      assertThat(Answers.of(connection, queries.get(1).statements("")).rows())
          .containsExactly("a | 1 | n'1", "a | 2 | n{2}", "b | 1 | n'1", "b | 2 | n{2}");
    }
  }

  @Test
  void thePanelsOfTheDashboardRunOnACopyOfTheRuns() throws IOException, SQLException {
    try (Connection connection =
            DriverManager.getConnection(
                server.url(), PostgresServer.USER, PostgresServer.PASSWORD);
        Statement statement = connection.createStatement()) {
      statement.execute(
          "CREATE TABLE runs (sequence bigint, run_date date, run_id text, outcome text, failure text, started_at timestamp with time zone, ended_at timestamp with time zone, added bigint, changed bigint, rejected bigint, scored bigint, anomalies bigint, alarm_rate double precision, images_per_second double precision, holder text)");
      statement.execute(
          "INSERT INTO runs VALUES (1, '2026-11-01', 'a', 'succeeded', NULL, now(), now(), 4, 0, 1, 3, 1, 0.33, 11, 'h'), (2, '2026-11-02', 'b', 'failed', 'why', now(), now(), NULL, NULL, NULL, 0, 0, NULL, NULL, 'h')");
      int run = 0;
      for (Dashboard.Panel panel : new Dashboard().panels()) {
        if (!panel.readsMaps()) {
          assertThat(panel.requireRows(connection)).as(panel.title()).isPositive();
          run++;
        }
      }
      assertThat(run).isEqualTo(8);
    }
  }
}
