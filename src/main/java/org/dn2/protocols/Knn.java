package org.dn2.protocols;

import java.util.Arrays;
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
    return nearest(reference, queries, k, false);
  }

  /**
   * The score of every row by the others: itself is left out, its copies are not.
   *
   * @param rows {@code float[count][dimension]}, more than k of them
   * @return {@code double[count]}
   */
  public static double[] leaveOneOut(float[][] rows, int k) {
    return scores(nearest(rows, rows, k, true), k);
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
      float[][] reference, float[][] queries, int k, boolean withoutItself) {
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
      int[] excluded = new int[count];
      for (int i = 0; i < count; i++) {
        System.arraycopy(queries[first + i], 0, flat, i * dimension, dimension);
        excluded[i] = withoutItself ? first + i : ExactNeighbors.NONE_EXCLUDED;
      }
      Neighbors[] found = neighbors.search(flat, count, k, excluded);
      for (int i = 0; i < count; i++) {
        nearest[first + i] = found[i].distances();
      }
    }
    return nearest;
  }
}
