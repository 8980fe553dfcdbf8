package org.dn2.evaluation;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.dn2.testing.SparkSessions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScoreHistogramTest {
  private static final StructType SCORES =
      new StructType().add("score", DataTypes.DoubleType).add("kind", DataTypes.StringType);

  private static Dataset<Row> table(List<Row> rows) {
    return SparkSessions.local().createDataFrame(rows, SCORES).repartition(3);
  }

  @Test
  void aScoreAtABorderCountsBelowItAndTheLeastOneInTheFirstBar() {
    Dataset<Row> scores =
        table(
            List.of(
                RowFactory.create(0.0, "a"),
                RowFactory.create(1.0, "a"),
                RowFactory.create(1.5, "b"),
                RowFactory.create(2.0, "b"),
                RowFactory.create(3.0, "a")));
    ScoreHistogram histogram = ScoreHistogram.of(scores, col("kind"), List.of(0.0, 1.0, 2.0, 3.0));
    assertThat(histogram.counts()).containsOnlyKeys("a", "b");
    assertThat(histogram.counts().get("a")).containsExactly(2L, 0L, 1L);
    assertThat(histogram.counts().get("b")).containsExactly(0L, 2L, 0L);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void everyScoreIsInOneBarAndThoseAboveTheThresholdAreThoseOfTheBarsBehindIt(long seed) {
    Random random = new Random(seed);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      rows.add(RowFactory.create(Math.exp(2 * random.nextGaussian()), "a"));
    }
    double[] scores = rows.stream().mapToDouble(row -> row.getDouble(0)).sorted().toArray();
    // The score of an image, and scores that none has: within, below and above all.
    for (double threshold : new double[] {scores[490], 0.7, 0, scores[0], scores[499], 1e6}) {
      List<Double> borders = ScoreHistogram.borders(scores[0], scores[494], scores[499], threshold);
      assertThat(borders).isSorted().doesNotHaveDuplicates().contains(threshold);
      assertThat(borders).hasSizeBetween(3, 90);
      assertThat(borders.get(0)).isLessThanOrEqualTo(scores[0]);
      assertThat(borders.get(borders.size() - 1)).isGreaterThanOrEqualTo(scores[499]);
      List<Long> counts = ScoreHistogram.of(table(rows), lit("all"), borders).counts().get("all");
      assertThat(counts).hasSize(borders.size() - 1);
      assertThat(counts.stream().mapToLong(n -> n).sum()).isEqualTo(500);
      assertThat(
              counts.subList(borders.indexOf(threshold), counts.size()).stream()
                  .mapToLong(n -> n)
                  .sum())
          .isEqualTo(Arrays.stream(scores).filter(score -> score > threshold).count());
    }
  }

  @Test
  void scoresThatAreAllAlikeHaveBarsToo() {
    assertThat(ScoreHistogram.borders(0, 0, 0, null)).hasSizeGreaterThan(1).isSorted();
    assertThat(ScoreHistogram.borders(5, 5, 5, 5.0)).contains(5.0).hasSizeGreaterThan(2).isSorted();
  }
}
