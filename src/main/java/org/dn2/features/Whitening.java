package org.dn2.features;

import dev.ludovic.netlib.blas.BLAS;
import dev.ludovic.netlib.blas.JavaBLAS;
import java.io.Serializable;
import org.dn2.table.UserDataException;

/**
 * Principal directions of the training images, each brought to about unit variance: {@code y_i =
 * v_i . (x - mean) / sqrt(variance_i + ridge * variance_0)}. The ridge keeps directions of little
 * variance, which are mostly noise, from counting as much as the others.
 *
 * @param mean of the training images, {@code double[dimension]}
 * @param variances along the directions, {@code double[directions]}, descending, 0 or more
 * @param directions {@code double[directions][dimension]}, row-major, orthonormal
 * @param ridge as a fraction of the largest variance, above 0
 */
public record Whitening(double[] mean, double[] variances, double[] directions, double ridge)
    implements Serializable {
  /** Not the machine's own library: the same numbers on every machine. */
  private static final BLAS PORTABLE = JavaBLAS.getInstance();

  public Whitening {
    if (mean.length * variances.length != directions.length) {
      throw new IllegalArgumentException(
          "%d directions of %d numbers have %d numbers"
              .formatted(variances.length, mean.length, directions.length));
    }
    if (!(ridge > 0)) {
      throw new IllegalArgumentException("the ridge is " + ridge + ", it must be above 0");
    }
  }

  /** How many numbers an image has afterwards. */
  public int outputDimension() {
    return variances.length;
  }

  /**
   * The whitened numbers.
   *
   * @param features {@code float[dimension]}, not changed
   * @return {@code float[directions]}
   * @throws UserDataException if the embedding has another dimension
   */
  public float[] of(float[] features) {
    int dimension = mean.length;
    if (features.length != dimension) {
      throw new UserDataException(
          "An embedding has %d numbers, those that the whitening was learned from have %d. Embed the images with the detector's model."
              .formatted(features.length, dimension));
    }
    double[] centered = new double[dimension];
    for (int i = 0; i < dimension; i++) {
      centered[i] = features[i] - mean[i];
    }
    double[] projected = new double[variances.length];
    // Column-major for BLAS: the directions are its columns.
    PORTABLE.dgemv(
        "T", dimension, projected.length, 1, directions, dimension, centered, 1, 0, projected, 1);
    float[] whitened = new float[projected.length];
    for (int i = 0; i < whitened.length; i++) {
      whitened[i] = (float) (projected[i] / Math.sqrt(variances[i] + ridge * variances[0]));
    }
    return whitened;
  }
}
