package org.dn2.search;

import org.dn2.neighbors.Distance;
import org.dn2.table.UserDataException;

/**
 * Which neighbors an image is given.
 *
 * @param dimension of the embeddings
 * @param distance by which they are near
 * @param k how many nearest ones, 1 or more
 */
public record Neighborhood(int dimension, Distance distance, int k) {
  public Neighborhood {
    if (k < 1) {
      throw new UserDataException("k is " + k + "; it must be 1 or more.");
    }
  }
}
