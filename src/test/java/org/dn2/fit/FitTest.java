package org.dn2.fit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Random;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.dn2.detector.FittedDetector;
import org.dn2.embedding.ModelSpec;
import org.dn2.features.FeatureChoice;
import org.dn2.features.FeatureMap;
import org.dn2.features.WhiteningFit;
import org.dn2.group.Pooling;
import org.dn2.image.ResizeMode;
import org.dn2.neighbors.Distance;
import org.dn2.score.DetectorScoring;
import org.dn2.search.SearchPlan;
import org.dn2.search.SelfNeighbor;
import org.dn2.table.Tables;
import org.dn2.table.UserDataException;
import org.dn2.testing.Embeddings;
import org.dn2.testing.SparkSessions;
import org.junit.jupiter.api.Test;

/** From embeddings to a detector to scores, without a file. */
class FitTest {
  static final int DIMENSION = 6;
  static final ModelSpec MODEL =
      new ModelSpec(
          "numbers",
          "model.pt",
          "a".repeat(64),
          DIMENSION,
          ResizeMode.EXACT,
          2,
          2,
          List.of(0.0, 0.0, 0.0),
          List.of(1.0, 1.0, 1.0),
          null,
          null,
          null,
          FeatureMap.NONE,
          "a test",
          null);

  /** Groups of two images each, but for the last image, which is alone. */
  private static Dataset<Row> images(int count, double shift, long seed) {
    Random random = new Random(seed);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      float[] embedding = new float[DIMENSION];
      for (int j = 0; j < DIMENSION; j++) {
        embedding[j] = (float) (random.nextGaussian() + shift);
      }
      rows.add(
          Embeddings.image("image%03d".formatted(i), "good", "g%03d".formatted(i / 2), embedding));
    }
    return Embeddings.table(rows);
  }

  private static Fit fit(Dataset<Row> images, FitMethod method) {
    return Fit.of(
        images,
        MODEL,
        method,
        new ThresholdRule(OptionalDouble.empty(), 0.9),
        new Fit.Provenance("embeddings", null, List.of(), "run"));
  }

  private static FitMethod everything() {
    return new FitMethod(
        2,
        Distance.SQUARED_EUCLIDEAN,
        new FeatureChoice(FeatureMap.NONE, new WhiteningFit(4, 0.1)),
        null,
        new Cleaning(0.1),
        OptionalInt.of(5),
        1,
        SearchPlan.LISTS);
  }

  private static int tablesKept() {
    return SparkSessions.local().sparkContext().getPersistentRDDs().size();
  }

  @Test
  void aDetectorScoresWhatIsShiftedAsAnomalous() {
    try (Fit fit = fit(images(60, 0, 1), everything());
        DetectorScoring scoring = DetectorScoring.open(fit.detector(), SearchPlan.AUTO)) {
      FittedDetector detector = fit.detector();
      assertThat(detector.reference().count()).isEqualTo(5);
      assertThat(detector.calibration().count()).isEqualTo(60);
      assertThat(detector.whitening().count()).isEqualTo(5);
      assertThat(detector.cleaning().count()).isEqualTo(60);
      assertThat(detector.description().dimension()).isEqualTo(4);

      DetectorScoring.Scored scored = scoring.score(images(10, 9, 2), SelfNeighbor.COUNTS);
      assertThat(scored.rejected()).isNull();
      assertThat(scored.scores().columns())
          .containsExactly(
              Arrays.stream(Tables.SCORES.fieldNames())
                  .filter(name -> !name.equals(Tables.SCORED_AT))
                  .toArray(String[]::new));
      assertThat(scored.scores().filter(Tables.IS_ANOMALY).count()).isEqualTo(10);
      assertThat(scored.scores().select(Tables.DETECTOR_ID).distinct().head().getString(0))
          .isEqualTo(detector.description().detectorId())
          .matches("[0-9a-f]{16}");
    }
  }

  @Test
  void groupsOfAnotherSizeAreRejected() {
    FitMethod concatenating =
        new FitMethod(
            1,
            Distance.SQUARED_EUCLIDEAN,
            FeatureChoice.PAPER,
            Pooling.CONCATENATE,
            Cleaning.NONE,
            OptionalInt.empty(),
            0,
            SearchPlan.AUTO);
    try (Fit fit = fit(images(20, 0, 3), concatenating);
        DetectorScoring scoring = DetectorScoring.open(fit.detector(), SearchPlan.AUTO)) {
      DetectorScoring.Scored scored = scoring.score(images(5, 0, 4), SelfNeighbor.COUNTS);
      assertThat(scored.scores().count()).isEqualTo(2);
      assertThat(scored.rejectedGroups()).isEqualTo(1);
      assertThat(scored.rejected().collectAsList())
          .extracting(Row::toString)
          .containsExactly(
              "[g002,incomplete_group,The group has 1 embedded images; the detector's concatenated"
                  + " groups have 2.]");
    }
  }

  @Test
  void nothingIsKeptOnceAFitIsClosed() {
    int before = tablesKept();
    try (Fit fit = fit(images(60, 0, 1), everything())) {
      assertThat(fit.detector().calibration().count()).isEqualTo(60);
      assertThat(tablesKept()).isGreaterThan(before);
    }
    assertThat(tablesKept()).isEqualTo(before);
    assertThatThrownBy(() -> fit(images(3, 0, 1), everything()))
        .isInstanceOf(UserDataException.class);
    assertThat(tablesKept()).isEqualTo(before);
  }

  private static FitMethod of(int k, Cleaning cleaning, OptionalInt centers, SearchPlan search) {
    return new FitMethod(
        k, Distance.SQUARED_EUCLIDEAN, FeatureChoice.PAPER, null, cleaning, centers, 0, search);
  }

  private static List<String> calibrated(Fit fit) {
    return fit.detector().calibration().select(Tables.IMAGE_ID).collectAsList().stream()
        .map(row -> row.getString(0))
        .sorted()
        .toList();
  }

  @Test
  void droppedImagesCalibrateToo() {
    try (Fit fit =
        fit(images(30, 0, 5), of(2, new Cleaning(0.5), OptionalInt.empty(), SearchPlan.AUTO))) {
      assertThat(fit.detector().reference().count()).isEqualTo(15);
      assertThat(calibrated(fit)).hasSize(30).doesNotHaveDuplicates();
      assertThat(fit.detector().description().calibration().scores()).isEqualTo(30);
      // Of the 28 smallest of 30 kept and dropped ones, not of the 15 kept ones.
      assertThat(fit.detector().description().threshold().alarmRate()).isEqualTo(3 / 31.0);
    }
  }

  @Test
  void aCenterThatIsAnImageDoesNotJudgeIt() {
    FitMethod centers = of(1, Cleaning.NONE, OptionalInt.of(30), SearchPlan.AUTO);
    FitMethod rows = of(1, Cleaning.NONE, OptionalInt.empty(), SearchPlan.AUTO);
    try (Fit byCenters = fit(images(30, 0, 5), centers);
        Fit byRows = fit(images(30, 0, 5), rows)) {
      assertThat(byCenters.detector().description().threshold())
          .isEqualTo(byRows.detector().description().threshold())
          .matches(threshold -> threshold.value() > 0);
    }
  }

  @Test
  void partsDependOnIdsAlone() {
    FitMethod cleaned = of(2, new Cleaning(0.1), OptionalInt.empty(), SearchPlan.AUTO);
    try (Fit one = fit(images(30, 0, 5), cleaned);
        Fit other = fit(images(30, 0, 5).repartition(7), cleaned)) {
      assertThat(other.detector().description().threshold())
          .isEqualTo(one.detector().description().threshold());
    }
  }

  @Test
  void whatCannotBeCalibratedHasNoPValuesAndSaysWhy() {
    FitMethod nearest = of(1, Cleaning.NONE, OptionalInt.empty(), SearchPlan.AUTO);
    assertThatThrownBy(() -> fit(images(1, 0, 1), nearest))
        .isInstanceOf(UserDataException.class)
        .hasMessage(
            "k is 1, but each image of the reference set has 0 others. Give a smaller k or more"
                + " normal images.");
    FitMethod center = of(1, Cleaning.NONE, OptionalInt.of(2), SearchPlan.nearestLists(1));
    assertThatThrownBy(() -> fit(images(2, 0, 1), center.withK(2)))
        .isInstanceOf(UserDataException.class)
        .hasMessage(
            "No threshold can be found, for too few images are left where some are held out: k is 2,"
                + " but the reference set has 1 images. Give a smaller k or more normal images. Give"
                + " more images, or a threshold.");
    try (Fit fit =
            Fit.of(
                images(1, 0, 1),
                MODEL,
                nearest,
                new ThresholdRule(OptionalDouble.of(3), 0.9),
                new Fit.Provenance("embeddings", null, List.of(), "run"));
        DetectorScoring scoring = DetectorScoring.open(fit.detector(), SearchPlan.AUTO)) {
      assertThat(fit.detector().description().calibration().isThere()).isFalse();
      assertThat(fit.detector().description().calibration().promise())
          .startsWith("k is 1, but each image");
      assertThat(fit.detector().description().threshold().alarmRate()).isNull();
      List<Row> scores =
          scoring.score(images(4, 9, 2), SelfNeighbor.COUNTS).scores().collectAsList();
      assertThat(scores).hasSize(4);
      for (Row row : scores) {
        assertThat(row.<Double>getAs(Tables.P_VALUE)).isNull();
        assertThat(row.<Boolean>getAs(Tables.IS_ANOMALY)).isTrue();
      }
    }
  }

  @Test
  void imagesAreSearchedForAsTheCalibrationWas() {
    SearchPlan lists = SearchPlan.nearestLists(1);
    try (Fit approximate = fit(images(60, 0, 1), of(2, Cleaning.NONE, OptionalInt.empty(), lists));
        Fit exact =
            fit(images(60, 0, 1), of(2, Cleaning.NONE, OptionalInt.empty(), SearchPlan.BLOCKS))) {
      assertThat(approximate.detector().description().search()).isEqualTo("lists:1");
      assertThat(approximate.detector().description().calibration().method())
          .isEqualTo("cross_fitted");
      assertThat(approximate.detector().description().detectorId())
          .isNotEqualTo(exact.detector().description().detectorId());
      assertThat(DetectorScoring.planOf(approximate.detector().description(), SearchPlan.AUTO))
          .isEqualTo(lists);
      assertThat(exact.detector().description().search()).isEqualTo("exact");
      assertThat(DetectorScoring.planOf(exact.detector().description(), SearchPlan.LISTS))
          .isEqualTo(SearchPlan.LISTS);
      assertThatThrownBy(() -> DetectorScoring.open(exact.detector(), lists))
          .isInstanceOf(UserDataException.class)
          .hasMessage(
              "The search lists:1 does not find the neighbors that the detector's own finds (exact),"
                  + " so that its threshold and p-values would not hold. Search by auto, or fit a"
                  + " detector with lists:1.");
      assertThatThrownBy(() -> DetectorScoring.open(approximate.detector(), SearchPlan.BROADCAST))
          .hasMessageStartingWith("The search broadcast does not find the neighbors");
    }
  }

  @Test
  void aBorderThatIsNoNumberIsRefused() {
    assertThatThrownBy(() -> new ThresholdRule(OptionalDouble.of(Double.NaN), 0.9))
        .isInstanceOf(UserDataException.class)
        .hasMessage("The threshold is not a finite number.");
  }
}
