package org.dn2.fit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class StandingOutTest {
  private static final int IMAGES = 2_000;

  @Test
  void theBorderIsTheMedianTimesTheDeviationsOfTheLogarithms() {
    // Logarithms -2, -1, 0, 1, 2: median 0, absolute deviations 0, 1, 1, 2, 2.
    double[] scores = DoubleStream.of(-2, -1, 0, 1, 2).map(Math::exp).toArray();
    assertThat(StandingOut.border(scores, 2)).isCloseTo(Math.exp(2 * 1.4826), within(1e-12));
  }

  @Test
  void copiesWhoseScoreIsZeroAreLeftOut() {
    double[] scores = {0, 0, Math.exp(-1), 1, Math.exp(1)};
    assertThat(StandingOut.border(scores, 1)).isCloseTo(Math.exp(1.4826), within(1e-12));
  }

  @Test
  void nothingStandsOutWhereMostScoresAreTheSame() {
    assertThat(StandingOut.border(new double[] {0, 0, 0}, 3.5)).isZero();
    assertThat(StandingOut.border(new double[] {2, 2, 2, 9}, 3.5)).isEqualTo(9);
    assertThat(StandingOut.border(new double[] {7}, 3.5)).isEqualTo(7);
  }

  @Test
  void itGrowsWithTheUnitOfTheScores() {
    double[] scores = sample(new Random(1), 0);
    double[] larger = Arrays.stream(scores).map(score -> 1000 * score).toArray();
    assertThat(StandingOut.border(larger, 3.5))
        .isCloseTo(1000 * StandingOut.border(scores, 3.5), within(1e-6));
  }

  @Test
  void fewOfLogNormalScoresStandOutAndStraysDoUpToManyOfThem() {
    for (int seed = 0; seed < 20; seed++) {
      for (double strays : new double[] {0, 0.01, 0.1, 0.3}) {
        double[] scores = sample(new Random(seed), strays);
        double border = StandingOut.border(scores, StandingOut.USUAL);
        int mixed = (int) (strays * IMAGES);
        long found = Arrays.stream(scores, 0, mixed).filter(score -> score > border).count();
        long wrong = Arrays.stream(scores, mixed, IMAGES).filter(score -> score > border).count();
        assertThat(wrong).as("seed %d, strays %s", seed, strays).isLessThanOrEqualTo(30);
        assertThat(found)
            .as("seed %d, strays %s", seed, strays)
            .isGreaterThanOrEqualTo(mixed * 98L / 100);
      }
    }
  }

  /** Log-normal scores, the first of them those of strays, ten deviations further out. */
  private static double[] sample(Random random, double strays) {
    double[] scores = new double[IMAGES];
    for (int i = 0; i < IMAGES; i++) {
      double deviations = random.nextGaussian() + (i < (int) (strays * IMAGES) ? 10 : 0);
      scores[i] = Math.exp(0.25 * deviations - 1);
    }
    return scores;
  }
}
