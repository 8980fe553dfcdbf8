package org.dn2.neighbors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Random;
import java.util.stream.IntStream;
import org.dn2.table.UserDataException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExactNeighborsTest {

  private static ReferenceRows rows(float[][] values) {
    ReferenceRows.Builder builder = ReferenceRows.builder(values[0].length);
    for (float[] row : values) {
      builder.add(row);
    }
    return builder.build();
  }

  private static Neighbors[] search(ReferenceRows reference, float[][] queries, int k) {
    int[] excluded = new int[queries.length];
    Arrays.fill(excluded, ExactNeighbors.NONE_EXCLUDED);
    return search(reference, queries, k, excluded);
  }

  private static Neighbors[] search(
      ReferenceRows reference, float[][] queries, int k, int[] excluded) {
    int dimension = queries[0].length;
    float[] flat = new float[queries.length * dimension];
    for (int i = 0; i < queries.length; i++) {
      System.arraycopy(queries[i], 0, flat, i * dimension, dimension);
    }
    return new ExactNeighbors(reference).search(flat, queries.length, k, excluded);
  }

  /** Compares with every row, one number at a time. */
  private static int[] naive(float[][] reference, float[] query, int k, int excluded) {
    double[] distances = new double[reference.length];
    for (int row = 0; row < reference.length; row++) {
      distances[row] = Distances.squared(reference[row], 0, query, 0, query.length);
    }
    return IntStream.range(0, reference.length)
        .filter(row -> row != excluded)
        .boxed()
        .sorted(
            Comparator.comparingDouble((Integer row) -> distances[row]).thenComparing(row -> row))
        .limit(k)
        .mapToInt(Integer::intValue)
        .toArray();
  }

  @Test
  void findsTheTwoNearestOfFourPointsInThePlane() {
    ReferenceRows reference = rows(new float[][] {{0, 0}, {3, 4}, {1, 0}, {10, 10}});

    Neighbors found = search(reference, new float[][] {{0, 1}}, 2)[0];

    assertThat(found.rows()).containsExactly(0, 2);
    assertThat(found.squaredDistances()).containsExactly(1.0, 2.0);
  }

  @Test
  void rowsAtTheSameDistanceComeInTheirOrder() {
    ReferenceRows reference = rows(new float[][] {{5, 5}, {0, 1}, {1, 0}, {0, -1}, {-1, 0}});

    assertThat(search(reference, new float[][] {{0, 0}}, 3)[0].rows()).containsExactly(1, 2, 3);
  }

  @Test
  void anExcludedRowIsNoNeighborButItsCopyIs() {
    ReferenceRows reference = rows(new float[][] {{2, 2}, {0, 0}, {2, 2}});

    Neighbors found = search(reference, new float[][] {{2, 2}}, 2, new int[] {0})[0];

    assertThat(found.rows()).containsExactly(2, 1);
    assertThat(found.squaredDistances()).containsExactly(0.0, 8.0);
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1, 1, 1, 0",
    "20, 7, 3, 2, 0",
    "300, 64, 50, 5, 0",
    "2500, 33, 140, 2, 0",
    "500, 16, 40, 3, 10000",
    "400, 8, 300, 20, 0"
  })
  void agreesWithTheNaiveSearch(int rows, int dimension, int queries, int k, float offset) {
    Random random = new Random(rows * 31L + dimension);
    float[][] reference = random(random, rows, dimension, offset);
    float[][] asked = random(random, queries, dimension, offset);

    Neighbors[] found = search(rows(reference), asked, k);

    for (int i = 0; i < queries; i++) {
      assertThat(found[i].rows()).containsExactly(naive(reference, asked[i], k, -1));
    }
  }

  private static float[][] random(Random random, int rows, int dimension, float offset) {
    float[][] values = new float[rows][dimension];
    for (float[] row : values) {
      for (int i = 0; i < dimension; i++) {
        row[i] = offset + (float) random.nextGaussian();
      }
    }
    return values;
  }

  @Test
  void copiesWithoutNumberAreStillOrderedByRow() {
    Random random = new Random(5);
    float[][] kinds = random(random, 3, 40, 100);
    float[][] reference = new float[900][];
    for (int row = 0; row < reference.length; row++) {
      reference[row] = kinds[random.nextInt(3)];
    }
    Neighbors[] found = search(rows(reference), kinds, 30);
    for (int i = 0; i < kinds.length; i++) {
      assertThat(found[i].rows()).containsExactly(naive(reference, kinds[i], 30, -1));
      assertThat(found[i].squaredDistances()).containsOnly(0.0);
    }
  }

  @Test
  void aRowIsItsOwnNearestAtExactlyZero() {
    float[][] reference = random(new Random(9), 700, 128, 30);
    Neighbors[] found = search(rows(reference), reference, 1);
    for (int row = 0; row < reference.length; row++) {
      assertThat(found[row].rows()).containsExactly(row);
      assertThat(found[row].squaredDistances()).containsExactly(0.0);
    }
  }

  @Test
  void aQueryAloneFindsWhatItFindsAmongOthers() {
    float[][] reference = random(new Random(1), 1500, 50, 0);
    float[][] queries = random(new Random(2), 300, 50, 0);
    Neighbors[] together = search(rows(reference), queries, 4);
    for (int i = 0; i < queries.length; i++) {
      Neighbors alone = search(rows(reference), new float[][] {queries[i]}, 4)[0];
      assertThat(alone.rows()).containsExactly(together[i].rows());
      assertThat(alone.squaredDistances()).containsExactly(together[i].squaredDistances());
    }
  }

  @Test
  void rowsMaySpanSeveralChunks() {
    int dimension = 1 << 22;
    float[][] reference = new float[6][dimension];
    for (int row = 0; row < reference.length; row++) {
      Arrays.fill(reference[row], row);
    }
    ReferenceRows rows = rows(reference);
    assertThat(rows.chunkCount()).isEqualTo(2);
    Neighbors found = search(rows, new float[][] {reference[5]}, 2)[0];
    assertThat(found.rows()).containsExactly(5, 4);
    assertThat(found.squaredDistances()).containsExactly(0.0, dimension);
  }

  @Test
  void badInputIsNamed() {
    ReferenceRows reference = rows(new float[][] {{0, 0}, {1, 1}});
    assertThatThrownBy(() -> search(reference, new float[][] {{0, 0}}, 3))
        .isInstanceOf(UserDataException.class)
        .hasMessage(
            "k is 3, but there are 2 reference images to be neighbors. Give a smaller k or more"
                + " normal images.");
    assertThatThrownBy(() -> search(reference, new float[][] {{0, 0}}, 2, new int[] {1}))
        .hasMessageStartingWith("k is 2, but there are 1 reference images");
    assertThatThrownBy(() -> search(reference, new float[][] {{0, Float.NaN}}, 1))
        .hasMessage("The embedding of query 0 holds NaN or infinity. Embed the images again.");
    assertThatThrownBy(() -> ReferenceRows.builder(2).add(new float[3]))
        .hasMessageStartingWith("The reference embedding 0 has 3 numbers; 2 were expected.");
  }
}
