package org.dn2.search;

import java.io.Serializable;
import java.util.Arrays;

/**
 * The nearest reference images of one image.
 *
 * @param ids {@code String[k]}, nearest first; images at the same distance in the order of ids
 * @param distances {@code double[k]}, ascending
 */
record NearestImages(String[] ids, double[] distances) implements Serializable {
  /** Of a part without a row. */
  static final NearestImages NONE = new NearestImages(new String[0], new double[0]);

  /** The k nearest of two parts of a reference set; an image that is in both counts once. */
  static NearestImages merge(NearestImages a, NearestImages b, int k) {
    int most = Math.min(k, a.ids.length + b.ids.length);
    String[] ids = new String[most];
    double[] distances = new double[most];
    int size = 0;
    int nextOfA = 0;
    int nextOfB = 0;
    while (size < most && (nextOfA < a.ids.length || nextOfB < b.ids.length)) {
      boolean takeA =
          nextOfB == b.ids.length || (nextOfA < a.ids.length && a.isBefore(nextOfA, b, nextOfB));
      String id = takeA ? a.ids[nextOfA] : b.ids[nextOfB];
      double distance = takeA ? a.distances[nextOfA++] : b.distances[nextOfB++];
      // The same image is as far away in both, so the two are side by side.
      if (size == 0 || !ids[size - 1].equals(id)) {
        ids[size] = id;
        distances[size++] = distance;
      }
    }
    return new NearestImages(Arrays.copyOf(ids, size), Arrays.copyOf(distances, size));
  }

  private boolean isBefore(int place, NearestImages other, int otherPlace) {
    int order = Double.compare(distances[place], other.distances[otherPlace]);
    return order < 0 || (order == 0 && ids[place].compareTo(other.ids[otherPlace]) < 0);
  }
}
