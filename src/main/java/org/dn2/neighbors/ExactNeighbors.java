package org.dn2.neighbors;

import dev.ludovic.netlib.blas.BLAS;
import org.dn2.table.UserDataException;

/**
 * Finds the k nearest reference rows of each query by squared Euclidean distance, exactly.
 *
 * <p>A blocked matrix product gives every squared distance as |q|² - 2qf + |f|² in single
 * precision. The {@code k + 14} best by that are measured again directly in double precision, so
 * that a row's distance to itself is exactly 0. The product's rounding error is bounded; where the
 * bound does not rule out that a better row was missed, as among many copies of one image, the
 * query is compared with every row directly. The answer therefore depends neither on the block size
 * nor on the order of queries, and ties go to the lower row number.
 *
 * <p>Not for several threads at once: it keeps the product's buffer.
 */
public final class ExactNeighbors {
  /** Stands for "no row is left out". */
  public static final int NONE_EXCLUDED = -1;

  private static final int SPARE_CANDIDATES = 14;
  private static final int QUERY_BLOCK = 128;
  private static final int ROW_BLOCK = 1024;

  private final ReferenceRows reference;
  private final BLAS blas = BLAS.getInstance();
  private final float[] products = new float[QUERY_BLOCK * ROW_BLOCK];
  private final double largestSquaredNorm;

  public ExactNeighbors(ReferenceRows reference) {
    this.reference = reference;
    double largest = 0;
    for (int row = 0; row < reference.rowCount(); row++) {
      largest = Math.max(largest, reference.squaredNorm(row));
    }
    this.largestSquaredNorm = largest;
  }

  /**
   * The k nearest rows of each query.
   *
   * @param queries {@code float[queryCount][dimension]}, row-major, finite
   * @param k 1 or more, at most the number of rows that are not left out
   * @param excludedRows {@code int[queryCount]}: a row that is not the query's neighbor, or {@link
   *     #NONE_EXCLUDED}
   * @throws UserDataException if k is out of range or a query holds NaN or infinity
   */
  public Neighbors[] search(float[] queries, int queryCount, int k, int[] excludedRows) {
    requireK(k, excludedRows);
    int dimension = reference.dimension();
    for (int query = 0; query < queryCount; query++) {
      ReferenceRows.requireEmbedding(
          queries, query * dimension, dimension, dimension, "embedding of query " + query);
    }
    Neighbors[] neighbors = new Neighbors[queryCount];
    for (int first = 0; first < queryCount; first += QUERY_BLOCK) {
      int count = Math.min(QUERY_BLOCK, queryCount - first);
      searchBlock(queries, first, count, k, excludedRows, neighbors);
    }
    return neighbors;
  }

  private void requireK(int k, int[] excludedRows) {
    if (k < 1) {
      throw new UserDataException("k is " + k + "; it must be 1 or more.");
    }
    int available = reference.rowCount();
    for (int excluded : excludedRows) {
      if (excluded != NONE_EXCLUDED) {
        available = reference.rowCount() - 1;
      }
    }
    if (k > available) {
      throw new UserDataException(
          "k is %d, but there are %d reference images to be neighbors. Give a smaller k or more normal images."
              .formatted(k, available));
    }
  }

  private void searchBlock(
      float[] queries, int first, int count, int k, int[] excludedRows, Neighbors[] neighbors) {
    int dimension = reference.dimension();
    NearestRows[] candidates = new NearestRows[count];
    double[] squaredNorms = new double[count];
    for (int i = 0; i < count; i++) {
      candidates[i] = new NearestRows(k + SPARE_CANDIDATES);
      squaredNorms[i] = Distances.squaredNorm(queries, (first + i) * dimension, dimension);
    }
    for (int chunk = 0; chunk < reference.chunkCount(); chunk++) {
      int rows = reference.chunk(chunk).length / dimension;
      for (int start = 0; start < rows; start += ROW_BLOCK) {
        int blockRows = Math.min(ROW_BLOCK, rows - start);
        multiply(queries, first, count, chunk, start, blockRows);
        int firstRow = reference.firstRowOf(chunk) + start;
        for (int i = 0; i < count; i++) {
          offer(candidates[i], squaredNorms[i], i, firstRow, blockRows, excludedRows[first + i]);
        }
      }
    }
    for (int i = 0; i < count; i++) {
      neighbors[first + i] =
          settle(queries, first + i, squaredNorms[i], k, candidates[i], excludedRows[first + i]);
    }
  }

  /** Fills {@code products[query * blockRows + row]} with the inner products. */
  private void multiply(
      float[] queries, int first, int count, int chunk, int start, int blockRows) {
    int dimension = reference.dimension();
    // Row-major matrices read as column-major ones are transposed: rows x queriesᵀ.
    blas.sgemm(
        "T",
        "N",
        blockRows,
        count,
        dimension,
        1f,
        reference.chunk(chunk),
        start * dimension,
        dimension,
        queries,
        first * dimension,
        dimension,
        0f,
        products,
        0,
        blockRows);
  }

  private void offer(
      NearestRows candidates,
      double squaredNorm,
      int query,
      int firstRow,
      int blockRows,
      int excludedRow) {
    double bound = candidates.bound();
    for (int i = 0; i < blockRows; i++) {
      int row = firstRow + i;
      double distance =
          squaredNorm - 2.0 * products[query * blockRows + i] + reference.squaredNorm(row);
      if (distance <= bound && row != excludedRow) {
        candidates.offer(distance, row);
        bound = candidates.bound();
      }
    }
  }

  private Neighbors settle(
      float[] queries,
      int query,
      double squaredNorm,
      int k,
      NearestRows candidates,
      int excludedRow) {
    int offset = query * reference.dimension();
    NearestRows nearest = new NearestRows(k);
    for (int place = 0; place < candidates.size(); place++) {
      int row = candidates.row(place);
      nearest.offer(reference.squaredDistance(row, queries, offset), row);
    }
    boolean everyRowWasKept = !candidates.isFull();
    if (everyRowWasKept || nearest.bound() < candidates.bound() - productError(squaredNorm)) {
      return nearest.toNeighbors();
    }
    return compareWithEveryRow(queries, offset, k, excludedRow);
  }

  /**
   * How far a distance made of the matrix product can lie from the true one: the inner product of n
   * terms in single precision errs by at most n u |q||f| (1 + n u), whatever the order of
   * summation.
   */
  private double productError(double squaredNorm) {
    double roundings = reference.dimension() * 0x1p-24;
    return 2 * 2 * roundings / (1 - roundings) * Math.sqrt(squaredNorm * largestSquaredNorm);
  }

  private Neighbors compareWithEveryRow(float[] queries, int offset, int k, int excludedRow) {
    NearestRows nearest = new NearestRows(k);
    for (int row = 0; row < reference.rowCount(); row++) {
      if (row != excludedRow) {
        nearest.offer(reference.squaredDistance(row, queries, offset), row);
      }
    }
    return nearest.toNeighbors();
  }
}
