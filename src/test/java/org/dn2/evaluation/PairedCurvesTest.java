package org.dn2.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.apache.commons.math3.distribution.BinomialDistribution;
import org.dn2.table.UserDataException;
import org.junit.jupiter.api.Test;

class PairedCurvesTest {
  private static final int POSITIVES = 60;
  private static final int NEGATIVES = 90;

  private static boolean isAnomalous(int place) {
    return place < POSITIVES;
  }

  /** Two scores that share most of their noise; the first lifts anomalies by more. */
  private static double[][] correlated(Random random, double firstLift, double secondLift) {
    double[][] scores = new double[2][POSITIVES + NEGATIVES];
    for (int i = 0; i < scores[0].length; i++) {
      double common = random.nextGaussian();
      scores[0][i] = common + 0.5 * random.nextGaussian() + (isAnomalous(i) ? firstLift : 0);
      scores[1][i] = common + 0.5 * random.nextGaussian() + (isAnomalous(i) ? secondLift : 0);
    }
    return scores;
  }

  @Test
  void aHandWorkedExample() {
    // Anomalous 3, 2; normal 1, 2: pairs won 3.5 of 4. Placements of anomalies 1, 3/4; of normals
    // 1, 3/4. Each variance 1/32, so the area's is 1/64 + 1/64.
    PairedCurves curves = new PairedCurves(new double[][] {{3, 2, 1, 2}}, place -> place < 2);
    PairedCurves.Estimate area = curves.rocAuc(0);
    assertThat(area.value()).isEqualTo(0.875);
    assertThat(area.low()).isCloseTo(0.875 - 1.959964 * Math.sqrt(1.0 / 32), within(1e-6));
    assertThat(area.high()).isEqualTo(1);
  }

  @Test
  void oneScoresAreaIsThatOfTheEvaluation() {
    double[][] scores = correlated(new Random(1), 1, 0.5);
    PairedCurves curves = new PairedCurves(scores, PairedCurvesTest::isAnomalous);
    for (int i = 0; i < 2; i++) {
      assertThat(curves.rocAuc(i).value())
          .isCloseTo(RocAuc.of(scores[i], PairedCurvesTest::isAnomalous), within(1e-12));
    }
    RankStatistics statistics = new RankStatistics(POSITIVES, NEGATIVES, 0, 0);
    java.util.stream.IntStream.range(0, scores[0].length)
        .boxed()
        .sorted(java.util.Comparator.comparingDouble(place -> -scores[0][place]))
        .forEach(place -> statistics.add(isAnomalous(place) ? 1 : 0, isAnomalous(place) ? 0 : 1));
    LabelMetrics metrics = statistics.metrics(null);
    assertThat(curves.rocAuc(0).low()).isCloseTo(metrics.rocAucLow(), within(1e-9));
    assertThat(curves.rocAuc(0).high()).isCloseTo(metrics.rocAucHigh(), within(1e-9));
  }

  @Test
  void aScoreDoesNotDifferFromItselfNorFromItsScale() {
    double[][] scores = correlated(new Random(2), 1, 1);
    double[] doubled = java.util.Arrays.stream(scores[0]).map(score -> 2 * score + 7).toArray();
    PairedCurves curves =
        new PairedCurves(new double[][] {scores[0], doubled}, PairedCurvesTest::isAnomalous);
    PairedCurves.Difference difference = curves.difference(0, 1);
    assertThat(difference.estimate()).isEqualTo(new PairedCurves.Estimate(0, 0, 0));
    assertThat(difference.pValue()).isEqualTo(1);
  }

  @Test
  void pairsMakeADifferenceSurer() {
    double[][] scores = correlated(new Random(3), 1.0, 0.7);
    PairedCurves curves = new PairedCurves(scores, PairedCurvesTest::isAnomalous);
    PairedCurves.Estimate paired = curves.difference(0, 1).estimate();
    double first = curves.rocAuc(0).value() - curves.rocAuc(0).low();
    double second = curves.rocAuc(1).value() - curves.rocAuc(1).low();
    assertThat(paired.value() - paired.low()).isLessThan(0.8 * Math.hypot(first, second));
    assertThat(curves.difference(1, 0).estimate().value()).isEqualTo(-paired.value());
  }

  /** Where there is no difference, p is below a as often as it says. */
  @Test
  void pValuesKeepTheirPromise() {
    int repeats = 600;
    int low = 0;
    int outside = 0;
    for (int seed = 0; seed < repeats; seed++) {
      PairedCurves curves =
          new PairedCurves(
              correlated(new Random(1000 + seed), 0.8, 0.8), PairedCurvesTest::isAnomalous);
      PairedCurves.Difference difference = curves.difference(0, 1);
      low += difference.pValue() <= 0.05 ? 1 : 0;
      outside += difference.estimate().low() > 0 || difference.estimate().high() < 0 ? 1 : 0;
    }
    // The binomial interval that holds 99.9 % of such counts, for the method's nominal 5 %.
    BinomialDistribution promised = new BinomialDistribution(repeats, 0.05);
    int least = promised.inverseCumulativeProbability(0.0005);
    int most = promised.inverseCumulativeProbability(0.9995);
    assertThat(low).isBetween(least, most);
    assertThat(outside).isBetween(least, most);
  }

  @Test
  void tooFewImagesAreTold() {
    assertThatThrownBy(() -> new PairedCurves(new double[][] {{1, 2, 3}}, place -> place == 0))
        .isInstanceOf(UserDataException.class)
        .hasMessage(
            "A comparison needs two normal and two anomalous images or more; there are 2 and 1.");
  }
}
