package org.dn2.neighbors;

/** Squared Euclidean distances as |q|² - 2qf + |f|², the inner products by one matrix product. */
final class ProductDistances implements BlockDistances {
  private final ReferenceRows reference;
  private final double factor;
  private final double largestSquaredNorm;
  private final MatrixProduct product;
  private final float[] products = new float[MatrixProduct.MOST_ROWS];
  private double[] squaredNorms = new double[0];
  private int firstRow;
  private int rows;

  /**
   * @param factor on every squared distance
   */
  ProductDistances(ReferenceRows reference, double factor) {
    if (ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty()) {
      throw new IllegalStateException(
          "Java was started without its vector module. Start it with"
              + " --add-modules=jdk.incubator.vector, as Spark's own scripts do.");
    }
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
  }

  @Override
  public void distances(int query, double[] distances) {
    double squaredNorm = squaredNorms[query];
    product.products(query, products);
    for (int row = 0; row < rows; row++) {
      distances[row] =
          factor * (squaredNorm - 2.0 * products[row] + reference.squaredNorm(firstRow + row));
    }
  }

  /**
   * The inner product of n terms in single precision errs by at most n u |q||f| (1 + n u), whatever
   * the order of summation.
   */
  @Override
  public double error(int query, double distance) {
    double roundings = reference.dimension() * 0x1p-24;
    return factor
        * 4
        * roundings
        / (1 - roundings)
        * Math.sqrt(squaredNorms[query] * largestSquaredNorm);
  }
}
