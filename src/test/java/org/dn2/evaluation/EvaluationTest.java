package org.dn2.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.dn2.table.Tables;
import org.dn2.table.UserDataException;
import org.dn2.testing.SparkSessions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EvaluationTest {
  private static final StructType SCHEMA =
      new StructType()
          .add(Tables.LABEL, DataTypes.StringType, true)
          .add(Tables.SCORE, DataTypes.DoubleType, true);

  private static Dataset<Row> table(List<Row> rows) {
    return SparkSessions.local().createDataFrame(rows, SCHEMA);
  }

  private static Row scored(String label, double score) {
    return RowFactory.create(label, score);
  }

  private static EvaluationResult evaluate(List<Row> rows, String... normal) {
    try (Evaluation evaluation = new Evaluation(table(rows), List.of(normal))) {
      return evaluation.result();
    }
  }

  private static final List<Row> SMALL =
      List.of(
          scored("cat", 9),
          scored("dog", 7),
          scored("normal", 7),
          scored("cat", 5),
          scored("normal", 5),
          scored("normal", 1),
          scored("normal", 0));

  @Test
  void aHandWorkedExampleWithTies() {
    EvaluationResult result = evaluate(SMALL, "normal");

    LabelMetrics all = result.overall();
    assertThat(all.anomalous()).isEqualTo(3);
    assertThat(all.normal()).isEqualTo(4);
    // cat 9: 4 of 4 below; dog 7: 3 below and 1 tied; cat 5: 2 below and 1 tied.
    assertThat(all.rocAuc()).isEqualTo((4 + 3.5 + 2.5) / 12);
    // Precision 1/1, 2/3 and 3/5 at the three distinct scores, a third of recall each.
    assertThat(all.averagePrecision()).isCloseTo((1 + 2 / 3.0 + 3 / 5.0) / 3, within(1e-12));
    assertThat(all.falsePositiveRateAt95Recall()).isEqualTo(0.5);
    assertThat(result.perLabel()).extracting(LabelMetrics::label).containsExactly("cat", "dog");
    assertThat(result.perLabel().get(0).rocAuc()).isEqualTo((4 + 2.5) / 8);
    assertThat(result.perLabel().get(1).rocAuc()).isEqualTo(3.5 / 4);
  }

  @Test
  void theCurveHasAPointPerScoreAndEndsAtOneOne() {
    try (Evaluation evaluation = new Evaluation(table(SMALL), List.of("normal"))) {
      List<Row> points = evaluation.roc().collectAsList();
      assertThat(points)
          .extracting(row -> row.getDouble(0))
          .containsExactly(9.0, 7.0, 5.0, 1.0, 0.0);
      assertThat(points.get(1).getDouble(1)).isEqualTo(0.25);
      assertThat(points.get(1).getDouble(2)).isEqualTo(2 / 3.0);
      assertThat(points.get(4).getDouble(1)).isEqualTo(1);
      assertThat(points.get(4).getDouble(2)).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5, 7})
  void agreesWithTheNaiveCountForAnyNumberOfPartitions(int partitions) {
    Random random = new Random(42);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      String label = List.of("normal", "also normal", "cat", "dog").get(random.nextInt(4));
      int shift = label.endsWith("normal") ? 0 : 4;
      rows.add(scored(label, random.nextInt(20) + shift));
    }
    SparkSessions.local().conf().set("spark.sql.shuffle.partitions", partitions);
    try {
      EvaluationResult result = evaluate(rows, "normal", "also normal");
      assertNaive(rows, "cat dog", result.overall());
      assertNaive(rows, "cat", result.perLabel().get(0));
      assertNaive(rows, "dog", result.perLabel().get(1));
    } finally {
      SparkSessions.local().conf().set("spark.sql.shuffle.partitions", 2);
    }
  }

  /** DeLong's method as its paper states it: every pair is compared. */
  private static void assertNaive(List<Row> rows, String anomalous, LabelMetrics metrics) {
    double[] positives = scores(rows, anomalous);
    double[] negatives = scores(rows, "normal also normal");
    double[] byPositive = new double[positives.length];
    double[] byNegative = new double[negatives.length];
    double sum = 0;
    for (int i = 0; i < positives.length; i++) {
      for (int j = 0; j < negatives.length; j++) {
        double pair = positives[i] > negatives[j] ? 1 : positives[i] == negatives[j] ? 0.5 : 0;
        sum += pair;
        byPositive[i] += pair / negatives.length;
        byNegative[j] += pair / positives.length;
      }
    }
    double area = sum / positives.length / negatives.length;
    double error =
        Math.sqrt(
            variance(byPositive, area) / positives.length
                + variance(byNegative, area) / negatives.length);
    assertThat(metrics.rocAuc()).isCloseTo(area, within(1e-12));
    assertThat(metrics.rocAucLow()).isCloseTo(area - 1.959964 * error, within(1e-6));
    assertThat(metrics.rocAucHigh()).isCloseTo(area + 1.959964 * error, within(1e-6));
  }

  private static double[] scores(List<Row> rows, String labels) {
    return rows.stream()
        .filter(row -> labels.contains(row.getString(0)))
        .mapToDouble(row -> row.getDouble(1))
        .toArray();
  }

  private static double variance(double[] values, double mean) {
    double sum = 0;
    for (double value : values) {
      sum += (value - mean) * (value - mean);
    }
    return sum / (values.length - 1);
  }

  @Test
  void perfectAndInvertedScoresGiveOneAndZero() {
    List<Row> rows = List.of(scored("n", 1), scored("n", 2), scored("a", 3), scored("a", 4));
    LabelMetrics perfect = evaluate(rows, "n").overall();
    assertThat(perfect.rocAuc()).isEqualTo(1);
    assertThat(perfect.averagePrecision()).isEqualTo(1);
    assertThat(perfect.falsePositiveRateAt95Recall()).isEqualTo(0);
    assertThat(evaluate(rows, "a").overall().rocAuc()).isEqualTo(0);
  }

  @Test
  void zeroAndMinusZeroAreTheSameScore() {
    LabelMetrics metrics = evaluate(List.of(scored("n", 0.0), scored("a", -0.0)), "n").overall();
    assertThat(metrics.rocAuc()).isEqualTo(0.5);
  }

  @Test
  void aSingleAnomalyHasNoInterval() {
    EvaluationResult result =
        evaluate(List.of(scored("n", 0), scored("n", 3), scored("a", 2)), "n");
    assertThat(result.overall().rocAuc()).isEqualTo(0.5);
    assertThat(result.toJson("r", null)).contains("\"roc_auc_ci_low\" : null");
    assertThat(result.toTable()).contains("? - ?");
    assertThat(result.toRows(SparkSessions.local(), "r").count()).isEqualTo(10);
  }

  @Test
  void badInputIsNamed() {
    List<Row> rows = List.of(scored("n", 0), scored("a", 2));
    assertThatThrownBy(() -> evaluate(rows, "x"))
        .isInstanceOf(UserDataException.class)
        .hasMessage("No score has the normal label x; the labels are: a, n.");
    assertThatThrownBy(() -> evaluate(rows, "a", "n"))
        .hasMessage(
            "ROCAUC needs normal and anomalous images, but all are normal. The labels are: a, n;"
                + " the normal ones: a, n.");
    assertThatThrownBy(() -> evaluate(rows))
        .hasMessageStartingWith("ROCAUC needs normal and anomalous images, but all are anomalous.");
    assertThatThrownBy(() -> evaluate(List.of(scored(null, 1), scored("a", 2)), "a"))
        .hasMessageStartingWith("1 of 2 scores have no label.");
    assertThatThrownBy(() -> evaluate(List.of(scored("n", Double.NaN), scored("a", 2)), "n"))
        .hasMessage("1 of 2 scores are NaN; score the images again.");
    assertThatThrownBy(() -> evaluate(List.of(), "n"))
        .hasMessage("There are no scores to evaluate.");
  }

  @Test
  void rowsWithoutAScoreAreRefused() {
    List<Row> rows = List.of(scored("n", 1), scored("a", 2), RowFactory.create("a", null));
    StructType nullable =
        new StructType().add("label", DataTypes.StringType).add("score", DataTypes.DoubleType);
    assertThatThrownBy(
            () ->
                new Evaluation(SparkSessions.local().createDataFrame(rows, nullable), List.of("n")))
        .isInstanceOf(UserDataException.class)
        .hasMessage("1 of 3 rows have no score; score the images again.");
  }

  @Test
  void labelsAndScoresMayBeOtherNumbers() {
    StructType numbers =
        new StructType().add("label", DataTypes.LongType).add("score", DataTypes.FloatType);
    List<Row> rows = List.of(RowFactory.create(0L, 1f), RowFactory.create(1L, 2f));
    try (Evaluation evaluation =
        new Evaluation(SparkSessions.local().createDataFrame(rows, numbers), List.of("0"))) {
      assertThat(evaluation.result().overall().rocAuc()).isEqualTo(1);
    }
    StructType lists =
        new StructType()
            .add("label", DataTypes.StringType)
            .add("score", DataTypes.createArrayType(DataTypes.DoubleType));
    assertThatThrownBy(
            () ->
                new Evaluation(
                    SparkSessions.local()
                        .createDataFrame(List.of(RowFactory.create("n", List.of(1.0))), lists),
                    List.of("n")))
        .isInstanceOf(UserDataException.class)
        .hasMessage("The scores: the column score is of type array<double>; it must be double.");
  }
}
