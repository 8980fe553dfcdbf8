package org.dn2.work;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ProgressTest {
  private static String line(long done, long before, long total, long seconds) {
    return new Progress.Counter(() -> done, () -> before, total, "images").line(seconds);
  }

  @Test
  void saysHowManyOfHowManyHowFastAndHowLong() {
    assertThat(line(900, 0, 50_000, 60))
        .isEqualTo("900 of 50,000 images, 15.0 images/s, 55 min left");
    assertThat(line(49_000, 0, 50_000, 3267)).endsWith(", 67 s left");
    assertThat(line(150_000, 0, 1_000_000, 10_000)).endsWith("15.0 images/s, 15 h 44 min left");
  }

  @Test
  void whatAnEarlierTryDidCountsButNotForTheSpeed() {
    assertThat(line(600, 20_000, 50_000, 60))
        .isEqualTo("20,600 of 50,000 images, 10.0 images/s, 49 min left");
  }

  @Test
  void itTellsUntilItIsClosed() throws InterruptedException {
    BlockingQueue<String> told = new LinkedBlockingQueue<>();
    try (Progress progress = Progress.start(seconds -> "so far", Duration.ofMillis(1), told::add)) {
      assertThat(progress).isNotNull();
      assertThat(told.take()).isEqualTo("so far");
      assertThat(told.take()).isEqualTo("so far");
    }
    told.clear();
    assertThat(told.poll(50, TimeUnit.MILLISECONDS)).isNull();
  }

  @Test
  void noSpeedIsMadeUpBeforeAnythingIsDone() {
    assertThat(line(0, 0, 50_000, 60)).isEqualTo("0 of 50,000 images");
    assertThat(line(70, 0, 60, 10)).as("tasks that ran again").endsWith(" 0 s left");
  }
}
