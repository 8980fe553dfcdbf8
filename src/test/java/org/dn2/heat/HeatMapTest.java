package org.dn2.heat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HeatMapTest {
  private static final long SEED = 20021;

  private static StageMap random(Random random, int height, int width, int channels) {
    float[] values = new float[height * width * channels];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) Math.abs(random.nextGaussian());
    }
    return new StageMap(height, width, channels, values);
  }

  private static LocalFeatures features(int height, int width, float... values) {
    return new LocalFeatures(new StageMap(height, width, values.length / (height * width), values));
  }

  @Test
  void aMapIsResizedBetweenTheCentersOfItsPositions() {
    StageMap map = new StageMap(1, 2, 1, new float[] {0, 4});
    assertThat(map.resized(1, 4).values()).containsExactly(0, 1, 3, 4);
    assertThat(map.resized(2, 2).values()).containsExactly(0, 4, 0, 4);
    assertThat(map.resized(1, 2).values()).containsExactly(0, 4);
  }

  @Test
  void theStagesStandSideBySideOnTheFinerGridAndGiveHalfEach() {
    LocalFeatures joined =
        LocalFeatures.of(
            new StageMap(1, 2, 1, new float[] {3, 3}),
            new StageMap(1, 1, 2, new float[] {300, 400}));
    float half = (float) Math.sqrt(0.5);
    assertThat(joined.map().channels()).isEqualTo(3);
    assertThat(joined.map().values())
        .containsExactly(
            new float[] {half, 0.6f * half, 0.8f * half, half, 0.6f * half, 0.8f * half},
            within(1e-6f));
  }

  @Test
  void aStageOfZerosStaysOne() {
    LocalFeatures joined =
        LocalFeatures.of(
            new StageMap(1, 1, 1, new float[1]), new StageMap(1, 1, 1, new float[] {2}));
    assertThat(joined.map().values()).containsExactly(0, (float) Math.sqrt(0.5));
  }

  @Test
  void aPlaceIsAsFarAsTheNearestPlaceOfAnyNormalImage() {
    LocalFeatures image = features(1, 3, 0, 0, 3, 0, 0, 5);
    LocalFeatures one = features(1, 1, 1, 0);
    LocalFeatures other = features(2, 1, 3, 1, 0, 3);
    assertThat(HeatMap.of(image, List.of(one)).squaredDistances()).containsExactly(1, 4, 26);
    assertThat(HeatMap.of(image, List.of(one, other)).squaredDistances()).containsExactly(1, 1, 4);
  }

  @Test
  void anImageIsAtZeroFromItselfAndNoFartherFromMoreNormalOnes() {
    System.out.println("seed " + SEED);
    Random random = new Random(SEED);
    for (int round = 0; round < 10; round++) {
      LocalFeatures image = LocalFeatures.of(random(random, 6, 5, 7), random(random, 3, 3, 9));
      LocalFeatures one = LocalFeatures.of(random(random, 6, 5, 7), random(random, 3, 3, 9));
      LocalFeatures other = LocalFeatures.of(random(random, 4, 4, 7), random(random, 2, 2, 9));
      assertThat(HeatMap.of(image, List.of(other, image)).squaredDistances()).containsOnly(0);
      HeatMap by = HeatMap.of(image, List.of(one));
      HeatMap byBoth = HeatMap.of(image, List.of(one, other));
      for (int row = 0; row < 6; row++) {
        for (int column = 0; column < 5; column++) {
          assertThat(byBoth.at(row, column)).isLessThanOrEqualTo(by.at(row, column));
          assertThat(byBoth.at(row, column)).isEqualTo(naive(image, row, column, one, other));
        }
      }
      assertThat(HeatMap.of(image, List.of(other, one)).squaredDistances())
          .isEqualTo(byBoth.squaredDistances());
    }
  }

  private static float naive(LocalFeatures image, int row, int column, LocalFeatures... normals) {
    int channels = image.map().channels();
    int from = (row * image.map().width() + column) * channels;
    double least = Double.MAX_VALUE;
    for (LocalFeatures normal : normals) {
      for (int place = 0; place < normal.map().positions(); place++) {
        double squares = 0;
        for (int i = 0; i < channels; i++) {
          double difference =
              (double) image.map().values()[from + i] - normal.map().values()[place * channels + i];
          squares += difference * difference;
        }
        least = Math.min(least, squares);
      }
    }
    return (float) least;
  }

  @Test
  void smoothingKeepsAnEvenMapEvenAndASpotInItsPlace() {
    float[] even = new float[9];
    Arrays.fill(even, 2);
    assertThat(new HeatMap(3, 3, even).smooth(50, 40).squaredDistances())
        .containsOnly(2f)
        .hasSize(2000);
    float[] spot = new float[28 * 28];
    spot[5 * 28 + 20] = 1;
    HeatMap smooth = new HeatMap(28, 28, spot).smooth(224, 224);
    assertThat(smooth.at(44, 164)).isGreaterThan(0.2f);
    for (float value : smooth.squaredDistances()) {
      assertThat(value).isLessThanOrEqualTo(smooth.at(44, 164) + 1e-3f);
    }
    assertThat(smooth.at(44, 100)).isZero();
  }

  @Test
  void theScaleIsOfNormalImagesAlone() {
    float[] values = new float[200];
    for (int i = 0; i < values.length; i++) {
      values[i] = i + 1;
    }
    HeatScale scale =
        HeatScale.of(
            List.of(
                new HeatMap(10, 10, Arrays.copyOfRange(values, 100, 200)),
                new HeatMap(5, 20, Arrays.copyOfRange(values, 0, 100))));
    assertThat(scale).isEqualTo(new HeatScale(198, 396));
    assertThat(scale.heat(0)).isZero();
    assertThat(scale.heat(198)).isZero();
    assertThat(scale.heat(297)).isEqualTo(0.5);
    assertThat(scale.heat(396)).isEqualTo(1);
    assertThat(scale.heat(1e9)).isEqualTo(1);
  }

  @Test
  void copiesOfOneNormalImageStillGiveAScale() {
    HeatScale scale = HeatScale.of(List.of(new HeatMap(1, 2, new float[2])));
    assertThat(scale.heat(0)).isZero();
    assertThat(scale.heat(0.001)).isEqualTo(1);
  }

  @Test
  void refusesNumbersThatAreNoMap() {
    assertThatThrownBy(() -> new StageMap(2, 2, 3, new float[11]))
        .hasMessageContaining("2 x 2 positions with 3 channels");
    assertThatThrownBy(() -> new HeatMap(2, 2, new float[5])).hasMessageContaining("not 5");
    assertThatThrownBy(() -> new HeatScale(2, 2)).hasMessageContaining("must ascend");
  }
}
