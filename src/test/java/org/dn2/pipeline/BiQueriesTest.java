package org.dn2.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.apache.commons.io.FileUtils;
import org.apache.spark.sql.SparkSession;
import org.dn2.report.Findings;
import org.dn2.search.SearchPlan;
import org.dn2.search.SelfNeighbor;
import org.dn2.store.Plant;
import org.dn2.store.RunId;
import org.dn2.testing.Images;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The queries of docs/bi.md in DuckDB and Spark SQL, and the dashboard, on one plant's tables. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BiQueriesTest {
  private static final String NO_PLANT = "Scores without a plant";
  private static final String NEWEST = "The newest score of each image";

  /** Blue images are above the threshold, red ones are not. */
  private static final String CONFIGURATION =
      """
      inbox { label-pattern = "([^/]+)/[^/]+$", group-pattern = "([^/]+)/[^/]+/[^/]+$" }
      fit { threshold = 5 }
      """;

  @TempDir static Path folder;
  private NightlyPlace place;
  private Connection duckDb;
  private SparkSession spark;

  @BeforeAll
  void runNights() throws IOException, SQLException {
    place = NightlyPlace.in(folder);
    Images.writeFolder(place.normal(), 6, Color.RED, 100);
    Images.writeFolder(place.inbox().resolve("line1/red"), 2, Color.RED, 1000);
    Images.writeFolder(place.inbox().resolve("line1/blue"), 2, Color.BLUE, 2000);
    Images.writeFolder(place.inbox().resolve("line2/blue"), 1, Color.BLUE, 3000);
    Files.writeString(place.inbox().resolve("line2/blue/broken.png"), "no picture");
    place.run("2026-11-01", CONFIGURATION);
    Files.write(
        place.inbox().resolve("line1/blue/000.png"), Images.encoded("png", Color.RED, 4000));
    Files.write(place.inbox().resolve("line2/blue/new.png"), Images.encoded("png", Color.BLUE, 9));
    place.run("2026-11-02", CONFIGURATION);
    assertThatThrownBy(
            () -> place.run("2026-11-03", CONFIGURATION, NightlyConfig.Choice.EXPECT_IMAGES))
        .hasMessageContaining("image");
    Files.createDirectories(Path.of(place.plant(), "verdicts"));
    Files.writeString(
        Path.of(place.plant(), "verdicts/verdicts-2026-11-01.csv"),
        "image_id,verdict,at\r\n\"line2/blue/000.png\",anomaly,%s\r\n\"line2/blue/new.png\",anomaly,2026-11-01T00:00:00.000Z\r\n"
            .formatted(Instant.now()));
    duckDb = DriverManager.getConnection("jdbc:duckdb:");
    spark = Workplace.SPARK.newSession();
    for (BiPage.Query query : BiPage.below("The tables", BiPage.DUCKDB)) {
      Answers.of(duckDb, query.statements(place.plant()));
    }
    for (BiPage.Query query : BiPage.below("The tables", BiPage.SPARK)) {
      Answers.of(spark, query.statements(place.plant()));
    }
    String newest = BiPage.below(NEWEST, BiPage.DUCKDB).get(0).sql();
    Answers.of(duckDb, List.of("CREATE VIEW newest_scores AS " + newest));
    Answers.of(spark, List.of("CREATE TEMPORARY VIEW newest_scores AS " + newest));
  }

  @AfterAll
  void close() throws SQLException {
    duckDb.close();
  }

  private Answers duckDb(String heading) throws SQLException {
    return Answers.of(
        duckDb, BiPage.below(heading, BiPage.DUCKDB).get(0).statements(place.plant()));
  }

  @Test
  void bothProgramsGiveTheSameRows() throws SQLException {
    List<String> headings =
        BiPage.queries().stream()
            .filter(query -> query.isFor(BiPage.DUCKDB))
            .filter(query -> !List.of("The tables", NO_PLANT).contains(query.heading()))
            .map(BiPage.Query::heading)
            .distinct()
            .toList();
    assertThat(headings).hasSizeGreaterThanOrEqualTo(7);
    for (String heading : headings) {
      List<BiPage.Query> ours = BiPage.below(heading, BiPage.DUCKDB);
      List<BiPage.Query> theirs = BiPage.below(heading, BiPage.SPARK);
      assertThat(theirs).as(heading).hasSameSizeAs(ours);
      for (int i = 0; i < ours.size(); i++) {
        Answers duck = Answers.of(duckDb, ours.get(i).statements(place.plant()));
        assertThat(duck.rows()).as(heading).isNotEmpty();
        assertThat(Answers.of(spark, theirs.get(i).statements(place.plant())))
            .as(heading)
            .isEqualTo(duck);
      }
    }
  }

  @Test
  void anomaliesAreCountedByDayAndLabel() throws SQLException {
    assertThat(duckDb("Anomalies by day and label").rows())
        .containsExactly(
            "2026-11-01 | blue | 3 | 3", "2026-11-01 | red | 2 | 0", "2026-11-02 | blue | 2 | 1");
  }

  @Test
  void theIntervalIsThatOfThePages() throws SQLException {
    Findings.Rate first = Findings.Rate.of(3, 5);
    Findings.Rate second = Findings.Rate.of(1, 2);
    assertThat(duckDb("The alarm rate over time, with its interval").rows())
        .containsExactly(
            "2026-11-01 | 5 | 3 | 0.6000000 | %.7g | %.7g".formatted(first.low(), first.high()),
            "2026-11-02 | 2 | 1 | 0.5000000 | %.7g | %.7g".formatted(second.low(), second.high()));
  }

  @Test
  void eachImageHasItsNewestScoreAndVerdictsAreOfIt() throws SQLException {
    assertThat(duckDb(NEWEST).rows())
        .hasSize(6)
        .filteredOn(row -> row.startsWith("line1/blue/000.png | "))
        .singleElement()
        .asString()
        .contains(" | false | ", " | 2026-11-02 | 2026-11-02 | ");
    assertThat(duckDb("Anomalies without a verdict").rows())
        .as("one has a verdict, one had it before it was scored")
        .extracting(row -> row.substring(0, row.indexOf(' ')))
        .containsExactlyInAnyOrder("line1/blue/001.png", "line2/blue/new.png");
  }

  @Test
  void groupsNeighborsAndRejectsHaveTheirRows() throws SQLException {
    assertThat(duckDb("The ten most anomalous of each group").rows())
        .hasSize(6)
        .extracting(row -> row.substring(0, 9))
        .containsExactly(
            "line1 | 1", "line1 | 2", "line1 | 3", "line1 | 4", "line2 | 1", "line2 | 2");
    assertThat(duckDb("Neighbors, a row each").rows())
        .hasSize(12)
        .allMatch(row -> row.matches("line\\S+ \\| [12] \\| \\d+\\.png \\| [0-9.e-]+"));
    assertThat(duckDb("Rejects by reason").rows())
        .singleElement()
        .asString()
        .startsWith("2026-11-01 | inbox | not_an_image | 1 | ");
  }

  @Test
  void scoresWithoutAPlantAnswerTheQueriesThatNeedNone() throws SQLException {
    Workplace work = place.work();
    work.embed("normal", "normal-embedded");
    work.embed("inbox", "inbox-embedded");
    new FitJob(Workplace.SPARK).run(work.fitSettings("normal-embedded", "detector", 2));
    new ScoreJob(Workplace.SPARK)
        .run(
            new ScoreJob.Settings(
                work.path("inbox-embedded"),
                work.path("detector"),
                null,
                work.path("out/scores"),
                LocalDate.parse("2026-11-04"),
                new RunId("007"),
                ScoreJob.OtherDates.STAY,
                SearchPlan.AUTO,
                SelfNeighbor.COUNTS));
    String views = BiPage.below(NO_PLANT, BiPage.DUCKDB).get(0).sql();
    assertThat(views).contains("'out/scores/**");
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:")) {
      BiPage.Query here =
          new BiPage.Query(NO_PLANT, "", views.replace("'out/", "'" + work.path("out") + "/"));
      Answers.of(connection, here.statements(place.plant()));
      String verdicts =
          BiPage.below("The tables", BiPage.DUCKDB).get(0).statements(place.plant()).get(3);
      Answers.of(connection, List.of(verdicts));
      for (String heading :
          List.of(
              "Anomalies by day and label",
              "Neighbors, a row each",
              "Anomalies without a verdict")) {
        List<String> query = BiPage.below(heading, BiPage.DUCKDB).get(0).statements(place.plant());
        assertThat(Answers.of(connection, query).rows()).as(heading).isNotEmpty();
      }
      List<String> groups =
          BiPage.below("The ten most anomalous of each group", BiPage.DUCKDB)
              .get(0)
              .statements(place.plant());
      assertThat(Answers.of(connection, groups).rows()).as("no image has a group").isEmpty();
    }
  }

  @Test
  void eachPanelOfTheDashboardHasTheColumnsThatItNeeds() throws IOException, SQLException {
    Dashboard dashboard = new Dashboard();
    dashboard.requireWellFormed();
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:")) {
      Answers.of(connection, dashboard.views(place.plant()));
      assertThat(dashboard.panels()).hasSize(10);
      for (Dashboard.Panel panel : dashboard.panels()) {
        assertThat(panel.requireRows(connection)).as(panel.title()).isPositive();
      }
    }
  }

  @Test
  void filesSayWhatTheirColumnsMeanInTypesThatProgramsAgreeOn() {
    WrittenTables.require(
        Path.of(place.plant()),
        "Scores of a plant",
        "Rejects of a plant",
        "Runs of a plant",
        "Embeddings of a plant",
        "Reference set of a detector",
        "Calibration of a detector");
  }

  @Test
  void workUnderWayLiesBelowNoTable() {
    Plant plant = place.opened();
    for (String table : List.of("scores", "rejects", "embeddings", "runs")) {
      assertThat(plant.kept("inbox").folder()).doesNotContain("/" + table + "/");
    }
  }

  @Test
  void filesOfEarlierVersionsAreReadBesideThoseOfThis() throws IOException, SQLException {
    Path before = folder.resolve("before");
    SparkSession other = Workplace.SPARK.newSession();
    other.conf().set("spark.sql.parquet.outputTimestampType", "INT96");
    other
        .read()
        .parquet(place.plant() + "/scores/run_date=2026-11-01")
        .drop("run_id", "model_fingerprint")
        .coalesce(1)
        .write()
        .parquet(before + "/scores/run_date=2026-11-01/run_id=007");
    FileUtils.copyDirectory(
        Path.of(place.plant(), "scores/run_date=2026-11-02").toFile(),
        before.resolve("scores/run_date=2026-11-02").toFile());
    String times = "SELECT image_id, scored_at FROM scores ORDER BY image_id, scored_at";
    Answers expected = Answers.of(duckDb, List.of(times));
    List<String> duckView =
        BiPage.below("The tables", BiPage.DUCKDB).get(0).statements(before.toString());
    List<String> sparkViews =
        BiPage.below("The tables", BiPage.SPARK).get(0).statements(before.toString());

    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:")) {
      Answers.of(connection, duckView.subList(0, 1));
      assertThat(Answers.of(connection, List.of(times))).isEqualTo(expected);
      assertThat(Answers.of(connection, List.of("SELECT DISTINCT run_id FROM scores")).rows())
          .containsExactlyInAnyOrder("007", "2026-11-02");
    }
    Answers.of(other, sparkViews.subList(0, 3));
    assertThat(Answers.of(other, List.of(times))).isEqualTo(expected);
    assertThat(Answers.of(other, List.of("SELECT DISTINCT run_id FROM scores")).rows())
        .containsExactlyInAnyOrder("007", "2026-11-02");
  }
}
