package org.dn2.group;

import java.util.List;

/** How much the images of a group differ from each other. */
public final class Spread {
  private Spread() {}

  /**
   * The trace of the covariance matrix of a group's embeddings: the sum over all dimensions of
   * their variance, divided by {@code size - 1} so that groups of different sizes compare (section
   * 4.5). Higher is more anomalous where normal groups are of one kind.
   *
   * @param embeddings {@code float[size][dimension]}, 1 or more
   * @return 0 or more; 0 for a group of one, which shows no spread
   */
  public static double covarianceTrace(List<float[]> embeddings) {
    int size = embeddings.size();
    if (size == 1) {
      return 0;
    }
    double trace = 0;
    for (int i = 0; i < embeddings.get(0).length; i++) {
      double sum = 0;
      for (float[] embedding : embeddings) {
        sum += embedding[i];
      }
      double mean = sum / size;
      for (float[] embedding : embeddings) {
        trace += (embedding[i] - mean) * (embedding[i] - mean);
      }
    }
    return trace / (size - 1);
  }
}
