package org.dn2.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.dn2.table.UserDataException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FeatureMapTest {
  private static final float[] EXAMPLE = {0, 9, 16};

  @Test
  void handWorkedNumbers() {
    assertThat(FeatureMap.NONE.of(EXAMPLE)).isSameAs(EXAMPLE);
    assertThat(FeatureMap.ROOT.of(EXAMPLE)).containsExactly(0, 3, 4);
    assertThat(FeatureMap.ROOT_L2.of(EXAMPLE)).containsExactly(0, 0.6f, 0.8f);
    assertThat(FeatureMap.L2.of(new float[] {3, 0, -4})).containsExactly(0.6f, 0, -0.8f);
    double nine = Math.log(10);
    double sixteen = Math.log(17);
    double length = Math.hypot(nine, sixteen);
    assertThat(FeatureMap.LOG_L2.of(EXAMPLE))
        .containsExactly(0, (float) (nine / length), (float) (sixteen / length));
    assertThat(EXAMPLE).as("not changed").containsExactly(0, 9, 16);
  }

  @ParameterizedTest
  @EnumSource
  void numbersBelowZeroKeepTheirSign(FeatureMap map) {
    float[] mapped = map.of(new float[] {-9, 16, -1});
    float[] mirrored = map.of(new float[] {9, -16, 1});
    for (int i = 0; i < mapped.length; i++) {
      assertThat(mapped[i]).isEqualTo(-mirrored[i]);
    }
    assertThat(mapped[0]).isNegative();
    assertThat(mapped[1]).isPositive();
  }

  @ParameterizedTest
  @EnumSource
  void anImageOfZerosStaysAsItIs(FeatureMap map) {
    assertThat(map.of(new float[4])).containsExactly(0, 0, 0, 0);
  }

  @ParameterizedTest
  @EnumSource
  void whatIsSaidToHaveUnitLengthHasIt(FeatureMap map) {
    Random random = new Random(1);
    for (int repeat = 0; repeat < 20; repeat++) {
      double squares = 0;
      for (float value : map.of(randomRow(random, 2048))) {
        assertThat(value).isFinite();
        squares += (double) value * value;
      }
      if (map.isUnitLength()) {
        assertThat(squares).isCloseTo(1, within(1e-6));
      } else {
        assertThat(squares).isGreaterThan(10);
      }
    }
  }

  @Test
  void brighterImagesHaveTheSameRootsAtUnitLength() {
    float[] row = randomRow(new Random(2), 50);
    float[] four = row.clone();
    for (int i = 0; i < four.length; i++) {
      four[i] *= 4;
    }
    assertThat(FeatureMap.ROOT_L2.of(four)).isEqualTo(FeatureMap.ROOT_L2.of(row));
    assertThat(FeatureMap.LOG_L2.of(four)).isNotEqualTo(FeatureMap.LOG_L2.of(row));
  }

  @Test
  void largeAndSmallNumbersOverflowNothing() {
    for (FeatureMap map : FeatureMap.values()) {
      for (float value : map.of(new float[] {Float.MAX_VALUE, Float.MIN_VALUE, Float.MAX_VALUE})) {
        assertThat(value).isFinite();
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void atUnitLengthIsTheMapAndThenUnitLength(FeatureMap map) {
    float[] row = randomRow(new Random(5), 30);
    float[] expected = FeatureMap.L2.of(map.of(row));
    float[] mapped = map.atUnitLength().of(row);
    for (int i = 0; i < expected.length; i++) {
      assertThat(mapped[i]).isCloseTo(expected[i], within(1e-6f));
    }
  }

  @Test
  void namesAreThoseOfTheCommandLine() {
    for (FeatureMap map : FeatureMap.values()) {
      assertThat(FeatureMap.named(map.id())).isEqualTo(map);
    }
    assertThat(FeatureMap.named("Root_L2")).isEqualTo(FeatureMap.ROOT_L2);
    assertThatThrownBy(() -> FeatureMap.named("cube"))
        .isInstanceOf(UserDataException.class)
        .hasMessage("There is no feature map cube; there are none, l2, root, root-l2, log-l2.");
  }

  private static float[] randomRow(Random random, int dimension) {
    float[] row = new float[dimension];
    for (int i = 0; i < dimension; i++) {
      row[i] = (float) Math.exp(random.nextGaussian());
    }
    return row;
  }
}
