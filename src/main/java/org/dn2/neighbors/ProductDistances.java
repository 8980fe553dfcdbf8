package org.dn2.neighbors;

import dev.ludovic.netlib.blas.BLAS;

/** Squared Euclidean distances as |q|² - 2qf + |f|², the inner products by one matrix product. */
final class ProductDistances implements BlockDistances {
  private final ReferenceRows reference;
  private final double factor;
  private final double largestSquaredNorm;
  private final BLAS blas = BLAS.getInstance();
  private float[] products = new float[0];

  /**
   * @param factor on every squared distance
   */
  ProductDistances(ReferenceRows reference, double factor) {
    this.reference = reference;
    this.factor = factor;
    double largest = 0;
    for (int row = 0; row < reference.rowCount(); row++) {
      largest = Math.max(largest, reference.squaredNorm(row));
    }
    this.largestSquaredNorm = largest;
  }

  @Override
  public void fill(float[] queries, int first, int count, RowBlock block, double[] distances) {
    multiply(queries, first, count, block);
    int dimension = reference.dimension();
    int firstRow = reference.firstRowOf(block.chunk()) + block.start();
    for (int query = 0; query < count; query++) {
      double norm = Distances.squaredNorm(queries, (first + query) * dimension, dimension);
      int offset = query * block.rows();
      for (int row = 0; row < block.rows(); row++) {
        distances[offset + row] =
            factor * (norm - 2.0 * products[offset + row] + reference.squaredNorm(firstRow + row));
      }
    }
  }

  private void multiply(float[] queries, int first, int count, RowBlock block) {
    int dimension = reference.dimension();
    if (products.length < count * block.rows()) {
      products = new float[count * block.rows()];
    }
    // Row-major matrices read as column-major ones are transposed: rows x queriesᵀ.
    blas.sgemm(
        "T",
        "N",
        block.rows(),
        count,
        dimension,
        1f,
        reference.chunk(block.chunk()),
        block.start() * dimension,
        dimension,
        queries,
        first * dimension,
        dimension,
        0f,
        products,
        0,
        block.rows());
  }

  /**
   * The inner product of n terms in single precision errs by at most n u |q||f| (1 + n u), whatever
   * the order of summation.
   */
  @Override
  public double error(float[] queries, int queryOffset, double distance) {
    double roundings = reference.dimension() * 0x1p-24;
    double squaredNorm = Distances.squaredNorm(queries, queryOffset, reference.dimension());
    return factor * 4 * roundings / (1 - roundings) * Math.sqrt(squaredNorm * largestSquaredNorm);
  }
}
