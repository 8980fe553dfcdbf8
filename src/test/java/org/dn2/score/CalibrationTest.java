package org.dn2.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.commons.math3.distribution.BinomialDistribution;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
  void aSmallCalibrationCannotGiveASmallPValue() {
    assertThat(upTo(4).pValue(99)).isEqualTo(1 / 5.0).isEqualTo(upTo(4).smallestPValue());
    assertThat(upTo(99).smallestPValue()).isEqualTo(0.01);
  }

  @Test
  void theAlarmRateIsThatOfTheRankAndItsBoundThatOfTheBetaLaw() {
    Calibration calibration = upTo(1000);
    double threshold = calibration.threshold(0.99);
    assertThat(threshold).isEqualTo(991);
    assertThat(calibration.alarmRate(threshold)).isCloseTo(10 / 1001.0, within(1e-12));
    // The 95 % point of Beta(10, 991), by scipy.
    assertThat(calibration.alarmRateAtMost(threshold, 0.95)).isCloseTo(0.01564, within(5e-5));
    assertThat(upTo(10).alarmRate(10)).isCloseTo(1 / 11.0, within(1e-12));
    // 1 - 0.05^(1/10), the law of the largest of ten.
    assertThat(upTo(10).alarmRateAtMost(10, 0.95)).isCloseTo(0.258866, within(1e-6));
    assertThat(upTo(10).alarmRate(0)).isEqualTo(1);
    assertThat(upTo(10).alarmRateAtMost(0, 0.95)).isEqualTo(1);
  }

  /** Scores of an exponential law, whose rate above a threshold is known. */
  @ParameterizedTest
  @ValueSource(ints = {20, 100, 1000})
  void theAlarmRateOfIndependentScoresIsAboveItsBoundInOneOfTwentyCases(int size) {
    int repetitions = 4000;
    int above = 0;
    double sum = 0;
    double expected = 0;
    Random random = new Random(size);
    for (int i = 0; i < repetitions; i++) {
      Calibration calibration = Calibration.of(exponential(random, size));
      double threshold = calibration.threshold(0.95);
      double real = Math.exp(-threshold);
      above += real > calibration.alarmRateAtMost(threshold, 0.95) ? 1 : 0;
      sum += real;
      expected = calibration.alarmRate(threshold);
    }
    BinomialDistribution law = new BinomialDistribution(repetitions, 0.05);
    assertThat(above)
        .isBetween(
            law.inverseCumulativeProbability(0.0005), law.inverseCumulativeProbability(0.9995));
    double deviation = Math.sqrt(expected * (1 - expected) / (size + 2) / repetitions);
    assertThat(sum / repetitions).isCloseTo(expected, within(4 * deviation));
  }

  private static double[] exponential(Random random, int size) {
    return IntStream.range(0, size).mapToDouble(i -> -Math.log(1 - random.nextDouble())).toArray();
  }

  /**
   * Scores by nearest neighbors, each image left out once, are not independent; the bound is held
   * to nonetheless.
   */
  @Test
  void theAlarmRateOfScoresByNeighborsIsSeldomAboveItsBound() {
    int repetitions = 300;
    int images = 100;
    int fresh = 3000;
    int above = 0;
    for (int seed = 0; seed < repetitions; seed++) {
      Random random = new Random(seed);
      double[][] normal = normal(random, images);
      double[] leftOut = new double[images];
      for (int i = 0; i < images; i++) {
        leftOut[i] = nearest(normal[i], normal, i);
      }
      Calibration calibration = Calibration.of(leftOut);
      double threshold = calibration.threshold(0.95);
      int alarms = 0;
      for (double[] image : normal(random, fresh)) {
        alarms += nearest(image, normal, -1) > threshold ? 1 : 0;
      }
      above += (double) alarms / fresh > calibration.alarmRateAtMost(threshold, 0.95) ? 1 : 0;
    }
    assertThat(above)
        .isLessThanOrEqualTo(
            new BinomialDistribution(repetitions, 0.05).inverseCumulativeProbability(0.9995));
  }

  private static double[][] normal(Random random, int count) {
    double[][] rows = new double[count][3];
    for (double[] row : rows) {
      Arrays.setAll(row, i -> random.nextGaussian());
    }
    return rows;
  }

  private static double nearest(double[] image, double[][] others, int without) {
    double least = Double.MAX_VALUE;
    for (int i = 0; i < others.length; i++) {
      double sum = 0;
      for (int j = 0; j < image.length; j++) {
        sum += (image[j] - others[i][j]) * (image[j] - others[i][j]);
      }
      least = i == without ? least : Math.min(least, sum);
    }
    return least;
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
