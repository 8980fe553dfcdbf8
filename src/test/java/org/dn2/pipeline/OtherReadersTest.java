package org.dn2.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.dn2.features.FeatureChoice;
import org.dn2.fit.Cleaning;
import org.dn2.fit.FitMethod;
import org.dn2.fit.ThresholdRule;
import org.dn2.group.Pooling;
import org.dn2.image.DecodeLimits;
import org.dn2.image.ImageInput;
import org.dn2.neighbors.Distance;
import org.dn2.search.SearchPlan;
import org.dn2.search.SelfNeighbor;
import org.dn2.store.Destination;
import org.dn2.store.ExistingOutput;
import org.dn2.store.RunId;
import org.dn2.table.Tables;
import org.dn2.testing.Images;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Tables as DuckDB sees them, by the pattern that its users write: every Parquet file below. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OtherReadersTest {
  private static final String GROUP_PATTERN = "([^/]+)/[^/]+$";

  @TempDir static Path folder;
  private Workplace work;
  private Connection duckDb;

  @BeforeAll
  void embed() throws IOException, SQLException {
    work = Workplace.in(folder);
    for (int i = 0; i < 8; i++) {
      Images.writeFolder(folder.resolve("train/part" + i), 2, Color.RED, 10 + i);
    }
    Images.writeFolder(folder.resolve("test/part0"), 2, Color.RED, 50);
    Images.writeFolder(folder.resolve("test/part1"), 2, Color.BLUE, 60);
    Images.writeFolder(folder.resolve("test/part2"), 3, Color.BLUE, 70);
    Files.writeString(folder.resolve("test/part0/broken.png"), "no picture");
    Files.createSymbolicLink(folder.resolve("test/part1/gone.png"), folder.resolve("nowhere"));
    for (String input : List.of("train", "test")) {
      assertThat(
              new EmbedJob(Workplace.SPARK)
                  .run(
                      new EmbedJob.Settings(
                          images(input),
                          work.model(),
                          Workplace.embedding(4),
                          0.5,
                          place(input + "-embedded")))
                  .rejected())
          .isEqualTo(input.equals("train") ? 0 : 2);
    }
    duckDb = DriverManager.getConnection("jdbc:duckdb:");
  }

  @AfterAll
  void close() throws SQLException {
    duckDb.close();
  }

  private ImageInput images(String input) {
    return new ImageInput(
        work.path(input),
        ImageInput.Format.FOLDER,
        Workplace.LABEL_PATTERN,
        GROUP_PATTERN,
        null,
        List.of(),
        null,
        null);
  }

  private Destination place(String output) {
    return new Destination(work.path(output), new RunId("first"), ExistingOutput.KEEP);
  }

  private List<String> query(String select, String table, String rest) throws SQLException {
    String sql =
        "SELECT %s FROM read_parquet('%s/**/*.parquet') %s"
            .formatted(select, work.path(table), rest);
    List<String> rows = new ArrayList<>();
    try (Statement statement = duckDb.createStatement();
        ResultSet found = statement.executeQuery(sql)) {
      while (found.next()) {
        List<String> row = new ArrayList<>();
        for (int i = 1; i <= found.getMetaData().getColumnCount(); i++) {
          row.add(found.getString(i));
        }
        rows.add(String.join("|", row));
      }
    }
    return rows;
  }

  private List<String> columns(String table) throws SQLException {
    List<String> names = new ArrayList<>();
    try (Statement statement = duckDb.createStatement();
        ResultSet found =
            statement.executeQuery(
                "SELECT * FROM read_parquet('%s/**/*.parquet', union_by_name = true) LIMIT 0"
                    .formatted(work.path(table)))) {
      for (int i = 1; i <= found.getMetaData().getColumnCount(); i++) {
        names.add(found.getMetaData().getColumnName(i));
      }
    }
    return names;
  }

  private Dataset<Row> score(String runId) {
    return new ScoreJob(Workplace.SPARK)
        .run(
            new ScoreJob.Settings(
                work.path("test-embedded"),
                work.path("detector"),
                null,
                work.path("scores"),
                LocalDate.of(2026, 1, 2),
                new RunId(runId),
                ScoreJob.OtherDates.STAY,
                SearchPlan.AUTO,
                SelfNeighbor.COUNTS));
  }

  @Test
  void aTableOfScoresHasTheScoredGroupsAndNoOthers() throws SQLException {
    new FitJob(Workplace.SPARK)
        .run(
            new FitJob.Settings(
                work.path("train-embedded"),
                List.of(),
                new FitMethod(
                    2,
                    Distance.SQUARED_EUCLIDEAN,
                    FeatureChoice.PAPER,
                    Pooling.CONCATENATE,
                    new Cleaning(0),
                    OptionalInt.empty(),
                    5,
                    SearchPlan.AUTO),
                new ThresholdRule(OptionalDouble.empty(), 0.9),
                place("detector")));
    double sum = score("a").agg(org.apache.spark.sql.functions.sum("score")).head().getDouble(0);
    score("b");

    assertThat(query("run_id, image_id", "scores", "ORDER BY ALL"))
        .as("part2 has three images and no score")
        .containsExactly("a|part0", "a|part1", "b|part0", "b|part1");
    assertThat(Double.parseDouble(query("sum(score)", "scores", "WHERE run_id = 'a'").get(0)))
        .isCloseTo(sum, within(1e-9 * sum));
    List<String> expected = new ArrayList<>(List.of(Tables.SCORES.fieldNames()));
    expected.addAll(List.of(Tables.RUN_DATE, Tables.RUN_ID));
    assertThat(columns("scores")).containsExactlyInAnyOrderElementsOf(expected);
    assertThat(query("run_id, image_id, reason", "scores_rejects", "ORDER BY ALL"))
        .containsExactly("a|part2|incomplete_group", "b|part2|incomplete_group");
    WrittenTables.require(folder.resolve("scores"), "Scores");
    WrittenTables.require(folder.resolve("scores_rejects"), "Rejected groups");
  }

  @Test
  void embeddingsAndRejectsAreTablesOfTheirOwn() throws SQLException {
    assertThat(columns("test-embedded/embeddings")).containsExactly(Tables.EMBEDDINGS.fieldNames());
    assertThat(query("count(*), min(len(embedding))", "test-embedded/embeddings", ""))
        .containsExactly("7|" + work.model().spec().dimension());
    assertThat(query("image_id, reason", "test-embedded/rejects", "ORDER BY ALL"))
        .containsExactly("part0/broken.png|not_an_image", "part1/gone.png|unreadable");
    WrittenTables.require(folder.resolve("test-embedded"), "Embeddings", "Rejects");
  }

  @Test
  void aPackedTableHasImagesAndNoRejects() throws SQLException {
    PackJob.Counts counts =
        new PackJob(Workplace.SPARK)
            .run(new PackJob.Settings(images("test"), DecodeLimits.DEFAULT, 0.5, place("packed")));

    assertThat(counts.packed()).isEqualTo(8);
    assertThat(columns("packed")).containsExactly(Tables.IMAGES.fieldNames());
    assertThat(query("count(*), count(content), sum(size_bytes)", "packed", ""))
        .containsExactly("8|8|" + query("sum(octet_length(content))", "packed", "").get(0));
    assertThat(query("image_id, reason", "packed_rejects", ""))
        .containsExactly("part1/gone.png|unreadable");
    WrittenTables.require(folder.resolve("packed"), "Images");
    WrittenTables.require(folder.resolve("packed_rejects"), "Rejects");
  }
}
