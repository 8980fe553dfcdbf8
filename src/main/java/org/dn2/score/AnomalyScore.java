package org.dn2.score;

/** The score of one image. */
public final class AnomalyScore {
  private AnomalyScore() {}

  /**
   * The mean of the distances to the k nearest reference embeddings; with squared Euclidean ones,
   * equation 2. Section 5.1 speaks of their sum, which ranks images the same way. Higher is more
   * anomalous.
   *
   * @param distances {@code double[k]}, k of 1 or more
   * @return 0 or more
   */
  public static double of(double[] distances) {
    double sum = 0;
    for (double distance : distances) {
      sum += distance;
    }
    return sum / distances.length;
  }
}
