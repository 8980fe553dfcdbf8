package org.dn2.neighbors;

/**
 * The distances of a block of queries to a block of rows: fast, in single precision, with a known
 * bound on the error. Not for several threads at once.
 */
interface BlockDistances {

  /** A block of rows within a chunk of the reference set. */
  record RowBlock(int chunk, int start, int rows) {}

  /**
   * Fills {@code distances[query * block.rows() + row]}.
   *
   * @param queries prepared, row-major
   * @param first the first query of the block
   * @param count how many queries there are in the block
   */
  void fill(float[] queries, int first, int count, RowBlock block, double[] distances);

  /**
   * By how much the true distance of a row can lie below the one that {@code fill} gives.
   *
   * @param queryOffset where the query starts in {@code queries}
   * @param distance as {@code fill} gave it
   */
  double error(float[] queries, int queryOffset, double distance);
}
