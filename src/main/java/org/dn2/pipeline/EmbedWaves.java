package org.dn2.pipeline;

import java.time.Duration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.dn2.embedding.Embedder;
import org.dn2.work.EqualCostTasks;
import org.dn2.work.Progress;
import org.dn2.work.Stage;
import org.dn2.work.Waves;

/** Embeds images in waves of some minutes, each of which is kept. */
final class EmbedWaves {
  /** Enough work to hide a task's start, and little enough to show progress and repeat cheaply. */
  private static final long NANOSECONDS_PER_TASK = 10_000_000_000L;

  private static final int MOST_TASKS = 20_000;

  /** What is lost at most where a job dies. */
  private static final Duration WAVE = Duration.ofMinutes(4);

  /** A setting of Spark's, such as {@code 30s}: how long the first wave should take, roughly. */
  private static final String FIRST_WAVE = "spark.dn2.firstWave";

  private final SparkSession spark;
  private final Duration firstWave;
  private final Duration wave;

  EmbedWaves(SparkSession spark) {
    this(spark, firstWave(spark), WAVE);
  }

  /**
   * @param firstWave after which what was embedded is kept, as far as that can be forecast
   * @param wave the same, once the speed is known
   */
  EmbedWaves(SparkSession spark, Duration firstWave, Duration wave) {
    this.spark = spark;
    this.firstWave = firstWave;
    this.wave = wave;
  }

  private static Duration firstWave(SparkSession spark) {
    long seconds =
        spark.sparkContext().getConf().getTimeAsSeconds(FIRST_WAVE, WAVE.toSeconds() + "s");
    return Duration.ofSeconds(seconds);
  }

  /** Embeds the images that have no outcome yet. */
  void embedMissing(EmbedJob.Settings settings, KeptOutcomes kept) {
    kept.useMissing(missing -> embed(settings, missing, kept));
  }

  private void embed(EmbedJob.Settings settings, Dataset<Row> missing, KeptOutcomes kept) {
    ImageCost cost = ImageCost.of(settings.model(), settings.embedding());
    double first = (double) firstWave.toNanos() * spark.sparkContext().defaultParallelism();
    String input = settings.input().path();
    try (Embedder embedder =
        Embedder.broadcasting(
            spark, settings.model().spec(), settings.model().torchScript(), settings.embedding())) {
      new Stage(spark, "embed", "Embed " + input)
          .counting(
              new Progress.Counter(
                  embedder::imagesSoFar, kept::countBefore, kept.listed(), "images"))
          .run(
              () -> {
                new Waves(missing, cost.column(), first, wave)
                    .each(
                        images ->
                            kept.add(embedder.embed(tasks(images, cost)), embedder::imagesDone));
                return kept.count();
              },
              count -> "%,d images of %s".formatted(count, input));
    }
  }

  private Dataset<Row> tasks(Dataset<Row> images, ImageCost cost) {
    return EqualCostTasks.share(
        images,
        Listing.order(),
        cost.column(),
        new EqualCostTasks.Size(
            NANOSECONDS_PER_TASK, spark.sparkContext().defaultParallelism(), MOST_TASKS));
  }
}
