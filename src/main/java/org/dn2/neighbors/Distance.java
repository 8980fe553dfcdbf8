package org.dn2.neighbors;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.dn2.table.UserDataException;

/** How far apart two embeddings are; each is 0 for equal ones, and higher is farther. */
public enum Distance {
  /** The sum of squared differences: the paper's (section 3.1, equation 2). */
  SQUARED_EUCLIDEAN,
  /**
   * 1 minus the cosine of the angle, 0 to 2: half the squared Euclidean distance of the embeddings
   * at unit length. An embedding of zeros has no direction; it is at 1/2 from all others.
   */
  COSINE,
  /** The sum of absolute differences. */
  MANHATTAN;

  /** The distance of the given name, such as {@code squared_euclidean}; case does not matter. */
  public static Distance named(String name) {
    for (Distance distance : values()) {
      if (distance.id().equals(name.toLowerCase(Locale.ROOT).replace('-', '_'))) {
        return distance;
      }
    }
    throw new UserDataException(
        "There is no distance %s; there are %s."
            .formatted(
                name, Arrays.stream(values()).map(Distance::id).collect(Collectors.joining(", "))));
  }

  /** The name in files and on the command line. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Brings an embedding into the form that is compared; in place. */
  void prepare(float[] values, int offset, int length) {
    if (this != COSINE) {
      return;
    }
    double norm = Math.sqrt(Distances.squaredNorm(values, offset, length));
    if (norm > 0) {
      for (int i = offset; i < offset + length; i++) {
        values[i] = (float) (values[i] / norm);
      }
    }
  }

  /** The distance of two prepared embeddings, summed in double. */
  double between(float[] a, int aOffset, float[] b, int bOffset, int length) {
    return switch (this) {
      case SQUARED_EUCLIDEAN -> Distances.squared(a, aOffset, b, bOffset, length);
      case COSINE -> Distances.squared(a, aOffset, b, bOffset, length) / 2;
      case MANHATTAN -> Distances.manhattan(a, aOffset, b, bOffset, length);
    };
  }

  /** A distance as a length that obeys the triangle inequality, 0 or more. */
  double length(double distance) {
    return switch (this) {
      case SQUARED_EUCLIDEAN -> Math.sqrt(distance);
      case COSINE -> Math.sqrt(2 * distance);
      case MANHATTAN -> distance;
    };
  }

  /** The fast way to many distances at once. */
  BlockDistances blocks(ReferenceRows reference) {
    return switch (this) {
      case SQUARED_EUCLIDEAN -> new ProductDistances(reference, 1);
      case COSINE -> new ProductDistances(reference, 0.5);
      case MANHATTAN -> new ManhattanDistances(reference);
    };
  }
}
