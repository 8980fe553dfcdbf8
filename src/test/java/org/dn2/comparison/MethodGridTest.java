package org.dn2.comparison;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.dn2.features.FeatureMap;
import org.dn2.neighbors.Distance;
import org.dn2.table.UserDataException;
import org.junit.jupiter.api.Test;

class MethodGridTest {
  private static final List<Distance> BOTH = List.of(Distance.COSINE, Distance.SQUARED_EUCLIDEAN);

  private static List<ComparedMethod> methods(MethodGrid grid) {
    List<ComparedMethod> methods = new ArrayList<>();
    for (FeatureMap map : grid.features()) {
      for (Distance distance : grid.distances(map)) {
        grid.neighbors().forEach(k -> methods.add(new ComparedMethod("a", "m", map, distance, k)));
      }
    }
    return methods;
  }

  @Test
  void cosineIsLeftOutWhereUnitLengthIsComparedByTheSquaredDistance() {
    MethodGrid grid =
        new MethodGrid(List.of(FeatureMap.L2, FeatureMap.NONE, FeatureMap.ROOT), BOTH, List.of(2));
    assertThat(grid.distances(FeatureMap.L2)).containsExactly(Distance.SQUARED_EUCLIDEAN);
    assertThat(grid.distances(FeatureMap.NONE)).containsExactly(Distance.SQUARED_EUCLIDEAN);
    assertThat(grid.distances(FeatureMap.ROOT)).isEqualTo(BOTH);
  }

  @Test
  void allAreComparedWithTheDefaultAsFarAsItIsThere() {
    MethodGrid grid =
        new MethodGrid(List.of(FeatureMap.NONE, FeatureMap.ROOT), BOTH, List.of(5, 2));
    List<ComparedMethod> methods = methods(grid);
    assertThat(methods.get(grid.usual(FeatureMap.ROOT, methods)))
        .isEqualTo(new ComparedMethod("a", "m", FeatureMap.ROOT, Distance.SQUARED_EUCLIDEAN, 2));
    assertThat(methods.get(grid.usual(FeatureMap.LOG_L2, methods)).features())
        .isEqualTo(FeatureMap.NONE);

    MethodGrid other = new MethodGrid(List.of(), List.of(Distance.MANHATTAN), List.of(7, 7, 9));
    List<ComparedMethod> others = methods(other);
    assertThat(others).hasSize(FeatureMap.values().length * 2);
    assertThat(others.get(other.usual(FeatureMap.LOG_L2, others)))
        .isEqualTo(new ComparedMethod("a", "m", FeatureMap.LOG_L2, Distance.MANHATTAN, 7));
  }

  @Test
  void kIsOneOrMore() {
    assertThatThrownBy(() -> new MethodGrid(List.of(), BOTH, List.of(2, 0)))
        .isInstanceOf(UserDataException.class)
        .hasMessage("k is 0; it must be 1 or more.");
  }
}
