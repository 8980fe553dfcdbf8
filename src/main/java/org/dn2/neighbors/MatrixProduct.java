package org.dn2.neighbors;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The inner products of a block of queries with a block of rows, in single precision with fused
 * multiply-add: {@code products = queries x rowsᵀ}.
 *
 * <p>Both matrices are cut along the dimension into slices. Within a slice, queries stand in panels
 * of {@value #QUERIES} and rows in panels of two vectors, number by number, so that the innermost
 * loop reads memory in order and keeps its {@code 6 x 2} sums in registers; that number suits
 * processors with 16 vector registers and those with 32. A panel of rows stays in the first cache
 * while {@value #NEAR_PANELS} panels of queries, which the second cache holds, pass by; products
 * stand in the order in which such tiles are made.
 *
 * <p>Not for several threads at once: it keeps the packed matrices.
 */
final class MatrixProduct {
  /** Rows of one block at most. */
  static final int MOST_ROWS = 1024;

  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();

  /** Rows of one panel. */
  static final int ROWS = 2 * LANES;

  private static final int QUERIES = 6;
  private static final int SLICE = 256;
  private static final int NEAR_PANELS = 42;
  private static final int TILE = QUERIES * ROWS;

  private final int dimension;
  private final float[] packedRows;
  private float[] packedQueries = new float[0];
  private float[] products = new float[0];
  private int queryPanels;

  MatrixProduct(int dimension) {
    this.dimension = dimension;
    this.packedRows = new float[MOST_ROWS * Math.min(SLICE, dimension)];
  }

  /**
   * Takes the queries of the products to come.
   *
   * @param queries {@code float[][dimension]}, row-major
   * @param first the first query that is taken
   */
  void take(float[] queries, int first, int count) {
    queryPanels = (count + QUERIES - 1) / QUERIES;
    int padded = queryPanels * QUERIES;
    if (packedQueries.length < padded * dimension) {
      packedQueries = new float[padded * dimension];
    }
    if (products.length < padded * MOST_ROWS) {
      products = new float[padded * MOST_ROWS];
    }
    for (int slice = 0; slice < dimension; slice += SLICE) {
      int depth = Math.min(SLICE, dimension - slice);
      for (int panel = 0; panel < queryPanels; panel++) {
        int query = panel * QUERIES;
        pack(
            queries,
            (first + query) * dimension + slice,
            Math.min(QUERIES, count - query),
            depth,
            packedQueries,
            slice * padded + query * depth,
            QUERIES);
      }
    }
  }

  /**
   * Multiplies the queries with some rows.
   *
   * @param rows {@code float[][dimension]}, row-major
   * @param first the first row that is multiplied
   * @param count up to {@link #MOST_ROWS}
   */
  void multiply(float[] rows, int first, int count) {
    int rowPanels = (count + ROWS - 1) / ROWS;
    Arrays.fill(products, 0, rowPanels * queryPanels * TILE, 0f);
    for (int slice = 0; slice < dimension; slice += SLICE) {
      int depth = Math.min(SLICE, dimension - slice);
      for (int panel = 0; panel < rowPanels; panel++) {
        int row = panel * ROWS;
        pack(
            rows,
            (first + row) * dimension + slice,
            Math.min(ROWS, count - row),
            depth,
            packedRows,
            row * depth,
            ROWS);
      }
      for (int near = 0; near < queryPanels; near += NEAR_PANELS) {
        int end = Math.min(near + NEAR_PANELS, queryPanels);
        for (int panel = 0; panel < rowPanels; panel++) {
          addTiles(slice, depth, near, end, panel);
        }
      }
    }
  }

  private void addTiles(int slice, int depth, int firstPanel, int endPanel, int rowPanel) {
    int packed = slice * queryPanels * QUERIES;
    for (int panel = firstPanel; panel < endPanel; panel++) {
      addTile(
          packed + panel * QUERIES * depth, rowPanel * ROWS * depth, depth, tile(panel, rowPanel));
    }
  }

  private int tile(int queryPanel, int rowPanel) {
    return (rowPanel * queryPanels + queryPanel) * TILE;
  }

  /**
   * The inner product of a query and a row of the last multiplication.
   *
   * @param query counted from the first that was taken
   * @param row counted from the first that was multiplied
   */
  float product(int query, int row) {
    return products[place(query, row)];
  }

  private int place(int query, int row) {
    return tile(query / QUERIES, row / ROWS) + query % QUERIES * ROWS + row % ROWS;
  }

  /**
   * The next row whose product with a query is {@code thresholds[row] - reach} or more.
   *
   * @param query counted from the first that was taken
   * @param from the first row that is looked at
   * @param end behind the last row that is looked at
   * @param thresholds {@code float[MOST_ROWS]}
   * @return a row, or {@code end} where none is left
   */
  int next(int query, int from, int end, float[] thresholds, float reach) {
    int row = from;
    while (row < end) {
      int vector = row - row % LANES;
      int endOfVector = Math.min(vector + LANES, end);
      if (isAnyAbove(place(query, vector), thresholds, vector, reach)) {
        for (; row < endOfVector; row++) {
          if (product(query, row) >= thresholds[row] - reach) {
            return row;
          }
        }
      }
      row = endOfVector;
    }
    return end;
  }

  private boolean isAnyAbove(int place, float[] thresholds, int row, float reach) {
    FloatVector least = FloatVector.fromArray(SPECIES, thresholds, row).sub(reach);
    return FloatVector.fromArray(SPECIES, products, place)
        .compare(VectorOperators.GE, least)
        .anyTrue();
  }

  /**
   * Fills {@code target[i * width + lane]} with number i of each line, of {@code width} or less.
   */
  private void pack(
      float[] source, int offset, int lines, int depth, float[] target, int start, int width) {
    for (int lane = 0; lane < lines; lane++) {
      int from = offset + lane * dimension;
      int to = start + lane;
      for (int i = 0; i < depth; i++) {
        target[to + i * width] = source[from + i];
      }
    }
  }

  /**
   * Adds a slice's products of a panel of queries and a panel of rows; the local names are cells.
   * The loop counts in places, not in numbers, which spares the processor most of the arithmetic of
   * addresses.
   */
  private void addTile(int query, int row, int depth, int target) {
    FloatVector sum00 = FloatVector.zero(SPECIES);
    FloatVector sum01 = sum00;
    FloatVector sum10 = sum00;
    FloatVector sum11 = sum00;
    FloatVector sum20 = sum00;
    FloatVector sum21 = sum00;
    FloatVector sum30 = sum00;
    FloatVector sum31 = sum00;
    FloatVector sum40 = sum00;
    FloatVector sum41 = sum00;
    FloatVector sum50 = sum00;
    FloatVector sum51 = sum00;
    float[] queries = packedQueries;
    float[] rows = packedRows;
    int end = row + depth * ROWS;
    for (int r = row, q = query; r < end; r += ROWS, q += QUERIES) {
      FloatVector row0 = FloatVector.fromArray(SPECIES, rows, r);
      FloatVector row1 = FloatVector.fromArray(SPECIES, rows, r + LANES);
      FloatVector value = FloatVector.broadcast(SPECIES, queries[q]);
      sum00 = value.fma(row0, sum00);
      sum01 = value.fma(row1, sum01);
      value = FloatVector.broadcast(SPECIES, queries[q + 1]);
      sum10 = value.fma(row0, sum10);
      sum11 = value.fma(row1, sum11);
      value = FloatVector.broadcast(SPECIES, queries[q + 2]);
      sum20 = value.fma(row0, sum20);
      sum21 = value.fma(row1, sum21);
      value = FloatVector.broadcast(SPECIES, queries[q + 3]);
      sum30 = value.fma(row0, sum30);
      sum31 = value.fma(row1, sum31);
      value = FloatVector.broadcast(SPECIES, queries[q + 4]);
      sum40 = value.fma(row0, sum40);
      sum41 = value.fma(row1, sum41);
      value = FloatVector.broadcast(SPECIES, queries[q + 5]);
      sum50 = value.fma(row0, sum50);
      sum51 = value.fma(row1, sum51);
    }
    add(target, sum00, sum01);
    add(target + ROWS, sum10, sum11);
    add(target + 2 * ROWS, sum20, sum21);
    add(target + 3 * ROWS, sum30, sum31);
    add(target + 4 * ROWS, sum40, sum41);
    add(target + 5 * ROWS, sum50, sum51);
  }

  private void add(int target, FloatVector sum0, FloatVector sum1) {
    FloatVector.fromArray(SPECIES, products, target).add(sum0).intoArray(products, target);
    FloatVector.fromArray(SPECIES, products, target + LANES)
        .add(sum1)
        .intoArray(products, target + LANES);
  }
}
