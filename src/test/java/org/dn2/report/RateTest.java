package org.dn2.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class RateTest {
  private static final int REPEATS = 4_000;

  @Test
  void theIntervalIsWilsons() {
    // z = 1.96, 10 of 100: center (0.1 + z²/200) / (1 + z²/100), half width from the same formula.
    Findings.Rate rate = Findings.Rate.of(10, 100);
    assertThat(rate.value()).isEqualTo(0.1);
    assertThat(rate.low()).isCloseTo(0.05523, within(1e-4));
    assertThat(rate.high()).isCloseTo(0.17437, within(1e-4));
  }

  @Test
  void itStaysWithinZeroAndOne() {
    assertThat(Findings.Rate.of(0, 7).low()).isZero();
    assertThat(Findings.Rate.of(0, 7).high()).isBetween(0.3, 0.4);
    assertThat(Findings.Rate.of(7, 7).high()).isEqualTo(1);
  }

  @Test
  void aboutNineteenOfTwentyIntervalsHoldTheFractionThatWasDrawnFrom() {
    int held = 0;
    int drawn = 0;
    for (int seed = 0; seed < REPEATS; seed++) {
      Random random = new Random(seed);
      int images = 50 + random.nextInt(450);
      double fraction = 0.02 + 0.96 * random.nextDouble();
      int some = 0;
      for (int i = 0; i < images; i++) {
        some += random.nextDouble() < fraction ? 1 : 0;
      }
      Findings.Rate rate = Findings.Rate.of(some, images);
      held += rate.low() <= fraction && fraction <= rate.high() ? 1 : 0;
      drawn++;
    }
    // Five standard deviations of a binomial count of 4,000 at 0.95 are 0.017.
    assertThat(held / (double) drawn).isBetween(0.933, 0.967);
  }
}
