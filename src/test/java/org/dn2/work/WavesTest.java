package org.dn2.work;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.dn2.testing.SparkSessions;
import org.junit.jupiter.api.Test;

class WavesTest {
  /** Rows whose ids are their numbers, in some partitions. */
  private static Dataset<Row> images(long count, int partitions) {
    return SparkSessions.local()
        .range(0, count, 1, partitions)
        .select(col("id").cast("string").as("image_id"), col("id"));
  }

  private static List<List<Long>> waves(Dataset<Row> images, double first, Duration goal) {
    List<List<Long>> waves = new ArrayList<>();
    Dataset<Row> cached = images.persist();
    try {
      new Waves(cached, lit(1), first, goal)
          .each(wave -> waves.add(wave.select("id").as(Encoders.LONG()).collectAsList()));
    } finally {
      cached.unpersist();
    }
    return waves;
  }

  @Test
  void workForOneWaveIsOneWave() {
    assertThat(waves(images(100, 4), 100, Duration.ofMinutes(1))).hasSize(1);
  }

  @Test
  void aWaveIsAsManyPartitionsAsItsCostAllows() {
    // 10 rows a partition; no wave may be longer than the first, however fast it was.
    List<List<Long>> waves = waves(images(60, 6), 20, Duration.ofNanos(1));
    assertThat(waves.get(0)).hasSize(20).contains(0L, 19L).doesNotContain(20L);
  }

  @Test
  void aPartitionOfTooMuchWorkIsCut() {
    List<List<Long>> waves = waves(images(1000, 1), 100, Duration.ofDays(1));
    assertThat(waves).hasSize(10);
    assertThat(waves).allSatisfy(wave -> assertThat(wave).hasSizeBetween(60, 140));
  }

  @Test
  void theSpeedThatWasSeenDecidesOnTheNextWave() {
    // A first wave takes some milliseconds: in a day, all the rest can be done.
    assertThat(waves(images(400, 40), 10, Duration.ofDays(1))).hasSize(2);
  }

  @Test
  void everyRowIsInOneWaveWhateverThePartitionsAndCosts() {
    Random random = new Random(7);
    for (int round = 0; round < 6; round++) {
      long count = random.nextInt(500);
      int partitions = 1 + random.nextInt(9);
      double first = 1 + random.nextInt(100);
      List<Long> all =
          waves(images(count, partitions), first, Duration.ofSeconds(random.nextInt(3))).stream()
              .flatMap(List::stream)
              .sorted()
              .toList();
      assertThat(all)
          .as("%d rows in %d partitions, first wave %s", count, partitions, first)
          .isEqualTo(LongStream.range(0, count).boxed().toList());
    }
  }
}
