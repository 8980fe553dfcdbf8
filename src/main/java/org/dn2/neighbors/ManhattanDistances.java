package org.dn2.neighbors;

import java.util.Arrays;

/**
 * Sums of absolute differences. The rows of a block are turned so that the innermost loop runs over
 * rows, which the compiler turns into vector instructions.
 */
final class ManhattanDistances implements BlockDistances {
  /** Rows that are compared together: what fits a core's cache at some thousand dimensions. */
  private static final int LANES = 128;

  private final ReferenceRows reference;
  private final float[] turned;
  private final float[] sums = new float[LANES];
  private float[] queries;
  private int first;
  private int count;
  private float[] differences = new float[0];
  private int firstRow;
  private int rows;

  ManhattanDistances(ReferenceRows reference) {
    this.reference = reference;
    this.turned = new float[LANES * reference.dimension()];
  }

  @Override
  public void take(float[] queryRows, int firstQuery, int queryCount) {
    queries = queryRows;
    first = firstQuery;
    count = queryCount;
    if (differences.length < count * MOST_ROWS) {
      differences = new float[count * MOST_ROWS];
    }
  }

  @Override
  public void compare(int chunk, int start, int rowCount) {
    int dimension = reference.dimension();
    firstRow = reference.firstRowOf(chunk) + start;
    rows = rowCount;
    for (int lane = 0; lane < rows; lane += LANES) {
      int lanes = Math.min(LANES, rows - lane);
      turn(reference.chunk(chunk), start + lane, lanes);
      for (int query = 0; query < count; query++) {
        sum((first + query) * dimension, dimension);
        System.arraycopy(sums, 0, differences, query * MOST_ROWS + lane, lanes);
      }
    }
  }

  @Override
  public double distance(int query, int row) {
    return differences[query * MOST_ROWS + row];
  }

  @Override
  public void offer(NearestRows[] candidates, int[] excludedRows) {
    for (int query = 0; query < count; query++) {
      double bound = candidates[query].bound();
      for (int row = 0; row < rows; row++) {
        double distance = differences[query * MOST_ROWS + row];
        if (distance <= bound && firstRow + row != excludedRows[query]) {
          candidates[query].offer(distance, firstRow + row);
          bound = candidates[query].bound();
        }
      }
    }
  }

  /** Fills {@code turned[i * LANES + lane]} with number i of each row. */
  private void turn(float[] source, int start, int lanes) {
    int dimension = reference.dimension();
    for (int lane = 0; lane < lanes; lane++) {
      int offset = (start + lane) * dimension;
      for (int i = 0; i < dimension; i++) {
        turned[i * LANES + lane] = source[offset + i];
      }
    }
  }

  private void sum(int queryOffset, int dimension) {
    Arrays.fill(sums, 0f);
    int i = 0;
    for (; i + 4 <= dimension; i += 4) {
      float a = queries[queryOffset + i];
      float b = queries[queryOffset + i + 1];
      float c = queries[queryOffset + i + 2];
      float d = queries[queryOffset + i + 3];
      int offset = i * LANES;
      for (int lane = 0; lane < LANES; lane++) {
        sums[lane] +=
            Math.abs(turned[offset + lane] - a)
                + Math.abs(turned[offset + LANES + lane] - b)
                + Math.abs(turned[offset + 2 * LANES + lane] - c)
                + Math.abs(turned[offset + 3 * LANES + lane] - d);
      }
    }
    for (; i < dimension; i++) {
      float value = queries[queryOffset + i];
      for (int lane = 0; lane < LANES; lane++) {
        sums[lane] += Math.abs(turned[i * LANES + lane] - value);
      }
    }
  }

  /** A sum of n rounded terms errs by at most (n + 1) u of itself, to first order. */
  @Override
  public double error(int query, double distance) {
    return 2 * (reference.dimension() + 1) * 0x1p-24 * distance;
  }
}
