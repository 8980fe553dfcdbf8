package org.dn2.score;

/** The score of one image. */
public final class AnomalyScore {
  private AnomalyScore() {}

  /**
   * The mean of the squared distances to the k nearest reference embeddings: equation 2. Section
   * 5.1 speaks of their sum, which ranks images the same way. Higher is more anomalous.
   *
   * @param squaredDistances {@code double[k]}, k of 1 or more
   * @return 0 or more
   */
  public static double of(double[] squaredDistances) {
    double sum = 0;
    for (double squaredDistance : squaredDistances) {
      sum += squaredDistance;
    }
    return sum / squaredDistances.length;
  }
}
