package org.dn2.fit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.dn2.detector.CalibrationDone;
import org.dn2.features.FeatureChoice;
import org.dn2.features.FeatureMap;
import org.dn2.features.WhiteningFit;
import org.dn2.group.Pooling;
import org.dn2.neighbors.Distance;
import org.dn2.score.DetectorScoring;
import org.dn2.search.SearchPlan;
import org.dn2.search.SelfNeighbor;
import org.dn2.table.Tables;
import org.dn2.testing.Embeddings;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The law of p-values: of fresh normal images, a fraction of at most a has a p-value of at most a.
 * Each method is fitted to new images many times, and each time judges many fresh ones.
 */
class PromiseTest {
  /**
   * Fits are few and large: the bounds are as narrow as with twice as many fits to half as many.
   */
  private static final int REPETITIONS = 8;

  private static final int IMAGES = 200;

  /** Judging is cheap beside fitting. */
  private static final int FRESH = 2_000;

  private static final int GROUP = 3;
  private static final double[] LEVELS = {0.01, 0.05, 0.1, 0.2, 0.5};

  /** Standard deviations: some hundred bounds are checked. */
  private static final double WIDTH = 3.5;

  private static FitMethod with(
      int k, Distance distance, Cleaning cleaning, OptionalInt centers, SearchPlan search) {
    return new FitMethod(k, distance, FeatureChoice.PAPER, null, cleaning, centers, 3, search);
  }

  private static FitMethod cleaned(Cleaning cleaning) {
    return with(2, Distance.SQUARED_EUCLIDEAN, cleaning, OptionalInt.empty(), SearchPlan.AUTO);
  }

  private static FitMethod centers(int count, int k) {
    return with(
        k, Distance.SQUARED_EUCLIDEAN, Cleaning.NONE, OptionalInt.of(count), SearchPlan.AUTO);
  }

  private static FitMethod near(int k, Distance distance, SearchPlan search) {
    return with(k, distance, Cleaning.NONE, OptionalInt.empty(), search);
  }

  private static FitMethod pooled(Pooling pooling) {
    return new FitMethod(
        2,
        Distance.SQUARED_EUCLIDEAN,
        FeatureChoice.PAPER,
        pooling,
        Cleaning.NONE,
        OptionalInt.empty(),
        0,
        SearchPlan.AUTO);
  }

  static Stream<Arguments> leftOut() {
    return Stream.of(
        Arguments.of("k 1", near(1, Distance.SQUARED_EUCLIDEAN, SearchPlan.AUTO)),
        Arguments.of("k 5", near(5, Distance.SQUARED_EUCLIDEAN, SearchPlan.BLOCKS)),
        Arguments.of("cosine, k 5", near(5, Distance.COSINE, SearchPlan.AUTO)),
        Arguments.of("manhattan, k 1", near(1, Distance.MANHATTAN, SearchPlan.AUTO)),
        Arguments.of("as many centers as images", centers(IMAGES, 1)),
        Arguments.of("groups", pooled(Pooling.MEAN)));
  }

  static Stream<Arguments> crossFitted() {
    return Stream.of(
        Arguments.of(
            "clean 0.1 by one, k 1", cleaned(new Cleaning(0.1, 1, Cleaning.Rounds.ONCE)).withK(1)),
        Arguments.of("clean 0.5, k 5", cleaned(new Cleaning(0.5)).withK(5)),
        Arguments.of("1 center", centers(1, 1)),
        Arguments.of("10 centers, k 5", centers(10, 5)),
        Arguments.of(
            "lists:1, k 1", near(1, Distance.SQUARED_EUCLIDEAN, SearchPlan.nearestLists(1))),
        Arguments.of(
            "whitened, k 2",
            FitMethod.PAPER.with(new FeatureChoice(FeatureMap.NONE, new WhiteningFit(5, 0.01)))));
  }

  private static Dataset<Row> normalImages(String prefix, int count, Random random) {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      float[] embedding = new float[FitTest.DIMENSION];
      for (int j = 0; j < FitTest.DIMENSION; j++) {
        embedding[j] = (float) (random.nextGaussian() * (j < 2 ? 3 : 1));
      }
      rows.add(
          Embeddings.image(
              prefix + "%05d".formatted(i),
              null,
              prefix + "group%05d".formatted(i / GROUP),
              embedding));
    }
    return Embeddings.table(rows).coalesce(1);
  }

  /** How often p-values were at most each level, of how many, calibrated on how many. */
  private record Counted(long[] low, long fresh, long scores, String how) {
    Counted and(Counted other) {
      long[] sums = new long[low.length];
      Arrays.setAll(sums, i -> low[i] + other.low[i]);
      return new Counted(sums, fresh + other.fresh, Math.min(scores, other.scores), how);
    }
  }

  private static Counted counted(FitMethod method) {
    // Two at a time: most of it is Spark's planning, which uses one core.
    return IntStream.range(0, REPETITIONS)
        .parallel()
        .mapToObj(seed -> counted(method, new Random(seed)))
        .reduce(Counted::and)
        .orElseThrow();
  }

  private static Counted counted(FitMethod method, Random random) {
    int each = method.pooling() == null ? 1 : GROUP;
    try (Fit fit =
            Fit.of(
                normalImages("normal", IMAGES * each, random),
                FitTest.MODEL,
                method,
                new ThresholdRule(OptionalDouble.empty(), 0.9),
                new Fit.Provenance("embeddings", null, List.of(), "run"));
        DetectorScoring scoring = DetectorScoring.open(fit.detector(), SearchPlan.AUTO)) {
      List<Row> scored =
          scoring
              .score(normalImages("fresh", FRESH * each, random), SelfNeighbor.COUNTS)
              .scores()
              .select(Tables.P_VALUE)
              .collectAsList();
      long[] low = new long[LEVELS.length];
      for (Row row : scored) {
        for (int i = 0; i < LEVELS.length; i++) {
          low[i] += row.getDouble(0) <= LEVELS[i] + 1e-12 ? 1 : 0;
        }
      }
      CalibrationDone done = fit.detector().description().calibration();
      return new Counted(low, scored.size(), done.scores(), done.method());
    }
  }

  /**
   * The standard deviation of the fraction at or below a level. With n scores, each repetition's
   * own rate is that of a Beta law, and its fresh images are a binomial sample of that.
   */
  private static double deviation(double level) {
    double rate = Math.floor(level * (IMAGES + 1) + 1e-9) / (IMAGES + 1);
    double ofRates = rate * (1 - rate) / (IMAGES + 2);
    double ofSample = rate * (1 - rate) / FRESH;
    return Math.sqrt((ofRates + ofSample) / REPETITIONS);
  }

  private static void assertAtMostTheirLevels(Counted counted, String name) {
    assertThat(counted.fresh()).isEqualTo((long) REPETITIONS * FRESH);
    assertThat(counted.scores()).isEqualTo(IMAGES);
    for (int i = 0; i < LEVELS.length; i++) {
      assertThat((double) counted.low()[i] / counted.fresh())
          .as("%s: fraction of fresh normal images at p <= %s", name, LEVELS[i])
          .isLessThan(LEVELS[i] + WIDTH * deviation(LEVELS[i]));
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("leftOut")
  void leftOutOneByOnePValuesAreLowAsOftenAsTheySay(String name, FitMethod method) {
    Counted counted = counted(method);
    assertThat(counted.how()).isEqualTo("leave_one_out");
    assertAtMostTheirLevels(counted, name);
    for (int i = 0; i < LEVELS.length; i++) {
      // Not by being too large, either: the others' scores would hardly change with the new image.
      double promised = Math.floor(LEVELS[i] * (IMAGES + 1)) / (IMAGES + 1);
      assertThat((double) counted.low()[i] / counted.fresh())
          .as("%s: fraction of fresh normal images at p <= %s", name, LEVELS[i])
          .isGreaterThan(0.85 * promised - WIDTH * deviation(LEVELS[i]));
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("crossFitted")
  void crossFittedPValuesAreLowNoMoreOftenThanTheySay(String name, FitMethod method) {
    Counted counted = counted(method);
    assertThat(counted.how()).isEqualTo("cross_fitted");
    assertAtMostTheirLevels(counted, name);
    assertThat((double) counted.low()[2] / counted.fresh())
        .as("%s: p-values at 0.1 are of use", name)
        .isGreaterThan(0.03);
  }
}
