package org.dn2.model;

import java.util.Arrays;
import org.dn2.table.UserDataException;

/**
 * A named tensor of published weights.
 *
 * @param values row-major
 */
record WeightTensor(String name, int[] shape, float[] values) {

  /**
   * How many numbers a shape holds.
   *
   * @throws UserDataException if it has a negative side, or holds more than 2 GiB of single numbers
   */
  static int count(String name, int[] shape) {
    long count = 1;
    for (int size : shape) {
      count = size < 0 ? -1 : count * size;
      if (count < 0 || count > Integer.MAX_VALUE / Float.BYTES) {
        throw new UserDataException(
            "The tensor %s cannot have the shape %s: the file is damaged. Get it again."
                .formatted(name, Arrays.toString(shape)));
      }
    }
    return (int) count;
  }

  /** This tensor, if it has the given shape. */
  WeightTensor requireShape(int... expected) {
    if (!Arrays.equals(shape, expected)) {
      throw new UserDataException(
          "The tensor %s has the shape %s, this network needs %s. Are the weights of another network?"
              .formatted(name, Arrays.toString(shape), Arrays.toString(expected)));
    }
    return this;
  }

  /** This tensor, if all its numbers are finite. */
  WeightTensor requireFinite() {
    for (float value : values) {
      if (!Float.isFinite(value)) {
        throw new UserDataException(
            "The tensor "
                + name
                + " holds NaN or infinity: the weights are damaged. Get the file again.");
      }
    }
    return this;
  }
}
