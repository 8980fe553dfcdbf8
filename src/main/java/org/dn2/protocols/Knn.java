package org.dn2.protocols;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.dn2.neighbors.Distance;
import org.dn2.neighbors.ExactNeighbors;
import org.dn2.neighbors.Neighbors;
import org.dn2.neighbors.ReferenceRows;

/** Scores of a whole set at once: mean squared Euclidean distances to the k nearest. */
public final class Knn {
  private Knn() {}

  /**
   * The k smallest squared distances of each query to the reference rows.
   *
   * @param reference {@code float[rows][dimension]}
   * @param queries {@code float[count][dimension]}
   * @return {@code double[count][min(k, rows)]}, ascending
   */
  public static double[][] nearest(float[][] reference, float[][] queries, int k) {
    int[] noneExcluded = new int[queries.length];
    Arrays.fill(noneExcluded, ExactNeighbors.NONE_EXCLUDED);
    return nearest(reference, queries, k, noneExcluded);
  }

  /**
   * The score of every row by the others: itself is left out, its copies are not.
   *
   * @param rows {@code float[count][dimension]}, more than k of them
   * @return {@code double[count]}
   */
  public static double[] leaveOneOut(float[][] rows, int k) {
    return scoresWithoutItself(rows, IntStream.range(0, rows.length).toArray(), k);
  }

  /**
   * The score of every row by some of them: where it is one of these, itself is left out.
   *
   * @param rows {@code float[count][dimension]}
   * @param judges places of rows, ascending, more than k of them
   * @return {@code double[count]}
   */
  public static double[] scoresWithoutItself(float[][] rows, int[] judges, int k) {
    float[][] reference =
        Arrays.stream(judges).mapToObj(place -> rows[place]).toArray(float[][]::new);
    int[] excluded = new int[rows.length];
    for (int i = 0; i < excluded.length; i++) {
      int place = Arrays.binarySearch(judges, i);
      excluded[i] = place < 0 ? ExactNeighbors.NONE_EXCLUDED : place;
    }
    return scores(nearest(reference, rows, k, excluded), k);
  }

  /**
   * The mean of the k smallest distances of each (equation 2).
   *
   * @param nearest {@code double[count][k or more]}, ascending; fewer where there are fewer
   * @return {@code double[count]}
   */
  public static double[] scores(double[][] nearest, int k) {
    return Arrays.stream(nearest)
        .mapToDouble(distances -> Arrays.stream(distances).limit(k).average().orElseThrow())
        .toArray();
  }

  private static double[][] nearest(
      float[][] reference, float[][] queries, int k, int[] excludedRows) {
    int dimension = reference[0].length;
    ReferenceRows.Builder rows = ReferenceRows.builder(dimension, Distance.SQUARED_EUCLIDEAN);
    for (float[] row : reference) {
      rows.add(row);
    }
    ExactNeighbors neighbors = new ExactNeighbors(rows.build());
    double[][] nearest = new double[queries.length][];
    for (int first = 0; first < queries.length; first += ExactNeighbors.QUERY_BLOCK) {
      int count = Math.min(ExactNeighbors.QUERY_BLOCK, queries.length - first);
      float[] flat = new float[count * dimension];
      int[] excluded = Arrays.copyOfRange(excludedRows, first, first + count);
      for (int i = 0; i < count; i++) {
        System.arraycopy(queries[first + i], 0, flat, i * dimension, dimension);
      }
      Neighbors[] found = neighbors.search(flat, count, k, excluded);
      for (int i = 0; i < count; i++) {
        nearest[first + i] = found[i].distances();
      }
    }
    return nearest;
  }
}
