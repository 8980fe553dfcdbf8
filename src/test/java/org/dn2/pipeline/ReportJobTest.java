package org.dn2.pipeline;

import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.Color;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.imageio.ImageIO;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.dn2.search.SearchPlan;
import org.dn2.search.SelfNeighbor;
import org.dn2.store.Destination;
import org.dn2.store.ExistingOutput;
import org.dn2.store.RunChoice;
import org.dn2.store.RunId;
import org.dn2.store.ScoredRun;
import org.dn2.table.Tables;
import org.dn2.table.UserDataException;
import org.dn2.testing.Images;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page says what the tables say. */
class ReportJobTest {
  private static final RunId RUN = new RunId("first");

  @TempDir private static Path folder;
  private static Workplace work;
  private static Dataset<Row> scores;

  @TempDir private Path out;
  private final ReportJob job = new ReportJob(Workplace.SPARK);

  /** Red images are normal; of those that are scored some are blue, and one is no image. */
  @BeforeAll
  static void scoreSome() throws IOException {
    Images.writeFolder(folder.resolve("train/red"), 20, Color.RED, 100);
    Images.writeFolder(folder.resolve("test/red"), 30, Color.RED, 300);
    Images.writeFolder(folder.resolve("test/blue"), 25, Color.BLUE, 500);
    Files.writeString(folder.resolve("test/red/broken.png"), "not an image");
    work = Workplace.in(folder);
    work.embed("train", "train-embedded");
    work.embed("test", "test-embedded");
    new FitJob(Workplace.SPARK).run(work.fitSettings("train-embedded", "detector", 2));
    scores =
        new ScoreJob(Workplace.SPARK)
            .run(
                new ScoreJob.Settings(
                    work.path("test-embedded"),
                    work.path("detector"),
                    null,
                    work.path("scores"),
                    LocalDate.of(2026, 11, 24),
                    RUN,
                    ScoreJob.OtherDates.STAY,
                    SearchPlan.AUTO,
                    SelfNeighbor.COUNTS));
  }

  private JsonNode report(String detector, String embeddings, List<String> normalLabels)
      throws IOException {
    ScoredRun run = job.open(work.path("scores"), RunChoice.NEWEST);
    org.apache.hadoop.fs.Path page =
        job.run(
            run,
            new ReportJob.Settings(
                work.path("scores"),
                detector,
                embeddings,
                normalLabels,
                null,
                new Destination(out.resolve("page").toString(), RUN, ExistingOutput.KEEP)));
    return findings(Path.of(page.toUri().getPath()));
  }

  private static JsonNode findings(Path page) throws IOException {
    String html = Files.readString(page);
    String begin = "id=\"findings\">";
    int start = html.indexOf(begin) + begin.length();
    return new ObjectMapper().readTree(html.substring(start, html.indexOf("</script>", start)));
  }

  private static long above(JsonNode scores, double threshold) {
    long above = 0;
    for (JsonNode series : scores.path("series")) {
      for (int bar = 0; bar < series.path("counts").size(); bar++) {
        if (scores.path("borders").path(bar).asDouble() >= threshold) {
          above += series.path("counts").path(bar).asLong();
        }
      }
    }
    return above;
  }

  @Test
  void thePageSaysWhatTheTablesSay() throws IOException {
    JsonNode page = report(work.path("detector"), work.path("test-embedded"), List.of("red"));

    JsonNode run = page.path("run");
    long anomalies = scores.filter(col(Tables.IS_ANOMALY)).count();
    assertThat(run.path("images").asLong()).isEqualTo(55);
    assertThat(run.path("anomalies").asLong()).isEqualTo(anomalies).isGreaterThanOrEqualTo(25);
    assertThat(run.path("alarmRate").path("value").asDouble()).isEqualTo(anomalies / 55.0);
    assertThat(run.path("alarmRate").path("low").asDouble()).isLessThan(anomalies / 55.0);
    assertThat(run.path("rejected").asLong()).isEqualTo(1);
    assertThat(above(page.path("scores"), run.path("threshold").asDouble())).isEqualTo(anomalies);
    assertThat(page.path("quality").path("rows").path(0).path("anomalous").asLong()).isEqualTo(25);
    assertThat(page.path("quality").path("curve").size()).isPositive();
    JsonNode reject = page.path("rejects").path(0);
    assertThat(reject.path("reason").asText()).isEqualTo("not_an_image");
    assertThat(reject.path("examples").path(0).path("id").asText()).isEqualTo("red/broken.png");
    assertThat(page.path("settings").toString()).contains("Detector", "Backbone");
  }

  @Test
  void theStrangestImagesAreShownBesideTheirNearest() throws IOException {
    JsonNode page = report(work.path("detector"), null, List.of());

    List<String> strangest = new ArrayList<>();
    for (JsonNode image : page.path("images")) {
      if (image.path("kinds").toString().contains("STRANGEST")) {
        strangest.add(image.path("id").asText());
        byte[] jpeg =
            Base64.getDecoder()
                .decode(page.path("pictures").path(image.path("picture").asInt(-1)).asText());
        assertThat(ImageIO.read(new ByteArrayInputStream(jpeg))).isNotNull();
        assertThat(image.path("nearest").size()).isEqualTo(2);
        assertThat(image.path("nearest").path(0).has("picture")).isTrue();
      }
    }
    List<String> expected =
        scores
            .orderBy(col(Tables.SCORE).desc(), col(Tables.IMAGE_ID))
            .limit(36)
            .select(Tables.IMAGE_ID)
            .collectAsList()
            .stream()
            .map(row -> row.getString(0))
            .toList();
    assertThat(strangest).containsExactlyElementsOf(expected);
    assertThat(page.path("scores").path("series").findValuesAsText("name"))
        .containsExactly("blue", "red");
    assertThat(page.has("quality")).isFalse();
  }

  @Test
  void withoutADetectorThereAreNoExpectations() throws IOException {
    JsonNode page = report(null, null, List.of());
    assertThat(page.path("scores").has("expectedRates")).isFalse();
    assertThat(page.path("run").has("expectedRate")).isFalse();
    assertThat(page.path("images").path(0).path("nearest").path(0).has("picture")).isFalse();
  }

  @Test
  void thePageOfManyImagesWithLongNamesStaysSmall() throws IOException {
    long images = Long.getLong("dn2.test.images", 100_000);
    String path = folder.resolve("test/blue").toString();
    String picture = path + "/" + folder.resolve("test/blue").toFile().list()[0];
    Dataset<Row> many =
        Workplace.SPARK
            .range(images)
            .selectExpr(
                "concat(id, repeat('\u65e5\u0007', 500)) image_id",
                "'%s' path".formatted(picture),
                "concat('label ', id % 40) label",
                "cast(null as string) group_id",
                "pow(hash(id) / 1e9, 2) score",
                "4d threshold",
                "pow(hash(id) / 1e9, 2) > 4 is_anomaly",
                "0.5d p_value",
                "array(concat('n', id, repeat('\u65e5', 900))) neighbor_ids",
                "array(1d) neighbor_distances",
                "'d' detector_id",
                "timestamp '2026-11-24 00:00:00' scored_at");
    ScoredRun run = new ScoredRun(RUN, null, many);
    org.apache.hadoop.fs.Path page =
        job.run(
            run,
            new ReportJob.Settings(
                "scores-of-many",
                null,
                null,
                List.of(),
                "Many",
                new Destination(out.resolve("many").toString(), RUN, ExistingOutput.KEEP)));
    Path file = Path.of(page.toUri().getPath());
    assertThat(Files.size(file)).isBetween(500_000L, 2_000_000L);
    JsonNode told = findings(file);
    assertThat(told.path("run").path("images").asLong()).isEqualTo(images);
    assertThat(above(told.path("scores"), 4))
        .isEqualTo(told.path("run").path("anomalies").asLong())
        .isPositive();
    assertThat(told.path("scores").path("series").findValuesAsText("name"))
        .contains("other labels")
        .hasSize(7);
  }

  @Test
  void runsOfOneTableAreShownOverTime() throws IOException {
    for (int day = 1; day <= 2; day++) {
      new ScoreJob(Workplace.SPARK)
          .run(
              new ScoreJob.Settings(
                  work.path("test-embedded"),
                  work.path("detector"),
                  null,
                  work.path("nightly-scores"),
                  LocalDate.of(2026, 11, day),
                  new RunId("night-" + day),
                  ScoreJob.OtherDates.STAY,
                  SearchPlan.AUTO,
                  SelfNeighbor.COUNTS));
    }
    ScoredRun run =
        job.open(work.path("nightly-scores"), new RunChoice(new RunId("night-1"), null));
    org.apache.hadoop.fs.Path page =
        job.run(
            run,
            new ReportJob.Settings(
                work.path("nightly-scores"),
                null,
                null,
                List.of(),
                null,
                new Destination(out.resolve("nights").toString(), RUN, ExistingOutput.KEEP)));
    JsonNode told = findings(Path.of(page.toUri().getPath()));
    assertThat(told.path("nights").findValuesAsText("date"))
        .containsExactly("2026-11-01", "2026-11-02");
    assertThat(told.path("nights").findValuesAsText("isThis")).containsExactly("true", "false");
    for (JsonNode night : told.path("nights")) {
      assertThat(night.path("images").asLong()).isEqualTo(55);
      assertThat(night.path("anomalies")).isEqualTo(told.path("run").path("anomalies"));
    }
  }

  @Test
  void aPageIsNotWrittenIntoWhatItIsMadeOf() {
    ScoredRun run = job.open(work.path("scores"), RunChoice.NEWEST);
    assertThatThrownBy(
            () ->
                job.run(
                    run,
                    new ReportJob.Settings(
                        work.path("scores"),
                        null,
                        null,
                        List.of(),
                        null,
                        new Destination(work.path("scores/page"), RUN, ExistingOutput.KEEP))))
        .isInstanceOf(UserDataException.class)
        .hasMessageContaining("scores/page");
  }
}
