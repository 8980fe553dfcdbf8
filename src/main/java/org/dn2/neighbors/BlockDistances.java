package org.dn2.neighbors;

/**
 * The distances of a block of queries to a block of rows: fast, in single precision, with a known
 * bound on the error. Not for several threads at once.
 */
interface BlockDistances {
  /** Rows of one block at most. */
  int MOST_ROWS = MatrixProduct.MOST_ROWS;

  /**
   * Takes the queries that the blocks to come are compared with.
   *
   * @param queries prepared, row-major
   * @param first the first query of the block
   * @param count how many queries there are in the block
   */
  void take(float[] queries, int first, int count);

  /**
   * Compares the queries with some rows.
   *
   * @param chunk of the reference set
   * @param start the first row within the chunk
   * @param rows up to {@link #MOST_ROWS}
   */
  void compare(int chunk, int start, int rows);

  /**
   * The distance of a query and a row of the last comparison.
   *
   * @param query within the block
   * @param row within the comparison
   */
  double distance(int query, int row);

  /**
   * Offers each query the rows of the last comparison, but for the one that it excludes.
   *
   * @param candidates {@code NearestRows[queries]} of the block
   * @param excludedRows {@code int[queries]}, as rows of the reference set
   */
  void offer(NearestRows[] candidates, int[] excludedRows);

  /**
   * By how much the true distance of a row can lie below {@link #distance}.
   *
   * @param query within the block
   */
  double error(int query, double distance);
}
