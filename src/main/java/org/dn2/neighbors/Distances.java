package org.dn2.neighbors;

/** Sums over embeddings in double precision, in one fixed order. */
final class Distances {
  private Distances() {}

  /** The sum of squares of {@code length} numbers. */
  static double squaredNorm(float[] values, int offset, int length) {
    double sum = 0;
    for (int i = offset; i < offset + length; i++) {
      sum += (double) values[i] * values[i];
    }
    return sum;
  }

  /**
   * The squared Euclidean distance; exactly 0 for equal vectors. Four sums are carried side by side
   * so that the additions need not wait for each other.
   */
  static double squared(float[] a, int aOffset, float[] b, int bOffset, int length) {
    double sum0 = 0;
    double sum1 = 0;
    double sum2 = 0;
    double sum3 = 0;
    int i = 0;
    for (; i + 4 <= length; i += 4) {
      double difference0 = (double) a[aOffset + i] - b[bOffset + i];
      double difference1 = (double) a[aOffset + i + 1] - b[bOffset + i + 1];
      double difference2 = (double) a[aOffset + i + 2] - b[bOffset + i + 2];
      double difference3 = (double) a[aOffset + i + 3] - b[bOffset + i + 3];
      sum0 += difference0 * difference0;
      sum1 += difference1 * difference1;
      sum2 += difference2 * difference2;
      sum3 += difference3 * difference3;
    }
    for (; i < length; i++) {
      double difference = (double) a[aOffset + i] - b[bOffset + i];
      sum0 += difference * difference;
    }
    return (sum0 + sum1) + (sum2 + sum3);
  }

  /** The sum of absolute differences; exactly 0 for equal vectors. */
  static double manhattan(float[] a, int aOffset, float[] b, int bOffset, int length) {
    double sum = 0;
    for (int i = 0; i < length; i++) {
      sum += Math.abs((double) a[aOffset + i] - b[bOffset + i]);
    }
    return sum;
  }
}
