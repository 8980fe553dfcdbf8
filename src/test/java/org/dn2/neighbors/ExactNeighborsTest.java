package org.dn2.neighbors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

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
    return rows(values, Distance.SQUARED_EUCLIDEAN);
  }

  private static ReferenceRows rows(float[][] values, Distance distance) {
    ReferenceRows.Builder builder = ReferenceRows.builder(values[0].length, distance);
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
  private static int[] naive(
      float[][] reference, float[] query, Distance distance, int k, int excluded) {
    double[] distances = new double[reference.length];
    for (int row = 0; row < reference.length; row++) {
      distances[row] = naive(distance, reference[row], query);
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

  private static double naive(Distance distance, float[] a, float[] b) {
    double squared = 0;
    double absolute = 0;
    double product = 0;
    double squaresOfA = 0;
    double squaresOfB = 0;
    for (int i = 0; i < a.length; i++) {
      double difference = (double) a[i] - b[i];
      squared += difference * difference;
      absolute += Math.abs(difference);
      product += (double) a[i] * b[i];
      squaresOfA += (double) a[i] * a[i];
      squaresOfB += (double) b[i] * b[i];
    }
    return switch (distance) {
      case SQUARED_EUCLIDEAN -> squared;
      case MANHATTAN -> absolute;
      case COSINE -> 1 - product / Math.sqrt(squaresOfA * squaresOfB);
    };
  }

  @Test
  void findsTheTwoNearestOfFourPointsInThePlane() {
    ReferenceRows reference = rows(new float[][] {{0, 0}, {3, 4}, {1, 0}, {10, 10}});

    Neighbors found = search(reference, new float[][] {{0, 1}}, 2)[0];

    assertThat(found.rows()).containsExactly(0, 2);
    assertThat(found.distances()).containsExactly(1.0, 2.0);
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
    assertThat(found.distances()).containsExactly(0.0, 8.0);
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
      assertThat(found[i].rows())
          .containsExactly(naive(reference, asked[i], Distance.SQUARED_EUCLIDEAN, k, -1));
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
      assertThat(found[i].rows())
          .containsExactly(naive(reference, kinds[i], Distance.SQUARED_EUCLIDEAN, 30, -1));
      assertThat(found[i].distances()).containsOnly(0.0);
    }
  }

  @Test
  void aRowIsItsOwnNearestAtExactlyZero() {
    float[][] reference = random(new Random(9), 700, 128, 30);
    Neighbors[] found = search(rows(reference), reference, 1);
    for (int row = 0; row < reference.length; row++) {
      assertThat(found[row].rows()).containsExactly(row);
      assertThat(found[row].distances()).containsExactly(0.0);
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
      assertThat(alone.distances()).containsExactly(together[i].distances());
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
    assertThat(found.distances()).containsExactly(0.0, dimension);
  }

  @ParameterizedTest
  @CsvSource({
    "COSINE, 300, 64, 50, 5",
    "COSINE, 2500, 33, 140, 2",
    "MANHATTAN, 1, 1, 1, 1",
    "MANHATTAN, 300, 66, 50, 5",
    "MANHATTAN, 2500, 33, 140, 2",
    "MANHATTAN, 129, 7, 3, 1"
  })
  void otherDistancesAgreeWithTheNaiveSearch(
      Distance distance, int rows, int dimension, int queries, int k) {
    Random random = new Random(rows * 31L + dimension);
    float[][] reference = random(random, rows, dimension, 0.5f);
    float[][] asked = random(random, queries, dimension, 0.5f);

    Neighbors[] found = search(rows(reference, distance), asked, k);

    for (int i = 0; i < queries; i++) {
      assertThat(found[i].rows()).containsExactly(naive(reference, asked[i], distance, k, -1));
      for (int place = 0; place < k; place++) {
        assertThat(found[i].distances()[place])
            .isCloseTo(naive(distance, reference[found[i].rows()[place]], asked[i]), within(1e-6));
      }
    }
  }

  @Test
  void knownDistancesInThePlane() {
    float[][] reference = {{3, 4}, {0, 2}, {-1, 0}};
    float[][] query = {{1, 0}};
    assertThat(search(rows(reference, Distance.MANHATTAN), query, 3)[0].distances())
        .containsExactly(2, 3, 6);
    assertThat(search(rows(reference, Distance.COSINE), query, 3)[0].distances())
        .containsExactly(new double[] {0.4, 1, 2}, within(1e-7));
  }

  @Test
  void cosineIgnoresScale() {
    float[][] reference = random(new Random(4), 200, 30, 1);
    float[][] queries = random(new Random(6), 20, 30, 1);
    float[][] scaled = new float[queries.length][30];
    for (int i = 0; i < queries.length; i++) {
      for (int j = 0; j < 30; j++) {
        scaled[i][j] = 4096 * queries[i][j];
      }
    }
    Neighbors[] plain = search(rows(reference, Distance.COSINE), queries, 3);
    Neighbors[] larger = search(rows(reference, Distance.COSINE), scaled, 3);
    for (int i = 0; i < queries.length; i++) {
      assertThat(larger[i].rows()).containsExactly(plain[i].rows());
      assertThat(larger[i].distances()).containsExactly(plain[i].distances());
    }
    assertThat(search(rows(reference, Distance.COSINE), reference, 1)[7].distances())
        .containsExactly(0);
  }

  @Test
  void anEmbeddingOfZerosIsHalfWayFromAllDirections() {
    float[][] reference = {{3, 4}, {0, 0}};
    assertThat(search(rows(reference, Distance.COSINE), new float[][] {{0, 0}}, 2)[0].distances())
        .containsExactly(new double[] {0, 0.5}, within(1e-7));
  }

  @Test
  void whereRowsAreFewerThanKAllAreFound() {
    Neighbors found =
        search(rows(new float[][] {{0}, {1}, {5}}), new float[][] {{1}}, 3, new int[] {1})[0];
    assertThat(found.rows()).containsExactly(0, 2);
  }

  @Test
  void numbersWhoseSquaresExceedSinglePrecisionAreComparedAllTheSame() {
    float[][] reference = new float[40][2];
    for (int row = 0; row < reference.length; row++) {
      reference[row] = new float[] {(row + 1) * 1e20f, -1e20f};
    }
    Neighbors found = search(rows(reference), new float[][] {{7.2e20f, -1e20f}}, 2)[0];
    assertThat(found.rows()).containsExactly(6, 7);
    assertThat(found.distances()).containsExactly(new double[] {4e38, 6.4e39}, within(1e34));
  }

  @Test
  void badInputIsNamed() {
    ReferenceRows reference = rows(new float[][] {{0, 0}, {1, 1}});
    assertThatThrownBy(() -> search(reference, new float[][] {{0, 0}}, 0))
        .isInstanceOf(UserDataException.class)
        .hasMessage("k is 0; it must be 1 or more.");
    assertThatThrownBy(() -> search(reference, new float[][] {{0, Float.NaN}}, 1))
        .hasMessage("The embedding of query 0 holds NaN or infinity. Embed the images again.");
    assertThatThrownBy(() -> ReferenceRows.builder(2, Distance.MANHATTAN).add(new float[3]))
        .hasMessageStartingWith("The reference embedding 0 has 3 numbers; 2 were expected.");
  }
}
