package org.dn2.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.dn2.neighbors.Distance;
import org.dn2.search.Neighborhood;
import org.dn2.search.SearchPlan;
import org.dn2.search.SelfNeighbor;
import org.dn2.table.Tables;
import org.dn2.table.UserDataException;
import org.dn2.testing.SparkSessions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScorerTest {
  private static final StructType SCHEMA =
      new StructType()
          .add(Tables.IMAGE_ID, DataTypes.StringType, false)
          .add(Tables.EMBEDDING, DataTypes.createArrayType(DataTypes.FloatType, false), false);
  private static final Calibration CALIBRATION = Calibration.of(new double[] {1, 2, 3});

  private static Row image(String id, float... embedding) {
    List<Float> values = new ArrayList<>();
    for (float value : embedding) {
      values.add(value);
    }
    return RowFactory.create(id, values);
  }

  private static Scorer scorer(Dataset<Row> reference, int dimension, int k) {
    return scorer(reference, dimension, k, SearchPlan.BROADCAST);
  }

  private static Scorer scorer(Dataset<Row> reference, int dimension, int k, SearchPlan plan) {
    return Scorer.of(reference, new Neighborhood(dimension, Distance.SQUARED_EUCLIDEAN, k), plan);
  }

  private static Dataset<Row> table(List<Row> rows) {
    return SparkSessions.local().createDataFrame(rows, SCHEMA);
  }

  private static List<String> scores(Scorer scorer, Dataset<Row> images, SelfNeighbor self) {
    return scorer.score(images, CALIBRATION, self).orderBy(Tables.IMAGE_ID).collectAsList().stream()
        .map(Row::toString)
        .toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"broadcast", "blocks", "lists", "lists:1"})
  void scoresByTheTwoNearestAndBreaksTiesById(String plan) {
    Dataset<Row> reference =
        table(List.of(image("b", 0, 1), image("d", 9, 9), image("c", 1, 0), image("a", 0, -1)));
    try (Scorer scorer = scorer(reference, 2, 2, SearchPlan.named(plan))) {
      assertThat(scores(scorer, table(List.of(image("q", 0, 0))), SelfNeighbor.COUNTS))
          .containsExactly("[q,null,null,null,1.0,1.0,ArraySeq(a, b),ArraySeq(1.0, 1.0)]");
    }
  }

  /** Java's order of strings and Spark's differ for these two. */
  @ParameterizedTest
  @ValueSource(strings = {"broadcast", "blocks", "lists", "lists:1"})
  void everyPlanHasTheSameOrderOfIds(String plan) {
    String wide = "\uFF5E";
    String face = "\uD83D\uDE00";
    Dataset<Row> reference = table(List.of(image(wide, 1, 0), image(face, 1, 0)));
    try (Scorer scorer = scorer(reference, 2, 1, SearchPlan.named(plan))) {
      assertThat(scores(scorer, table(List.of(image("q", 0, 0))), SelfNeighbor.COUNTS).get(0))
          .contains("ArraySeq(" + face + ")");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"broadcast", "blocks", "lists", "lists:1"})
  void leavingOneOutGoesByIdSoThatCopiesCount(String plan) {
    Dataset<Row> reference = table(List.of(image("a", 0, 0), image("b", 0, 0), image("c", 3, 4)));
    try (Scorer scorer = scorer(reference, 2, 1, SearchPlan.named(plan))) {
      assertThat(scorer.leaveOneOut(reference).orderBy(Tables.IMAGE_ID).collectAsList())
          .extracting(Row::toString)
          .containsExactly("[a,0.0]", "[b,0.0]", "[c,25.0]");
    }
  }

  @Test
  void neitherPartitionsNorOrderChangeAScore() {
    Random random = new Random(11);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 600; i++) {
      float[] embedding = new float[12];
      for (int j = 0; j < embedding.length; j++) {
        embedding[j] = random.nextInt(3);
      }
      rows.add(image("image" + i, embedding));
    }
    List<Row> shuffled = new ArrayList<>(rows);
    Collections.shuffle(shuffled, random);
    List<String> expected;
    try (Scorer scorer = scorer(table(rows).coalesce(1), 12, 3)) {
      expected = scores(scorer, table(rows).coalesce(1), SelfNeighbor.EXCLUDED);
    }
    try (Scorer scorer = scorer(table(shuffled).repartition(5), 12, 3)) {
      for (int partitions : new int[] {1, 3, 7}) {
        assertThat(scores(scorer, table(shuffled).repartition(partitions), SelfNeighbor.EXCLUDED))
            .isEqualTo(expected);
      }
    }
    for (String plan : new String[] {"blocks", "lists", "lists:1000"}) {
      try (Scorer scorer = scorer(table(shuffled).repartition(5), 12, 3, SearchPlan.named(plan))) {
        assertThat(scores(scorer, table(shuffled).repartition(3), SelfNeighbor.EXCLUDED))
            .as(plan)
            .isEqualTo(expected);
      }
    }
  }

  @Test
  void aSetOfFewDifferentImagesIsSearchedInLists() {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      float[] embedding = new float[64];
      Arrays.fill(embedding, 1 + i % 2);
      rows.add(image("image%02d".formatted(i), embedding));
    }
    try (Scorer scorer = scorer(table(rows), 64, 2, SearchPlan.named("lists"))) {
      assertThat(scorer.leaveOneOut(table(rows)).collectAsList())
          .hasSize(30)
          .allSatisfy(row -> assertThat(row.getDouble(1)).isZero());
    }
  }

  @Test
  void fewerImagesThanCoresOrNeighborsInABlockAreFound() {
    Dataset<Row> reference = table(List.of(image("a", 0, 0), image("b", 3, 4), image("c", 0, 1)));
    try (Scorer scorer = scorer(reference, 2, 3, SearchPlan.BLOCKS)) {
      assertThat(scores(scorer, table(List.of(image("q", 0, 0))), SelfNeighbor.COUNTS))
          .containsExactly(
              "[q,null,null,null,8.666666666666666,0.25,ArraySeq(a, c, b),ArraySeq(0.0, 1.0, 25.0)]");
      assertThat(scores(scorer, table(List.of()), SelfNeighbor.COUNTS)).isEmpty();
    }
  }

  @Test
  void scoresAreTheSameWithoutACalibration() {
    Dataset<Row> reference =
        table(List.of(image("a", 0.1f, 0), image("b", 0.7f, 0), image("c", 0, 0.3f)));
    try (Scorer scorer = scorer(reference, 2, 3)) {
      Dataset<Row> without = scorer.score(reference, SelfNeighbor.COUNTS);
      Dataset<Row> with = scorer.score(reference, CALIBRATION, SelfNeighbor.COUNTS);
      assertThat(without.columns())
          .containsExactly(
              "image_id",
              "path",
              "label",
              "group_id",
              "score",
              "neighbor_ids",
              "neighbor_distances");
      assertThat(with.drop(Tables.P_VALUE).collectAsList())
          .isEqualTo(without.collectAsList())
          .hasSize(3)
          .allSatisfy(
              row ->
                  assertThat(row.<Double>getAs(Tables.SCORE))
                      .isEqualTo(
                          AnomalyScore.of(
                              row
                                  .<Double>getList(row.fieldIndex(Tables.NEIGHBOR_DISTANCES))
                                  .stream()
                                  .mapToDouble(Double::doubleValue)
                                  .toArray())));
    }
  }

  @Test
  void badInputIsNamed() {
    Dataset<Row> two = table(List.of(image("a", 0, 0), image("b", 0, 1)));
    assertThatThrownBy(() -> scorer(two, 2, 3))
        .isInstanceOf(UserDataException.class)
        .hasMessageStartingWith("k is 3, but the reference set has 2 images.");
    assertThatThrownBy(() -> scorer(two.limit(0), 2, 1))
        .hasMessage("The reference set has no image.");
    Dataset<Row> twice = two.union(table(List.of(image("a", 2, 2))));
    assertThatThrownBy(() -> scorer(twice, 2, 1))
        .hasMessage("The reference set has two images with the id a.");
    assertThatThrownBy(
            () -> {
              try (Scorer scorer = scorer(twice, 2, 1, SearchPlan.BLOCKS)) {
                scores(scorer, two, SelfNeighbor.COUNTS);
              }
            })
        .rootCause()
        .hasMessage("The reference set has two images with the id a.");
    assertThatThrownBy(() -> scorer(two, 3, 1))
        .hasMessageContaining("has 2 numbers; 3 were expected");
    assertThatThrownBy(() -> scorer(two.drop(Tables.EMBEDDING), 2, 1))
        .hasMessage("The table of embeddings lacks the column embedding; it has image_id.");
    try (Scorer scorer = scorer(two, 2, 1)) {
      assertThatThrownBy(
              () -> scores(scorer, table(List.of(image("odd", 1, 2, 3))), SelfNeighbor.COUNTS))
          .rootCause()
          .isInstanceOf(UserDataException.class)
          .hasMessageStartingWith(
              "The embedding of odd has 3 numbers, those of the detector have 2");
    }
  }
}
