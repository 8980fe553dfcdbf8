package org.dn2.neighbors;

/** Squared Euclidean distances as |q|² - 2qf + |f|², the inner products by one matrix product. */
final class ProductDistances implements BlockDistances {
  private final ReferenceRows reference;
  private final double factor;
  private final double largestSquaredNorm;
  private final MatrixProduct product;
  private final float[] halfSquaredNorms = new float[MatrixProduct.MOST_ROWS];
  private double[] squaredNorms = new double[0];
  private int firstRow;
  private int rows;

  /**
   * @param factor on every squared distance
   */
  ProductDistances(ReferenceRows reference, double factor) {
    VectorModule.require();
    this.reference = reference;
    this.factor = factor;
    this.product = new MatrixProduct(reference.dimension());
    double largest = 0;
    for (int row = 0; row < reference.rowCount(); row++) {
      largest = Math.max(largest, reference.squaredNorm(row));
    }
    this.largestSquaredNorm = largest;
  }

  @Override
  public void take(float[] queries, int first, int count) {
    product.take(queries, first, count);
    int dimension = reference.dimension();
    squaredNorms = new double[count];
    for (int query = 0; query < count; query++) {
      squaredNorms[query] = Distances.squaredNorm(queries, (first + query) * dimension, dimension);
    }
  }

  @Override
  public void compare(int chunk, int start, int rowCount) {
    product.multiply(reference.chunk(chunk), start, rowCount);
    firstRow = reference.firstRowOf(chunk) + start;
    rows = rowCount;
    for (int row = 0; row < rowCount; row++) {
      halfSquaredNorms[row] = (float) (reference.squaredNorm(firstRow + row) / 2);
    }
  }

  @Override
  public double distance(int query, int row) {
    return factor
        * (squaredNorms[query]
            - 2.0 * product.product(query, row)
            + reference.squaredNorm(firstRow + row));
  }

  /** Panel by panel of rows, which is how the products lie in memory. */
  @Override
  public void offer(NearestRows[] candidates, int[] excludedRows) {
    float[] reaches = new float[candidates.length];
    for (int query = 0; query < candidates.length; query++) {
      reaches[query] = reach(query, candidates[query].bound());
    }
    for (int start = 0; start < rows; start += MatrixProduct.ROWS) {
      int end = Math.min(start + MatrixProduct.ROWS, rows);
      for (int query = 0; query < candidates.length; query++) {
        int row = product.next(query, start, end, halfSquaredNorms, reaches[query]);
        while (row < end) {
          if (firstRow + row != excludedRows[query]) {
            candidates[query].offer(distance(query, row), firstRow + row);
            reaches[query] = reach(query, candidates[query].bound());
          }
          row = product.next(query, row + 1, end, halfSquaredNorms, reaches[query]);
        }
      }
    }
  }

  /**
   * A row is within the bound, |q|² - 2qf + |f|², only if qf is half of |f|² less this or more;
   * rounded so that none within the bound is passed over.
   */
  private float reach(int query, double bound) {
    double reach = (bound / factor - squaredNorms[query]) / 2;
    return (float) (reach + 0x1p-22 * (Math.abs(reach) + largestSquaredNorm));
  }

  /**
   * The inner product of n terms in single precision errs by at most n u |q||f| (1 + n u), whatever
   * the order of summation; where single precision might not hold it, by infinity.
   */
  @Override
  public double error(int query, double distance) {
    double norms = Math.sqrt(squaredNorms[query]) * Math.sqrt(largestSquaredNorm);
    if (Math.max(norms, largestSquaredNorm) > Float.MAX_VALUE / 4) {
      return Double.POSITIVE_INFINITY;
    }
    double roundings = reference.dimension() * 0x1p-24;
    return factor * 4 * roundings / (1 - roundings) * norms;
  }
}
