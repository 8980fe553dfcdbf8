package org.dn2.pipeline;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.slice;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.apache.commons.io.FileUtils;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.dn2.detector.Detector;
import org.dn2.evaluation.EvaluationResult;
import org.dn2.fit.FitMethod;
import org.dn2.fit.ThresholdRule;
import org.dn2.model.TinyBackbone;
import org.dn2.search.SearchPlan;
import org.dn2.search.SelfNeighbor;
import org.dn2.store.Destination;
import org.dn2.store.ExistingOutput;
import org.dn2.store.RunChoice;
import org.dn2.store.RunId;
import org.dn2.table.Tables;
import org.dn2.table.UserDataException;
import org.dn2.testing.Images;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FitAndScoreTest {
  private static final LocalDate DAY = LocalDate.of(2026, 11, 24);

  @TempDir private static Path embedded;
  @TempDir Path folder;
  private Workplace work;

  @BeforeAll
  static void embedTwelveNormalImages() throws IOException {
    Images.writeFolder(embedded.resolve("train/red"), 12, Color.RED, 100);
    Workplace.in(embedded).embed("train", "train-embedded");
  }

  @BeforeEach
  void copy() throws IOException {
    work = Workplace.copyOf(embedded, folder);
  }

  private Detector fit(int k) {
    return new FitJob(Workplace.SPARK).run(work.fitSettings("train-embedded", "detector", k));
  }

  private ScoreJob.Settings scoreSettings(String embeddings, LocalDate day, String runId) {
    return new ScoreJob.Settings(
        work.path(embeddings),
        work.path("detector"),
        null,
        work.path("scores"),
        day,
        new RunId(runId),
        ScoreJob.OtherDates.STAY,
        SearchPlan.AUTO,
        SelfNeighbor.COUNTS);
  }

  private Dataset<Row> score(String embeddings, LocalDate day, String runId) {
    return new ScoreJob(Workplace.SPARK).run(scoreSettings(embeddings, day, runId));
  }

  @Test
  void anImageOfTheReferenceSetIsItsOwnNearestNeighborAtDistanceZero() {
    fit(1);
    for (Row row : score("train-embedded", DAY, "a").collectAsList()) {
      assertThat(row.<Double>getAs(Tables.SCORE)).isEqualTo(0.0);
      assertThat(row.<String>getList(row.fieldIndex(Tables.NEIGHBOR_IDS)))
          .containsExactly(row.<String>getAs(Tables.IMAGE_ID));
      assertThat(row.<Boolean>getAs(Tables.IS_ANOMALY)).isFalse();
    }
  }

  @Test
  void aScoreIsTheMeanOfTheSquaredDistancesToTheTwoNearest() {
    Detector detector = fit(2);
    Dataset<Row> scores = score("train-embedded", DAY, "a");
    assertThat(scores.columns()).containsExactly(Tables.SCORES.fieldNames());
    for (Row row : scores.collectAsList()) {
      List<Double> distances = row.getList(row.fieldIndex(Tables.NEIGHBOR_DISTANCES));
      assertThat(distances).hasSize(2).isSorted();
      assertThat(row.<Double>getAs(Tables.SCORE))
          .isEqualTo((distances.get(0) + distances.get(1)) / 2);
      assertThat(row.<String>getAs(Tables.DETECTOR_ID)).isEqualTo(detector.detectorId());
      assertThat(row.<Double>getAs(Tables.THRESHOLD)).isEqualTo(detector.threshold().value());
    }
  }

  @Test
  void theThresholdIsTheCorrectedQuantileOfTheLeaveOneOutScores() {
    Detector detector = fit(2);
    List<Double> calibration = new ArrayList<>();
    for (Row row :
        Workplace.SPARK.read().parquet(work.path("detector/calibration")).collectAsList()) {
      calibration.add(row.getAs(Tables.SCORE));
    }
    calibration.sort(null);
    assertThat(calibration).hasSize(12).allMatch(score -> score > 0);
    // The 12th of 12 by ceil(13 * 0.9).
    assertThat(detector.threshold().value()).isEqualTo(calibration.get(11));
    assertThat(detector.referenceRows()).isEqualTo(12);
    assertThat(detector.dimension()).isEqualTo(TinyBackbone.DIMENSION);
  }

  @Test
  void aGivenThresholdIsTaken() {
    Detector detector =
        new FitJob(Workplace.SPARK)
            .run(
                new FitJob.Settings(
                    work.path("train-embedded"),
                    List.of("red"),
                    FitMethod.PAPER.withK(1),
                    new ThresholdRule(OptionalDouble.of(2.5), 0.99),
                    new Destination(
                        work.path("detector"), new RunId("first"), ExistingOutput.KEEP)));
    assertThat(detector.threshold().value()).isEqualTo(2.5);
    assertThat(detector.threshold().quantile()).isNull();
  }

  @Test
  void equalInputsGiveEqualDetectorIds() {
    String first = fit(2).detectorId();
    assertThat(fit(2).detectorId()).isEqualTo(first);
    assertThat(fit(1).detectorId()).isNotEqualTo(first);
  }

  @Test
  void aRepeatedRunReplacesItsOwnScoresOfThatDateAndNoOthers() throws IOException {
    fit(2);
    score("train-embedded", DAY, "a");
    score("train-embedded", DAY, "b");
    score("train-embedded", DAY, "a");
    score("train-embedded", DAY.plusDays(1), "b");
    assertThat(runs())
        .containsExactly("[2026-11-24,a,12]", "[2026-11-24,b,12]", "[2026-11-25,b,12]");

    ScoreJob.Settings settings = scoreSettings("train-embedded", DAY.plusDays(2), "b");
    new ScoreJob(Workplace.SPARK)
        .run(
            new ScoreJob.Settings(
                settings.embeddings(),
                settings.detector(),
                null,
                settings.output(),
                settings.runDate(),
                settings.runId(),
                ScoreJob.OtherDates.ARE_REMOVED,
                settings.search(),
                SelfNeighbor.COUNTS));
    assertThat(runs())
        .as("the run has moved")
        .containsExactly("[2026-11-24,a,12]", "[2026-11-26,b,12]");
    assertThat(work.names("scores/run_date=2026-11-24")).containsExactly("run_id=a");
  }

  private List<String> runs() {
    return Workplace.SPARK
        .read()
        .parquet(work.path("scores"))
        .groupBy("run_date", "run_id")
        .count()
        .orderBy("run_date", "run_id")
        .collectAsList()
        .stream()
        .map(Row::toString)
        .toList();
  }

  @Test
  void evaluatesTheScoresOfLabeledImages() throws IOException {
    fit(2);
    Images.writeFolder(folder.resolve("test/red"), 6, Color.RED, 500);
    Images.writeFolder(folder.resolve("test/blue"), 6, Color.BLUE, 600);
    work.embed("test", "test-embedded");
    score("test-embedded", DAY, "a");

    EvaluateJob job = new EvaluateJob(Workplace.SPARK);
    EvaluationResult result =
        job.evaluate(
            job.open(work.path("scores"), RunChoice.NEWEST),
            List.of("red"),
            new Destination(work.path("evaluation"), new RunId("a"), ExistingOutput.KEEP));

    assertThat(result.overall().anomalous()).isEqualTo(6);
    assertThat(result.overall().rocAuc()).isGreaterThan(0.9);
    assertThat(work.names("evaluation"))
        .containsExactly("_DN2_RUN", "metrics", "metrics.json", "roc");
    assertThat(Files.readString(folder.resolve("evaluation/metrics.json")))
        .contains("\"roc_auc\" : " + result.overall().rocAuc())
        .contains("\"run_id\" : \"a\"", "\"run_date\" : \"2026-11-24\"");
  }

  @Test
  void aKThatLeavesNoNeighborsIsNamed() throws IOException {
    assertThatThrownBy(() -> fit(12))
        .isInstanceOf(UserDataException.class)
        .hasMessage(
            work.path("train-embedded")
                + ": k is 12, but each image of the reference set has 11 others. Give a smaller k or more"
                + " normal images.");
    assertThatThrownBy(() -> fit(13))
        .isInstanceOf(UserDataException.class)
        .hasMessageStartingWith(
            work.path("train-embedded") + ": k is 13, but the reference set has 12 images.");
    assertThatThrownBy(() -> fit(0)).hasMessage("k is 0; it must be 1 or more.");
    assertThat(work.names("")).doesNotContain("detector").noneMatch(name -> name.startsWith("."));
  }

  @Test
  void aLabelThatDoesNotOccurIsNamedWithThoseThatDo() {
    assertThatThrownBy(
            () ->
                new FitJob(Workplace.SPARK)
                    .run(
                        new FitJob.Settings(
                            work.path("train-embedded"),
                            List.of("green"),
                            FitMethod.PAPER.withK(1),
                            new ThresholdRule(OptionalDouble.empty(), 0.99),
                            new Destination(
                                work.path("detector"), new RunId("first"), ExistingOutput.KEEP))))
        .isInstanceOf(UserDataException.class)
        .hasMessageContaining("has a label among [green]; there are: red.");
  }

  @Test
  void embeddingsOfAnotherModelAreRefused() {
    fit(2);
    TinyBackbone.write(folder.resolve("other-model"), 2);
    Workplace other = new Workplace(folder, Workplace.openModel(folder.resolve("other-model")));
    other.embed("train", "other-embedded");

    assertThatThrownBy(() -> score("other-embedded", DAY, "a"))
        .isInstanceOf(UserDataException.class)
        .hasMessageContaining("were made by the model tiny-2")
        .hasMessageContaining("by tiny-1 (fingerprint ")
        .hasMessageContaining(": other weights (sha256 ")
        .hasMessageContaining("Distances between them mean nothing.");
  }

  @Test
  void embeddingsOfAnotherDimensionFailTheRunAndLeaveNothing() throws IOException {
    fit(2);
    score("train-embedded", DAY, "a");
    Workplace.SPARK
        .read()
        .parquet(work.path("train-embedded/embeddings"))
        .withColumn(Tables.EMBEDDING, slice(col(Tables.EMBEDDING), 1, 5))
        .write()
        .parquet(work.path("shorter/embeddings"));
    Files.copy(folder.resolve("train-embedded/embed.json"), folder.resolve("shorter/embed.json"));
    Files.writeString(folder.resolve("shorter/_DN2_RUN"), "first\n");

    assertThatThrownBy(() -> score("shorter", DAY, "b"))
        .rootCause()
        .isInstanceOf(UserDataException.class)
        .hasMessageContaining("has 5 numbers, those of the detector have 8");
    assertThat(work.names("scores/run_date=2026-11-24")).containsExactly("run_id=a");
  }

  @Test
  void whatIsNotAFinishedOutputIsRefused() throws IOException {
    fit(2);
    Files.delete(folder.resolve("train-embedded/_DN2_RUN"));
    assertThatThrownBy(() -> score("train-embedded", DAY, "a"))
        .hasMessageContaining("is not the output of a finished dn2 embed");
    assertThatThrownBy(() -> score("nothing", DAY, "a"))
        .hasMessageContaining("is not the output of a finished dn2 embed");
    Files.delete(folder.resolve("detector/detector.json"));
    assertThatThrownBy(() -> score("train-embedded", DAY, "a"))
        .hasMessageEndingWith("is not whole: detector.json is missing. Run dn2 fit again.");
    FileUtils.deleteDirectory(folder.resolve("detector").toFile());
    assertThatThrownBy(() -> score("train-embedded", DAY, "a"))
        .hasMessageContaining("There is no detector in ");
    assertThatThrownBy(
            () -> new EvaluateJob(Workplace.SPARK).open(work.path("nothing"), RunChoice.NEWEST))
        .hasMessageStartingWith("There are no scores: ");
  }
}
