package org.dn2.model;

import java.util.Set;

/** Published weights, read a tensor at a time. */
interface Weights {
  /** The names of all tensors. */
  Set<String> names();

  /**
   * Reads a tensor.
   *
   * @throws org.dn2.table.UserDataException if it is missing, damaged or not finite
   */
  WeightTensor tensor(String name);

  /**
   * A tensor's shape, without reading its numbers.
   *
   * @throws org.dn2.table.UserDataException if it is missing
   */
  int[] shape(String name);
}
