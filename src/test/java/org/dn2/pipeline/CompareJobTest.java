package org.dn2.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.OptionalDouble;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.dn2.comparison.ComparisonOfMethods;
import org.dn2.evaluation.EvaluationResult;
import org.dn2.features.FeatureChoice;
import org.dn2.features.FeatureMap;
import org.dn2.fit.FitMethod;
import org.dn2.fit.ThresholdRule;
import org.dn2.model.TinyBackbone;
import org.dn2.neighbors.Distance;
import org.dn2.search.SearchPlan;
import org.dn2.search.SelfNeighbor;
import org.dn2.store.Destination;
import org.dn2.store.ExistingOutput;
import org.dn2.store.RunId;
import org.dn2.store.ScoredRun;
import org.dn2.table.UserDataException;
import org.dn2.testing.Images;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompareJobTest {
  private static final Color ORANGE = new Color(250, 20, 10);

  @TempDir private static Path embedded;
  @TempDir Path folder;
  private Workplace work;

  @BeforeAll
  static void embed() throws IOException {
    Workplace all = Workplace.in(embedded);
    TinyBackbone.write(embedded.resolve("other-model"), 2);
    Images.writeFolder(embedded.resolve("train/red"), 15, Color.RED, 5);
    Images.writeFolder(embedded.resolve("train/blue"), 4, Color.BLUE, 6);
    Images.writeFolder(embedded.resolve("test/red"), 12, Color.RED, 8);
    Images.writeFolder(embedded.resolve("test/orange"), 10, ORANGE, 9);
    all.embed("train", "train-a");
    all.embed("test", "test-a");
    new Workplace(embedded, Workplace.openModel(embedded.resolve("other-model")))
        .embed("test", "test-b");
  }

  @BeforeEach
  void copy() throws IOException {
    work = Workplace.copyOf(embedded, folder);
  }

  private CompareJob.Settings settings(
      List<String> embeddings, List<String> references, String labels, String output) {
    return new CompareJob.Settings(
        embeddings.stream().map(work::path).toList(),
        references.stream().map(work::path).toList(),
        labels == null ? null : work.path(labels),
        List.of("red"),
        List.of(FeatureMap.ROOT_L2, FeatureMap.NONE),
        List.of(Distance.SQUARED_EUCLIDEAN, Distance.COSINE),
        List.of(1, 2, 5),
        SearchPlan.AUTO,
        output == null
            ? null
            : new Destination(work.path(output), new RunId("first"), ExistingOutput.KEEP));
  }

  private ComparisonOfMethods compare(CompareJob.Settings settings) {
    return new CompareJob(Workplace.SPARK).run(settings);
  }

  @Test
  void aLineSaysWhatFitScoreAndEvaluateSay() {
    ComparisonOfMethods comparison =
        compare(settings(List.of("test-a"), List.of("train-a"), null, null));
    assertThat(comparison.normal()).isEqualTo(12);
    assertThat(comparison.anomalous()).isEqualTo(10);
    for (FeatureMap map : List.of(FeatureMap.ROOT_L2, FeatureMap.NONE)) {
      new FitJob(Workplace.SPARK)
          .run(
              new FitJob.Settings(
                  work.path("train-a"),
                  List.of("red"),
                  FitMethod.PAPER.with(new FeatureChoice(map, null)),
                  new ThresholdRule(OptionalDouble.empty(), 0.9),
                  new Destination(
                      work.path("detector"), new RunId("first"), ExistingOutput.REPLACE)));
      Dataset<Row> scores =
          new ScoreJob(Workplace.SPARK)
              .run(
                  new ScoreJob.Settings(
                      work.path("test-a"),
                      work.path("detector"),
                      null,
                      work.path("scores"),
                      LocalDate.of(2026, 11, 25),
                      new RunId("first"),
                      ScoreJob.OtherDates.STAY,
                      SearchPlan.AUTO,
                      SelfNeighbor.COUNTS));
      EvaluationResult expected =
          new EvaluateJob(Workplace.SPARK)
              .evaluate(
                  new ScoredRun(new RunId("first"), null, scores),
                  List.of("red"),
                  new Destination(
                      work.path("evaluation"), new RunId("first"), ExistingOutput.REPLACE));
      ComparisonOfMethods.Line line =
          comparison.lines().stream()
              .filter(
                  l ->
                      l.method().features() == map
                          && l.method().k() == 2
                          && l.method().distance() == Distance.SQUARED_EUCLIDEAN)
              .findFirst()
              .orElseThrow();
      assertThat(line.rocAuc().value())
          .isCloseTo(expected.overall().rocAuc(), within(1e-12))
          .isBetween(0.5, 0.9999);
      assertThat(line.rocAuc().low()).isCloseTo(expected.overall().rocAucLow(), within(1e-9));
    }
  }

  @Test
  void backbonesMapsDistancesAndNeighborsStandInOneTable() throws IOException {
    ComparisonOfMethods comparison =
        compare(settings(List.of("test-a", "test-b"), List.of(), null, "comparison"));
    // Two backbones, three k; roots at unit length by one distance, plain numbers by two.
    assertThat(comparison.lines()).hasSize(2 * 3 * (1 + 2));
    assertThat(comparison.lines().stream().filter(ComparisonOfMethods.Line::isComparedWith))
        .singleElement()
        .satisfies(
            line -> {
              // Its description names no other map.
              assertThat(line.method().features()).isEqualTo(FeatureMap.NONE);
              assertThat(line.method().k()).isEqualTo(2);
              assertThat(line.method().distance()).isEqualTo(Distance.SQUARED_EUCLIDEAN);
              assertThat(line.method().embeddings()).isEqualTo(work.path("test-a"));
              assertThat(line.difference().estimate().value()).isZero();
            });
    assertThat(comparison.toTable())
        .contains("Normal: red; 12 normal and 10 anomalous images")
        .contains("Highest: ")
        .contains("DeLong");
    Dataset<Row> written =
        Workplace.SPARK.read().parquet(folder.resolve("comparison/comparison").toString());
    WrittenTables.require(folder.resolve("comparison"), "Comparison");
    assertThat(written.count()).isEqualTo(18);
    assertThat(written.filter("roc_auc between ci_low and ci_high").count()).isEqualTo(18);
    assertThat(
            new ObjectMapper()
                .readTree(folder.resolve("comparison/comparison.json").toFile())
                .findValuesAsText("model_id"))
        .contains("tiny-1", "tiny-2");
  }

  @Test
  void labelsMayComeFromAFileAndLeaveImagesOut() throws IOException {
    StringBuilder csv = new StringBuilder("image_id,label,at\n");
    for (Row row : work.embeddings("test-a").orderBy("image_id").limit(16).collectAsList()) {
      String id = row.getAs("image_id");
      csv.append(id).append(id.startsWith("red") ? ",red" : ",odd").append(",2026-11-25\n");
    }
    Files.writeString(folder.resolve("verdicts.csv"), csv);
    ComparisonOfMethods comparison =
        compare(settings(List.of("test-a"), List.of(), "verdicts.csv", null));
    assertThat(comparison.normal() + comparison.anomalous()).isEqualTo(16);

    Files.writeString(folder.resolve("verdicts.csv"), "image_id,label\nnothing.png,red\n");
    assertThatThrownBy(() -> compare(settings(List.of("test-a"), List.of(), "verdicts.csv", null)))
        .isInstanceOf(UserDataException.class)
        .hasMessageContaining("whose image_id must be those of the embeddings, such as ");
    Files.writeString(folder.resolve("verdicts.csv"), "file,label\nnothing.png,red\n");
    assertThatThrownBy(() -> compare(settings(List.of("test-a"), List.of(), "verdicts.csv", null)))
        .hasMessageContaining("lacks the column image_id; it has file, label.");
    Files.writeString(
        folder.resolve("verdicts.csv"), "image_id,label\na.png,red\nb.png,red\na.png,odd\n");
    assertThatThrownBy(() -> compare(settings(List.of("test-a"), List.of(), "verdicts.csv", null)))
        .hasMessageEndingWith(
            ", line 4: the image a.png occurs more than once; remove all but one of its rows.");
    for (String broken :
        List.of(
            "image_id,label\nred/000.png,red,more\n",
            "image_id,label\nred/000.png\n",
            "image_id,label\nred/000.png,\n")) {
      Files.writeString(folder.resolve("verdicts.csv"), broken);
      assertThatThrownBy(
              () -> compare(settings(List.of("test-a"), List.of(), "verdicts.csv", null)))
          .as(broken)
          .isInstanceOf(UserDataException.class);
    }
    assertThatThrownBy(() -> compare(settings(List.of("test-a"), List.of(), "test-a", null)))
        .isInstanceOf(UserDataException.class)
        .hasMessageEndingWith("are a folder; give a CSV file with image_id and label.");
    assertThatThrownBy(() -> compare(settings(List.of("test-a"), List.of(), "missing.csv", null)))
        .isInstanceOf(UserDataException.class)
        .hasMessageStartingWith("There are no labels: ");
  }

  @Test
  void whatMakesNoPairsIsRefused() throws IOException {
    assertThatThrownBy(() -> compare(settings(List.of("test-a", "train-a"), List.of(), null, null)))
        .isInstanceOf(UserDataException.class)
        .hasMessageContaining("are not embeddings of the same labeled images");
    assertThatThrownBy(() -> compare(settings(List.of("test-b"), List.of("train-a"), null, null)))
        .hasMessageContaining(
            "was embedded by the model tiny-1 (fingerprint ", "the images by tiny-2 (");
    assertThatThrownBy(() -> settings(List.of("test-a", "test-b"), List.of("train-a"), null, null))
        .hasMessageStartingWith("There are 2 --embeddings and 1 --reference.");
    Files.writeString(folder.resolve("odd.csv"), "image_id,label\nred/000.png,odd\n");
    assertThatThrownBy(() -> compare(settings(List.of("test-a"), List.of(), "odd.csv", null)))
        .hasMessageEndingWith("has the normal label red; the labels are: odd.");
    Images.writeFolder(folder.resolve("few/red"), 5, Color.RED, 8);
    Images.writeFolder(folder.resolve("few/blue"), 5, Color.BLUE, 9);
    work.embed("few", "few-a");
    assertThatThrownBy(() -> compare(settings(List.of("few-a"), List.of(), null, null)))
        .hasMessage(
            work.path("few-a")
                + ": k is 5, but each normal image has 4 others to be judged by. Give a smaller --k or more"
                + " normal images.");
    assertThat(work.names("")).doesNotContain("comparison").noneMatch(n -> n.startsWith("."));
  }
}
