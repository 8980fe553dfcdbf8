package org.dn2.neighbors;

import java.util.Arrays;
import org.dn2.table.UserDataException;

/**
 * Finds the k nearest reference rows of each query, exactly.
 *
 * <p>Blocks of distances are made fast in single precision, for squared Euclidean ones by a matrix
 * product. The best by that are measured again directly in double precision, so that a row's
 * distance to itself is exactly 0: nearest first, until the bound on the fast distances' rounding
 * error rules out that a better row is left. Where the {@code k + 14} best do not suffice for that,
 * as among many copies of one image, the query is compared with every row directly. The answer
 * therefore depends neither on the block size nor on the order of queries, and ties go to the lower
 * row number.
 *
 * <p>Not for several threads at once: it keeps the blocks' buffers.
 */
public final class ExactNeighbors {
  /** Queries that are compared together: more gain nothing and hold more memory. */
  public static final int QUERY_BLOCK = 1024;

  /** Stands for "no row is left out". */
  public static final int NONE_EXCLUDED = -1;

  private static final int SPARE_CANDIDATES = 14;

  private final ReferenceRows reference;
  private final BlockDistances blocks;

  public ExactNeighbors(ReferenceRows reference) {
    this.reference = reference;
    this.blocks = reference.distance().blocks(reference);
  }

  /**
   * The k nearest rows of each query.
   *
   * @param queries {@code float[queryCount][dimension]}, row-major, finite
   * @param k 1 or more; where fewer rows are not left out, all of them are found
   * @param excludedRows {@code int[queryCount]}: a row that is not the query's neighbor, or {@link
   *     #NONE_EXCLUDED}
   * @throws UserDataException if k is below 1 or a query holds NaN or infinity
   */
  public Neighbors[] search(float[] queries, int queryCount, int k, int[] excludedRows) {
    if (k < 1) {
      throw new UserDataException("k is " + k + "; it must be 1 or more.");
    }
    int dimension = reference.dimension();
    float[] prepared = Arrays.copyOf(queries, queryCount * dimension);
    for (int query = 0; query < queryCount; query++) {
      int offset = query * dimension;
      ReferenceRows.requireEmbedding(
          queries, offset, dimension, dimension, "embedding of query " + query);
      reference.distance().prepare(prepared, offset, dimension);
    }
    Neighbors[] neighbors = new Neighbors[queryCount];
    for (int first = 0; first < queryCount; first += QUERY_BLOCK) {
      int count = Math.min(QUERY_BLOCK, queryCount - first);
      searchBlock(prepared, first, count, k, excludedRows, neighbors);
    }
    return neighbors;
  }

  private void searchBlock(
      float[] queries, int first, int count, int k, int[] excludedRows, Neighbors[] neighbors) {
    NearestRows[] candidates = new NearestRows[count];
    for (int i = 0; i < count; i++) {
      candidates[i] = new NearestRows(k + SPARE_CANDIDATES);
    }
    int[] excluded = Arrays.copyOfRange(excludedRows, first, first + count);
    blocks.take(queries, first, count);
    for (int chunk = 0; chunk < reference.chunkCount(); chunk++) {
      int rows = reference.chunk(chunk).length / reference.dimension();
      for (int start = 0; start < rows; start += BlockDistances.MOST_ROWS) {
        int blockRows = Math.min(BlockDistances.MOST_ROWS, rows - start);
        blocks.compare(chunk, start, blockRows);
        blocks.offer(candidates, excluded);
      }
    }
    for (int i = 0; i < count; i++) {
      int offset = (first + i) * reference.dimension();
      neighbors[first + i] = settle(queries, offset, i, k, candidates[i], excluded[i]);
    }
  }

  private Neighbors settle(
      float[] queries, int offset, int query, int k, NearestRows candidates, int excludedRow) {
    NearestRows nearest = new NearestRows(k);
    for (int place = 0; place < candidates.size(); place++) {
      if (isNearerThanAllFrom(candidates.distance(place), nearest, query)) {
        return nearest.toNeighbors();
      }
      int row = candidates.row(place);
      nearest.offer(reference.distance(row, queries, offset), row);
    }
    boolean leavesOneOut = excludedRow >= 0 && excludedRow < reference.rowCount();
    boolean everyRowWasKept = candidates.size() == reference.rowCount() - (leavesOneOut ? 1 : 0);
    if (everyRowWasKept || isNearerThanAllFrom(candidates.bound(), nearest, query)) {
      return nearest.toNeighbors();
    }
    return compareWithEveryRow(queries, offset, k, excludedRow);
  }

  /** Whether rows of a fast distance or more are farther than the k that were found. */
  private boolean isNearerThanAllFrom(double distance, NearestRows nearest, int query) {
    return nearest.isFull() && nearest.bound() < distance - blocks.error(query, distance);
  }

  private Neighbors compareWithEveryRow(float[] queries, int offset, int k, int excludedRow) {
    NearestRows nearest = new NearestRows(k);
    for (int row = 0; row < reference.rowCount(); row++) {
      if (row != excludedRow) {
        nearest.offer(reference.distance(row, queries, offset), row);
      }
    }
    return nearest.toNeighbors();
  }
}
