package org.dn2.search;

import java.io.Serializable;

/**
 * The nearest reference images of one image.
 *
 * @param ids {@code String[k]}, nearest first; images at the same distance in the order of ids
 * @param distances {@code double[k]}, ascending
 */
record NearestImages(String[] ids, double[] distances) implements Serializable {

  /** The k nearest of two disjoint parts of a reference set. */
  static NearestImages merge(NearestImages a, NearestImages b, int k) {
    int size = Math.min(k, a.ids.length + b.ids.length);
    String[] ids = new String[size];
    double[] distances = new double[size];
    int nextOfA = 0;
    int nextOfB = 0;
    for (int i = 0; i < size; i++) {
      boolean takeA =
          nextOfB == b.ids.length || (nextOfA < a.ids.length && a.isBefore(nextOfA, b, nextOfB));
      ids[i] = takeA ? a.ids[nextOfA] : b.ids[nextOfB];
      distances[i] = takeA ? a.distances[nextOfA++] : b.distances[nextOfB++];
    }
    return new NearestImages(ids, distances);
  }

  private boolean isBefore(int place, NearestImages other, int otherPlace) {
    int order = Double.compare(distances[place], other.distances[otherPlace]);
    return order < 0 || (order == 0 && ids[place].compareTo(other.ids[otherPlace]) < 0);
  }
}
