package org.dn2.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CalibrationTest {
  private static Calibration upTo(int size) {
    return Calibration.of(
        IntStream.rangeClosed(1, size).mapToDouble(score -> size + 1 - score).toArray());
  }

  @Test
  void aScoreIsTheMeanOfItsSquaredDistances() {
    assertThat(AnomalyScore.of(new double[] {1, 4, 7})).isEqualTo(4);
    assertThat(AnomalyScore.of(new double[] {2.5})).isEqualTo(2.5);
  }

  @Test
  void theThresholdIsTheOrderStatisticOfTheCorrectedQuantile() {
    assertThat(upTo(9).threshold(0.5)).isEqualTo(5);
    assertThat(upTo(9).threshold(0.85)).isEqualTo(9);
    assertThat(upTo(99).threshold(0.99)).isEqualTo(99);
    assertThat(upTo(199).threshold(0.99)).isEqualTo(198);
    assertThat(upTo(10).threshold(0.01)).isEqualTo(1);
  }

  @Test
  void tooFewScoresGiveTheLargestAndTheNumberNeededIsKnown() {
    assertThat(upTo(10).threshold(0.99)).isEqualTo(10);
    assertThat(Calibration.smallestSampleFor(0.99)).isEqualTo(99);
    assertThat(Calibration.smallestSampleFor(0.5)).isEqualTo(1);
    assertThat(Calibration.smallestSampleFor(0.95)).isEqualTo(19);
  }

  @Test
  void aPValueCountsTheScoresAtOrAboveIt() {
    Calibration calibration = Calibration.of(new double[] {3, 1, 2, 2});
    assertThat(calibration.pValue(0)).isEqualTo(1);
    assertThat(calibration.pValue(1)).isEqualTo(1);
    assertThat(calibration.pValue(2)).isEqualTo(4 / 5.0);
    assertThat(calibration.pValue(2.5)).isEqualTo(2 / 5.0);
    assertThat(calibration.pValue(4)).isEqualTo(1 / 5.0);
  }

  @Test
  void badQuantilesAreNamed() {
    for (double quantile : new double[] {0, 1, -1, 2, Double.NaN}) {
      assertThatThrownBy(() -> upTo(3).threshold(quantile))
          .hasMessage(
              "The threshold's quantile is " + quantile + "; it must be above 0 and below 1.");
    }
  }
}
