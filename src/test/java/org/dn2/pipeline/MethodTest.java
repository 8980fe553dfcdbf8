package org.dn2.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.dn2.detector.Detector;
import org.dn2.features.FeatureChoice;
import org.dn2.fit.Cleaning;
import org.dn2.fit.FitMethod;
import org.dn2.fit.ThresholdRule;
import org.dn2.group.Pooling;
import org.dn2.image.ImageInput;
import org.dn2.neighbors.Distance;
import org.dn2.search.SearchPlan;
import org.dn2.search.SelfNeighbor;
import org.dn2.store.Destination;
import org.dn2.store.ExistingOutput;
import org.dn2.store.RunId;
import org.dn2.table.Tables;
import org.dn2.table.UserDataException;
import org.dn2.testing.Images;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The paper's settings through the jobs: cleaning, centers, groups, distances, search plans. */
class MethodTest {
  private static final LocalDate DAY = LocalDate.of(2026, 11, 24);
  private static final int RED = 20;
  private static final int BLUE = 2;

  @TempDir private static Path embedded;
  @TempDir Path folder;
  private Workplace work;

  @BeforeAll
  static void embed() throws IOException {
    Workplace all = Workplace.in(embedded);
    Images.writeFolder(embedded.resolve("train/red"), RED, Color.RED, 5);
    Images.writeFolder(embedded.resolve("train/blue"), BLUE, Color.BLUE, 6);
    Images.writeFolder(embedded.resolve("test/red"), 6, Color.RED, 8);
    Images.writeFolder(embedded.resolve("test/blue"), 5, Color.BLUE, 9);
    embed(all, "train", "([^/]+)/[^/]+$");
    embed(all, "test", "([^/]+)/[^/]+$");
  }

  @BeforeEach
  void copy() throws IOException {
    work = Workplace.copyOf(embedded, folder);
  }

  private static void embed(Workplace work, String input, String groupPattern) {
    ImageInput images =
        new ImageInput(
            work.path(input),
            ImageInput.Format.AUTO,
            Workplace.LABEL_PATTERN,
            groupPattern,
            null,
            List.of(),
            null,
            null);
    new EmbedJob(Workplace.SPARK)
        .run(
            new EmbedJob.Settings(
                images,
                work.model(),
                Workplace.embedding(4),
                0.5,
                new Destination(
                    work.path(input + "-embedded"), new RunId("first"), ExistingOutput.REPLACE)));
  }

  private static FitMethod method(
      Distance distance, Pooling pooling, double clean, OptionalInt centers, SearchPlan search) {
    return new FitMethod(
        2, distance, FeatureChoice.PAPER, pooling, new Cleaning(clean), centers, 5, search);
  }

  private static FitMethod cleaning(double fraction, SearchPlan search) {
    return method(Distance.SQUARED_EUCLIDEAN, null, fraction, OptionalInt.empty(), search);
  }

  private static FitMethod centers(int count) {
    return method(Distance.SQUARED_EUCLIDEAN, null, 0, OptionalInt.of(count), SearchPlan.AUTO);
  }

  private static FitMethod pooling(Pooling pooling) {
    return method(Distance.SQUARED_EUCLIDEAN, pooling, 0, OptionalInt.empty(), SearchPlan.AUTO);
  }

  private Detector fit(FitMethod method) {
    return new FitJob(Workplace.SPARK)
        .run(
            new FitJob.Settings(
                work.path("train-embedded"),
                List.of(),
                method,
                new ThresholdRule(OptionalDouble.empty(), 0.9),
                new Destination(
                    work.path("detector"), new RunId("first"), ExistingOutput.REPLACE)));
  }

  private Dataset<Row> score(String detector, SearchPlan search) {
    return new ScoreJob(Workplace.SPARK)
        .run(
            new ScoreJob.Settings(
                work.path("test-embedded"),
                detector == null ? null : work.path(detector),
                null,
                work.path("scores"),
                DAY,
                new RunId("first"),
                ScoreJob.OtherDates.STAY,
                search,
                SelfNeighbor.COUNTS));
  }

  private List<String> scores(FitMethod method) {
    fit(method);
    return score("detector", method.search())
        .selectExpr("image_id", "score", "is_anomaly", "p_value")
        .orderBy(Tables.IMAGE_ID)
        .collectAsList()
        .stream()
        .map(Row::toString)
        .toList();
  }

  @Test
  void cleaningDropsTheStrangersAndTellsWhich() {
    Detector detector = fit(cleaning(0.25, SearchPlan.AUTO));

    assertThat(detector.referenceRows()).isEqualTo(17);
    assertThat(detector.cleaning()).isEqualTo(new Detector.CleaningDone(0.25, 22, 5, 2, 1));
    Dataset<Row> cleaning = Workplace.SPARK.read().parquet(work.path("detector/cleaning"));
    assertThat(cleaning.columns()).containsExactly("image_id", "path", "label", "score", "dropped");
    WrittenTables.require(
        folder.resolve("detector"),
        "Reference set of a detector",
        "Calibration of a detector",
        "Cleaning of a detector");
    assertThat(cleaning.count()).isEqualTo(RED + BLUE);
    assertThat(cleaning.filter("dropped and label = 'blue'").count()).isEqualTo(BLUE);
    assertThat(
            cleaning.filter("dropped").selectExpr("min(score)").head().getDouble(0)
                >= cleaning.filter("not dropped").selectExpr("max(score)").head().getDouble(0))
        .isTrue();
    assertThat(
            Workplace.SPARK
                .read()
                .parquet(work.path("detector/reference"))
                .join(cleaning.filter("dropped"), "image_id")
                .count())
        .isZero();
  }

  @Test
  void cleaningNothingChangesNothing() {
    assertThat(scores(cleaning(0, SearchPlan.AUTO))).isEqualTo(scores(FitMethod.PAPER));
    assertThat(folder.resolve("detector/cleaning")).doesNotExist();
  }

  @Test
  void blocksGiveWhatABroadcastGives() {
    List<String> broadcast = scores(cleaning(0.5, SearchPlan.BROADCAST));
    assertThat(broadcast).hasSize(11);
    assertThat(scores(cleaning(0.5, SearchPlan.BLOCKS))).isEqualTo(broadcast);
  }

  @Test
  void asManyCentersAsImagesScoreAsTheImages() {
    List<String> images = scores(FitMethod.PAPER).stream().map(MethodTest::idAndScore).toList();
    assertThat(scores(centers(RED + BLUE)).stream().map(MethodTest::idAndScore).toList())
        .isEqualTo(images);
  }

  private static String idAndScore(String row) {
    return row.substring(0, row.indexOf(',', row.indexOf(',') + 1));
  }

  @Test
  void kIsCappedAtTheNumberOfCenters() {
    Detector detector = fit(centers(1));
    WrittenTables.require(
        folder.resolve("detector"),
        "Reference set of a detector",
        "Calibration of a detector",
        "Members of a detector's centers");
    assertThat(detector.k()).isEqualTo(1);
    assertThat(detector.referenceRows()).isEqualTo(1);
    assertThat(detector.clustering().rows()).isEqualTo(RED + BLUE);
    assertThat(detector.clustering().seed()).isEqualTo(5);
    assertThat(detector.clustering().cost()).isPositive();
    for (Row row : score("detector", SearchPlan.AUTO).collectAsList()) {
      assertThat(row.<String>getList(row.fieldIndex(Tables.NEIGHBOR_IDS)))
          .containsExactly("center-000000");
    }
  }

  @Test
  void groupsAreScoredInThePlaceOfImages() {
    embed(work, "train", "([a-z]+/0[0-9])[0-9][.]png$");
    Detector detector = fit(pooling(Pooling.MEAN).withK(1));
    assertThat(detector.pooling()).isEqualTo(new Detector.PoolingUsed("mean", null));
    assertThat(detector.referenceRows()).isEqualTo(3);
    List<Row> rows = score("detector", SearchPlan.AUTO).orderBy("image_id").collectAsList();
    assertThat(rows).extracting(row -> row.getAs("image_id")).containsExactly("blue", "red");
    assertThat(rows).extracting(row -> row.getAs("label")).containsExactly("blue", "red");
    assertThat(rows).extracting(row -> row.getAs("group_id")).containsExactly("blue", "red");
  }

  @Test
  void concatenatedGroupsMustHaveTheDetectorsSize() throws IOException {
    assertThatThrownBy(() -> fit(pooling(Pooling.CONCATENATE)))
        .isInstanceOf(UserDataException.class)
        .hasMessage(
            work.path("train-embedded")
                + ": Concatenated groups must have one size, these have 2 to 20 images. Pool by mean or"
                + " max.");
    Images.writeFolder(folder.resolve("train/red2"), 5, Color.RED, 5);
    Images.writeFolder(folder.resolve("train/red3"), 5, Color.RED, 6);
    try (var files = Files.walk(folder.resolve("train"))) {
      files
          .filter(Files::isRegularFile)
          .filter(file -> file.getParent().endsWith("red") || file.getParent().endsWith("blue"))
          .forEach(file -> file.toFile().delete());
    }
    embed(work, "train", "([^/]+)/[^/]+$");
    Detector detector = fit(pooling(Pooling.CONCATENATE).withK(1));
    assertThat(detector.pooling()).isEqualTo(new Detector.PoolingUsed("concatenate", 5));
    assertThat(detector.dimension()).isEqualTo(5 * work.model().spec().dimension());
    // The red group of the test has 6 images, one more than fit.
    assertThat(score("detector", SearchPlan.AUTO).collectAsList())
        .extracting(row -> row.getAs("image_id"))
        .containsExactly("blue");
    Row reject =
        Workplace.SPARK
            .read()
            .parquet(work.path("scores_rejects/run_date=2026-11-24/run_id=first"))
            .head();
    assertThat(reject)
        .hasToString(
            "[red,incomplete_group,The group has 6 embedded images; the detector's concatenated"
                + " groups have 5.]");
  }

  @Test
  void groupsAreScoredByTheirSpreadWithoutADetector() {
    List<Row> rows = score(null, SearchPlan.AUTO).orderBy("image_id").collectAsList();
    assertThat(rows).extracting(row -> row.getAs("image_id")).containsExactly("blue", "red");
    assertThat(rows.get(0).<Double>getAs(Tables.SCORE)).isPositive();
    assertThat(rows.get(0).<Object>getAs(Tables.THRESHOLD)).isNull();
    assertThat(rows.get(0).<Object>getAs(Tables.DETECTOR_ID)).isNull();
    assertThat(rows.get(0).getList(rows.get(0).fieldIndex(Tables.NEIGHBOR_IDS))).isEmpty();
  }

  @Test
  void otherDistancesAreTheDetectorsOwn() {
    for (Distance distance : Distance.values()) {
      Detector detector = fit(method(distance, null, 0, OptionalInt.empty(), SearchPlan.AUTO));
      assertThat(detector.distance()).isEqualTo(distance.id());
      Dataset<Row> scores = score("detector", SearchPlan.AUTO);
      double red = scores.filter("label = 'red'").selectExpr("max(score)").head().getDouble(0);
      double blue = scores.filter("label = 'blue'").selectExpr("max(score)").head().getDouble(0);
      assertThat(red).isBetween(0.0, Double.MAX_VALUE);
      assertThat(blue).isPositive();
    }
  }

  @Test
  void whatCannotBeIsToldBeforeTheWork() {
    assertThatThrownBy(
            () -> method(Distance.MANHATTAN, null, 0, OptionalInt.of(3), SearchPlan.AUTO))
        .isInstanceOf(UserDataException.class)
        .hasMessageStartingWith("k-means has no centers for the Manhattan distance.");
    assertThatThrownBy(() -> Distance.named("hamming"))
        .hasMessage(
            "There is no distance hamming; there are squared_euclidean, cosine, manhattan.");
  }
}
