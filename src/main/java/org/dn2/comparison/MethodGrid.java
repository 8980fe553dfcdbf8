package org.dn2.comparison;

import java.util.List;
import org.dn2.features.FeatureMap;
import org.dn2.neighbors.Distance;
import org.dn2.table.UserDataException;

/**
 * The methods that are compared: each map with each distance and each k.
 *
 * @param features maps to compare; empty for all
 * @param neighbors values of k, 1 or more
 */
public record MethodGrid(
    List<FeatureMap> features, List<Distance> distances, List<Integer> neighbors) {
  private static final int USUAL_K = 2;

  public MethodGrid {
    for (int k : neighbors) {
      if (k < 1) {
        throw new UserDataException("k is " + k + "; it must be 1 or more.");
      }
    }
    features =
        features.isEmpty() ? List.of(FeatureMap.values()) : features.stream().distinct().toList();
    distances = distances.stream().distinct().toList();
    neighbors = neighbors.stream().distinct().toList();
  }

  int mostNeighbors() {
    return neighbors.stream().mapToInt(Integer::intValue).max().orElseThrow();
  }

  /**
   * The distances that are worth a search: the cosine one ranks as the squared Euclidean one at
   * unit length, and is left out where that is compared too.
   */
  List<Distance> distances(FeatureMap map) {
    boolean isTwice =
        features.contains(map.atUnitLength()) && distances.contains(Distance.SQUARED_EUCLIDEAN);
    return distances.stream()
        .filter(distance -> !(isTwice && distance == Distance.COSINE))
        .toList();
  }

  /**
   * The place of the method that all are compared with: the first embeddings' default, or nearly.
   *
   * @param suited the map that their backbone's description names
   * @param methods the grid's, on the first embeddings and then on others
   */
  int usual(FeatureMap suited, List<ComparedMethod> methods) {
    FeatureMap map = preferred(features, suited);
    Distance distance = preferred(distances(map), Distance.SQUARED_EUCLIDEAN);
    int k = preferred(neighbors, USUAL_K);
    for (int i = 0; i < methods.size(); i++) {
      ComparedMethod method = methods.get(i);
      if (method.features() == map && method.distance() == distance && method.k() == k) {
        return i;
      }
    }
    throw new AssertionError("the grid names it");
  }

  private static <T> T preferred(List<T> given, T usual) {
    return given.contains(usual) ? usual : given.get(0);
  }
}
