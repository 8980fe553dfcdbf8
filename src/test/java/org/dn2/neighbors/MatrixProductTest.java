package org.dn2.neighbors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MatrixProductTest {

  @ParameterizedTest
  @CsvSource({
    "1, 1, 1",
    "5, 31, 255",
    "6, 32, 256",
    "7, 33, 257",
    "13, 1024, 600",
    "100, 70, 2048",
    "600, 100, 300"
  })
  void agreesWithSumsInDouble(int queries, int rows, int dimension) {
    Random random = new Random(queries * 31L + dimension);
    int firstQuery = 2;
    int firstRow = 3;
    float[] a = numbers(random, (firstQuery + queries) * dimension);
    float[] b = numbers(random, (firstRow + rows) * dimension);
    MatrixProduct product = new MatrixProduct(dimension);
    product.take(a, firstQuery, queries);
    product.multiply(b, firstRow, rows);
    for (int query = 0; query < queries; query++) {
      for (int row = 0; row < rows; row++) {
        double sum = 0;
        double size = 0;
        for (int i = 0; i < dimension; i++) {
          double term =
              (double) a[(firstQuery + query) * dimension + i]
                  * b[(firstRow + row) * dimension + i];
          sum += term;
          size += Math.abs(term);
        }
        assertThat((double) product.product(query, row))
            .isCloseTo(sum, within(dimension * 0x1p-24 * size));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"40, 50, 300", "3, 2, 10"})
  void smallerBlocksAfterLargerOnesSeeNothingOfThem(int queries, int rows, int dimension) {
    MatrixProduct product = new MatrixProduct(dimension);
    product.take(numbers(new Random(1), 500 * dimension), 0, 500);
    product.multiply(numbers(new Random(2), 900 * dimension), 0, 900);
    float[] a = numbers(new Random(3), queries * dimension);
    float[] b = numbers(new Random(4), rows * dimension);
    product.take(a, 0, queries);
    product.multiply(b, 0, rows);
    MatrixProduct fresh = new MatrixProduct(dimension);
    fresh.take(a, 0, queries);
    fresh.multiply(b, 0, rows);
    for (int query = 0; query < queries; query++) {
      for (int row = 0; row < rows; row++) {
        assertThat(product.product(query, row)).isEqualTo(fresh.product(query, row));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "7, 33", "20, 1024", "13, 100"})
  void namesTheRowsAtOrAboveTheirThresholds(int queries, int rows) {
    Random random = new Random(rows);
    int dimension = 10;
    MatrixProduct product = new MatrixProduct(dimension);
    product.take(numbers(random, queries * dimension), 0, queries);
    product.multiply(numbers(random, rows * dimension), 0, rows);
    float[] thresholds = Arrays.copyOf(numbers(random, rows), MatrixProduct.MOST_ROWS);
    for (float reach : new float[] {-5, -1, 0, 10, Float.POSITIVE_INFINITY}) {
      for (int query = 0; query < queries; query++) {
        List<Integer> found = new ArrayList<>();
        int row = product.next(query, 0, rows, thresholds, reach);
        while (row < rows) {
          found.add(row);
          row = product.next(query, row + 1, rows, thresholds, reach);
        }
        int of = query;
        assertThat(found)
            .containsExactlyElementsOf(
                IntStream.range(0, rows)
                    .filter(i -> product.product(of, i) >= thresholds[i] - reach)
                    .boxed()
                    .toList());
      }
    }
  }

  private static float[] numbers(Random random, int count) {
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = (float) random.nextGaussian();
    }
    return numbers;
  }
}
