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
import org.dn2.table.Tables;
import org.dn2.table.UserDataException;
import org.dn2.testing.Embeddings;
import org.dn2.testing.SparkSessions;
import org.junit.jupiter.api.Test;

/** From embeddings to a detector to scores, without a file. */
class FitTest {
  private static final int DIMENSION = 6;
  private static final ModelSpec MODEL =
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
        new Fit.Provenance("embeddings", List.of(), "run"));
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
      assertThat(detector.calibration().count()).isEqualTo(54);
      assertThat(detector.whitening().count()).isEqualTo(5);
      assertThat(detector.cleaning().count()).isEqualTo(60);
      assertThat(detector.description().dimension()).isEqualTo(4);

      DetectorScoring.Scored scored = scoring.score(images(10, 9, 2));
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
      DetectorScoring.Scored scored = scoring.score(images(5, 0, 4));
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
      assertThat(fit.detector().calibration().count()).isEqualTo(54);
      assertThat(tablesKept()).isGreaterThan(before);
    }
    assertThat(tablesKept()).isEqualTo(before);
    assertThatThrownBy(() -> fit(images(3, 0, 1), everything()))
        .isInstanceOf(UserDataException.class);
    assertThat(tablesKept()).isEqualTo(before);
  }

  @Test
  void aBorderThatIsNoNumberIsRefused() {
    assertThatThrownBy(() -> new ThresholdRule(OptionalDouble.of(Double.NaN), 0.9))
        .isInstanceOf(UserDataException.class)
        .hasMessage("The threshold is not a finite number.");
  }
}
