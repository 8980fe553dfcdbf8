package org.dn2.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.dn2.embedding.ComputeDevice;
import org.dn2.embedding.EmbeddingSettings;
import org.dn2.image.DecodeLimits;
import org.dn2.image.ExifOrientation;
import org.dn2.image.ImageInput;
import org.dn2.store.Destination;
import org.dn2.store.ExistingOutput;
import org.dn2.store.KeptWork;
import org.dn2.store.RunId;
import org.dn2.store.UnfinishedRun;
import org.dn2.table.UserDataException;
import org.dn2.testing.Images;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a run that did not end has done is not done again, and is the same as if it had ended. */
class ResumeTest {
  /** Ten images or so in the first wave, and not many more in the next. */
  private static EmbedJob inWaves() {
    return new EmbedJob(
        Workplace.SPARK,
        new EmbedWaves(Workplace.SPARK, Duration.ofMillis(5), Duration.ofSeconds(2)));
  }

  @TempDir Path folder;
  private Workplace work;

  @BeforeEach
  void makeImages() throws IOException {
    work = Workplace.in(folder);
    Images.writeFolder(folder.resolve("in/red"), 40, Color.RED, 7);
    Files.writeString(folder.resolve("in/red/broken.png"), "no picture");
  }

  private EmbedJob.Settings settings(ExifOrientation orientation, String output) {
    return new EmbedJob.Settings(
        Workplace.images(work.path("in")),
        work.model(),
        new EmbeddingSettings(4, ComputeDevice.CPU, DecodeLimits.DEFAULT, orientation),
        0.5,
        new Destination(work.path(output), new RunId("first"), ExistingOutput.KEEP));
  }

  private EmbedJob.Settings settings(String output) {
    return settings(ExifOrientation.IGNORE, output);
  }

  /** Runs until a part is kept, then takes Spark's jobs away. */
  private Throwable stopped(Runnable job, String output) throws Exception {
    ExecutorService runner = Executors.newSingleThreadExecutor();
    try {
      Future<?> run = runner.submit(job);
      while (!run.isDone() && notes(output) == 0) {
        Thread.onSpinWait();
      }
      while (!run.isDone()) {
        Workplace.SPARK.sparkContext().cancelAllJobs();
        Thread.sleep(5);
      }
      run.get();
      throw new AssertionError("the run was faster than its end");
    } catch (ExecutionException e) {
      return e.getCause();
    } finally {
      runner.shutdownNow();
    }
  }

  /** How many parts are kept beside an output. */
  private long notes(String output) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(path -> path.toString().contains("/." + output + "~first~"))
          .filter(path -> path.getFileName().toString().matches("[0-9a-f]{12}\\.json"))
          .count();
    } catch (java.io.UncheckedIOException e) {
      // A folder went while it was walked.
      return 0;
    }
  }

  private static List<String> rows(Dataset<Row> table) {
    return table.orderBy("image_id").collectAsList().stream().map(Row::toString).toList();
  }

  private void requireSame(String output, String other) {
    assertThat(rows(work.embeddings(output))).isEqualTo(rows(work.embeddings(other)));
    assertThat(rows(work.rejects(output))).isEqualTo(rows(work.rejects(other)));
  }

  @Test
  void anEmbeddingThatWasStoppedGoesOnAndIsTheSameAsOneThatWasNot() throws Exception {
    new EmbedJob(Workplace.SPARK).run(settings("undisturbed"));
    EmbedJob job = inWaves();
    Throwable stop = stopped(() -> job.run(settings("out")), "out");
    assertThat(stop.getSuppressed())
        .hasAtLeastOneElementOfType(KeptWork.class)
        .extracting(Throwable::getMessage)
        .anyMatch(
            message ->
                message.matches(
                    "[0-9]+ of 41 images are embedded and kept. Repeat the command with --run-id first to go on."));
    long kept = notes("out");
    assertThat(folder.resolve("out")).doesNotExist();
    assertThat(UnfinishedRun.of(work.path("out"), Workplace.SPARK)).isEqualTo(new RunId("first"));

    EmbedJob.Counts counts = job.run(settings("out"));

    assertThat(kept).isPositive();
    assertThat(counts.toString()).isEqualTo("41 listed, 40 embedded, 1 rejected (1 not_an_image)");
    requireSame("out", "undisturbed");
    assertThat(work.names("")).containsExactlyInAnyOrder("in", "model", "out", "undisturbed");
    assertThatThrownBy(() -> UnfinishedRun.of(work.path("out"), Workplace.SPARK))
        .isInstanceOf(UserDataException.class)
        .hasMessageContaining("There is no unfinished run of ");
  }

  @Test
  void filesThatChangedOrWentMeanwhileAreNotTakenFromTheParts() throws Exception {
    failAtTheCommit();
    byte[] other = Images.encoded("png", Color.BLUE, 99);
    Path changed = folder.resolve("in/red/003.png");
    Files.write(changed, other);
    Files.setLastModifiedTime(changed, FileTime.fromMillis(1_700_000_000_000L));
    Files.delete(folder.resolve("in/red/004.png"));
    Images.writeFolder(folder.resolve("in/new"), 2, Color.GREEN, 5);

    new EmbedJob(Workplace.SPARK).run(settings("out"));
    new EmbedJob(Workplace.SPARK).run(settings("undisturbed"));

    requireSame("out", "undisturbed");
    assertThat(work.embeddings("out").count()).isEqualTo(41);
  }

  /** All images are embedded and kept, and more are rejected than this run allows. */
  private void failAtTheCommit() {
    EmbedJob.Settings strict = settings("out");
    assertThatThrownBy(
            () ->
                new EmbedJob(Workplace.SPARK)
                    .run(
                        new EmbedJob.Settings(
                            strict.input(),
                            strict.model(),
                            strict.embedding(),
                            0,
                            strict.output())))
        .isInstanceOf(UserDataException.class)
        .hasMessageStartingWith("Too many images of ");
  }

  @Test
  void nothingIsEmbeddedAgainWhereAllWasKept() throws Exception {
    failAtTheCommit();
    // A model that cannot be read would not pass, were it asked for.
    BackboneFolder gone =
        new BackboneFolder(work.model().spec(), folder.resolve("model/no such file"));
    EmbedJob.Settings settings = settings("out");
    EmbedJob.Counts counts =
        new EmbedJob(Workplace.SPARK)
            .run(
                new EmbedJob.Settings(
                    settings.input(), gone, settings.embedding(), 0.5, settings.output()));
    assertThat(counts.embedded()).isEqualTo(40);
  }

  @Test
  void partsOfOtherSettingsAreNotTaken() throws Exception {
    failAtTheCommit();
    inWaves().run(settings(ExifOrientation.APPLY, "out"));
    assertThat(work.embeddings("out").count()).isEqualTo(40);
    assertThat(work.names("")).as("the others' parts went with the run").hasSize(3);
  }

  @Test
  void aRunThatIsRepeatedOnTheSameImagesDoesNothing() throws Exception {
    new EmbedJob(Workplace.SPARK).run(settings("out"));
    List<String> before = work.names("out/embeddings");
    EmbedJob.Counts again = new EmbedJob(Workplace.SPARK).run(settings("out"));
    assertThat(again.toString()).isEqualTo("41 listed, 40 embedded, 1 rejected (1 not_an_image)");
    assertThat(work.names("out/embeddings")).isEqualTo(before);
    Files.delete(folder.resolve("in/red/broken.png"));
    assertThat(new EmbedJob(Workplace.SPARK).run(settings("out")).listed()).isEqualTo(40);
    assertThat(work.names("out/embeddings")).isNotEqualTo(before);
  }

  @Test
  void aPackThatWasStoppedGoesOnAndHasEveryFileOnce() throws Exception {
    PackJob job = new PackJob(Workplace.SPARK, 1 << 10, 12_000);
    PackJob.Settings settings =
        new PackJob.Settings(
            ImageInput.of(work.path("in")),
            DecodeLimits.DEFAULT,
            0,
            new Destination(work.path("packed"), new RunId("first"), ExistingOutput.KEEP));
    Throwable stop = stopped(() -> job.run(settings), "packed");
    assertThat(stop.getSuppressed()).hasAtLeastOneElementOfType(KeptWork.class);
    assertThat(folder.resolve("packed")).doesNotExist();

    assertThat(job.run(settings).toString()).isEqualTo("41 listed, 41 packed, 0 rejected");

    Dataset<Row> packed = Workplace.SPARK.read().parquet(work.path("packed"));
    assertThat(packed.count()).isEqualTo(41);
    assertThat(packed.select("image_id").distinct().count()).isEqualTo(41);
    assertThat(work.names("")).containsExactlyInAnyOrder("in", "model", "packed");
    assertThat(work.names("packed")).as("notes of parts do not stay").doesNotContain("_dn2");
  }
}
