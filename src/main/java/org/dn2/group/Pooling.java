package org.dn2.group;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.dn2.table.UserDataException;

/**
 * How the embeddings of a group become one. Mean and maximum do not depend on the images' order
 * (section 3.3) and take groups of any size; a group of one is its image.
 */
public enum Pooling {
  /** The mean of every dimension: the paper's. */
  MEAN,
  /** The maximum of every dimension. */
  MAX,
  /**
   * One embedding after the other, by image id: the paper's baseline, which knows an order. All
   * groups must have the same size.
   */
  CONCATENATE;

  /** The pooling of the given name, such as {@code mean}; case does not matter. */
  public static Pooling named(String name) {
    for (Pooling pooling : values()) {
      if (pooling.id().equals(name.toLowerCase(Locale.ROOT))) {
        return pooling;
      }
    }
    throw new UserDataException(
        "There is no pooling %s; there are %s."
            .formatted(
                name, Arrays.stream(values()).map(Pooling::id).collect(Collectors.joining(", "))));
  }

  /** The name in files and on the command line. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The group's embedding.
   *
   * @param embeddings {@code float[size][dimension]}, 1 or more, in the order of image ids; means
   *     are summed in double in that order
   * @return {@code float[dimension]}, or {@code float[size * dimension]} for {@link #CONCATENATE}
   */
  public float[] pool(List<float[]> embeddings) {
    return switch (this) {
      case MEAN -> mean(embeddings);
      case MAX -> max(embeddings);
      case CONCATENATE -> concatenate(embeddings);
    };
  }

  private static float[] mean(List<float[]> embeddings) {
    double[] sums = new double[embeddings.get(0).length];
    for (float[] embedding : embeddings) {
      for (int i = 0; i < sums.length; i++) {
        sums[i] += embedding[i];
      }
    }
    float[] mean = new float[sums.length];
    for (int i = 0; i < mean.length; i++) {
      mean[i] = (float) (sums[i] / embeddings.size());
    }
    return mean;
  }

  private static float[] max(List<float[]> embeddings) {
    float[] largest = embeddings.get(0).clone();
    for (float[] embedding : embeddings) {
      for (int i = 0; i < largest.length; i++) {
        largest[i] = Math.max(largest[i], embedding[i]);
      }
    }
    return largest;
  }

  private static float[] concatenate(List<float[]> embeddings) {
    int dimension = embeddings.get(0).length;
    float[] all = new float[Math.multiplyExact(embeddings.size(), dimension)];
    for (int i = 0; i < embeddings.size(); i++) {
      System.arraycopy(embeddings.get(i), 0, all, i * dimension, dimension);
    }
    return all;
  }
}
