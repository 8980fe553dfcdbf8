package org.dn2.neighbors;

import java.io.Serializable;
import java.util.Arrays;

/**
 * Tells which lists of reference rows a query must look into. Every row is in the list of its
 * nearest center; a list's radius is the distance from its center to its farthest row. Distances
 * are lengths here: the root of a squared one, so that the triangle inequality holds.
 */
public final class CenterLists implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Room for rounding, so that no list is ruled out wrongly. */
  private static final double SLACK = 1 + 1e-9;

  private final ReferenceRows centers;
  private final int[] sizes;
  private final double[] radii;

  /**
   * @param centers one per list
   * @param sizes {@code int[lists]}: how many rows each list has
   * @param radii {@code double[lists]}, by {@link #radius}
   */
  public CenterLists(ReferenceRows centers, int[] sizes, double[] radii) {
    this.centers = centers;
    this.sizes = sizes.clone();
    this.radii = radii.clone();
  }

  /** The length between a row, {@code float[dimension]}, and the center of its list. */
  public static double radius(ReferenceRows centers, int list, float[] row) {
    float[] prepared = row.clone();
    centers.distance().prepare(prepared, 0, prepared.length);
    return centers.distance().length(centers.distance(list, prepared, 0));
  }

  /** How many numbers a center has. */
  public int dimension() {
    return centers.dimension();
  }

  /** Looks lists up; not for several threads at once. */
  public final class Lookup {
    private final ExactNeighbors nearest = new ExactNeighbors(centers);
    private final BlockDistances blocks = centers.distance().blocks(centers);

    /**
     * The lists of the nearest centers, nearest first: the given number of them, or more where
     * these have too few rows. Empty lists are left out.
     *
     * @param queries {@code float[count][dimension]}
     * @param lists 1 or more
     * @param rows that the lists must have together, if there are so many
     */
    public int[][] nearest(float[] queries, int count, int lists, int rows) {
      int[] noneExcluded = new int[count];
      Arrays.fill(noneExcluded, ExactNeighbors.NONE_EXCLUDED);
      int[][] found = new int[count][];
      int wanted = Math.min(lists, centers.rowCount());
      Neighbors[] neighbors = nearest.search(queries, count, wanted, noneExcluded);
      int dimension = centers.dimension();
      for (int i = 0; i < count; i++) {
        int[] order = neighbors[i].rows();
        while (rowsIn(order) < rows && order.length < centers.rowCount()) {
          float[] query = Arrays.copyOfRange(queries, i * dimension, (i + 1) * dimension);
          int more = Math.min(2 * order.length, centers.rowCount());
          order = nearest.search(query, 1, more, noneExcluded)[0].rows();
        }
        found[i] = Arrays.stream(order).filter(list -> sizes[list] > 0).toArray();
      }
      return found;
    }

    private long rowsIn(int[] lists) {
      return Arrays.stream(lists).mapToLong(list -> sizes[list]).sum();
    }

    /**
     * The lists that can have a row as near as the bound, by the triangle inequality: those whose
     * center is no farther from the query than the bound and the list's radius together.
     *
     * @param queries {@code float[count][dimension]}
     * @param bounds {@code double[count]}: a distance for each query
     * @param done {@code int[count][]}: lists that are left out
     */
    public int[][] within(float[] queries, int count, double[] bounds, int[][] done) {
      Distance distance = centers.distance();
      int dimension = centers.dimension();
      float[] prepared = Arrays.copyOf(queries, count * dimension);
      int[][] found = new int[count][centers.rowCount()];
      int[] counts = new int[count];
      for (int query = 0; query < count; query++) {
        distance.prepare(prepared, query * dimension, dimension);
      }
      blocks.take(prepared, 0, count);
      for (int chunk = 0; chunk < centers.chunkCount(); chunk++) {
        int chunkRows = centers.chunk(chunk).length / dimension;
        for (int start = 0; start < chunkRows; start += BlockDistances.MOST_ROWS) {
          int rows = Math.min(BlockDistances.MOST_ROWS, chunkRows - start);
          int first = centers.firstRowOf(chunk) + start;
          blocks.compare(chunk, start, rows);
          for (int query = 0; query < count; query++) {
            double bound = distance.length(bounds[query]);
            for (int row = 0; row < rows; row++) {
              int list = first + row;
              double near = blocks.distance(query, row);
              double least = near - blocks.error(query, near);
              boolean canBeWithin =
                  distance.length(Math.max(0, least)) <= (radii[list] + bound) * SLACK;
              if (canBeWithin && sizes[list] > 0 && !contains(done[query], list)) {
                found[query][counts[query]++] = list;
              }
            }
          }
        }
      }
      for (int query = 0; query < count; query++) {
        found[query] = Arrays.copyOf(found[query], counts[query]);
      }
      return found;
    }

    private boolean contains(int[] lists, int list) {
      for (int other : lists) {
        if (other == list) {
          return true;
        }
      }
      return false;
    }
  }
}
