package org.dn2.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerBlockUpdated;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.dn2.image.DecodeLimits;
import org.dn2.image.ImageInput;
import org.dn2.store.Destination;
import org.dn2.store.ExistingOutput;
import org.dn2.store.RunId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The bytes of a table's images go from its files to the tasks that want them, and nowhere else.
 */
class PackedTableTest {
  private static final int IMAGES = 40;
  private static final byte[] HEADER = "P6\n200 200\n255\n".getBytes(StandardCharsets.US_ASCII);

  @TempDir Path folder;
  private final AtomicLong shuffled = new AtomicLong();
  private final AtomicLong cached = new AtomicLong();
  private Workplace work;
  private long bytes;

  private final SparkListener listener =
      new SparkListener() {
        @Override
        public void onTaskEnd(SparkListenerTaskEnd task) {
          shuffled.addAndGet(task.taskMetrics().shuffleWriteMetrics().bytesWritten());
        }

        @Override
        public void onBlockUpdated(SparkListenerBlockUpdated block) {
          if (block.blockUpdatedInfo().blockId().isRDD()) {
            cached.addAndGet(
                block.blockUpdatedInfo().memSize() + block.blockUpdatedInfo().diskSize());
          }
        }
      };

  @BeforeEach
  void pack() throws IOException {
    work = Workplace.in(folder);
    Random random = new Random(20261126);
    Path images = Files.createDirectories(folder.resolve("in/red"));
    for (int i = 0; i < IMAGES; i++) {
      // Noise of 200 x 200 pixels, which nothing makes smaller.
      byte[] file = new byte[HEADER.length + 3 * 200 * 200];
      random.nextBytes(file);
      System.arraycopy(HEADER, 0, file, 0, HEADER.length);
      Files.write(images.resolve("%03d.ppm".formatted(i)), file);
      bytes += file.length;
    }
    Files.writeString(images.resolve("broken.ppm"), "no picture");
    packed("in", "table");
    assertThat(files()).hasSizeGreaterThan(1);
    Workplace.SPARK.sparkContext().addSparkListener(listener);
  }

  @AfterEach
  void listenNoMore() {
    Workplace.SPARK.sparkContext().removeSparkListener(listener);
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("table"))) {
      return files.filter(file -> file.toString().endsWith(".parquet")).toList();
    }
  }

  private void packed(String input, String output) {
    new PackJob(Workplace.SPARK, 2 << 20, 1 << 20)
        .run(
            new PackJob.Settings(
                ImageInput.of(work.path(input)),
                DecodeLimits.DEFAULT,
                0,
                new Destination(work.path(output), new RunId("first"), ExistingOutput.KEEP)));
  }

  private void requireNoneMoved() throws Exception {
    Workplace.SPARK.sparkContext().listenerBus().waitUntilEmpty();
    assertThat(shuffled.get()).as("bytes shuffled").isBetween(1L, bytes / 20);
    assertThat(cached.get()).as("bytes cached").isBetween(1L, bytes / 20);
  }

  @Test
  void neitherAShuffleNorACacheCarriesThemWhenTheyAreEmbedded() throws Exception {
    work.embed("table", "from-table");
    requireNoneMoved();
    work.embed("in", "from-files");
    assertThat(
            work.embeddings("from-table")
                .select("image_id", "content_sha256", "embedding")
                .exceptAll(
                    work.embeddings("from-files").select("image_id", "content_sha256", "embedding"))
                .isEmpty())
        .isTrue();
    assertThat(work.embeddings("from-table").count()).isEqualTo(IMAGES);
  }

  @Test
  void norWhereARunGoesOn() throws Exception {
    EmbedJob.Settings settings = work.embedSettings("table", "out", "first");
    EmbedJob job = new EmbedJob(Workplace.SPARK);
    assertThatThrownBy(
            () ->
                job.run(
                    new EmbedJob.Settings(
                        settings.input(),
                        settings.model(),
                        settings.embedding(),
                        0,
                        settings.output())))
        .hasMessageStartingWith("Too many images of ");
    // The images of this file count as others now.
    Files.setLastModifiedTime(files().get(0), FileTime.fromMillis(1_700_000_000_000L));

    assertThat(job.run(settings).toString())
        .isEqualTo("41 listed, 40 embedded, 1 rejected (1 not_an_image)");
    requireNoneMoved();
  }

  @Test
  void norWhereTheyArePackedAgain() throws Exception {
    packed("table", "again");
    requireNoneMoved();
    assertThat(
            Workplace.SPARK
                .read()
                .parquet(work.path("again"))
                .select("image_id", "content")
                .exceptAll(
                    Workplace.SPARK
                        .read()
                        .parquet(work.path("table"))
                        .select("image_id", "content"))
                .isEmpty())
        .isTrue();
    assertThat(Workplace.SPARK.read().parquet(work.path("again")).count()).isEqualTo(IMAGES + 1);
  }
}
