package org.dn2.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.awt.Color;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;
import org.dn2.model.TinyBackbone;
import org.dn2.testing.BigImages;
import org.dn2.testing.HangingFiles;
import org.dn2.testing.Images;
import org.dn2.testing.LocalCluster;
import org.dn2.testing.LocalCluster.Result;
import org.dn2.testing.LocalCluster.Submission;
import org.dn2.testing.SharedServers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code dn2 nightly} on a cluster of several processes, some of which are killed or held up. */
class NightlyClusterFaultsIT {
  private static final Duration LIMIT = Duration.ofMinutes(5);
  private static final String FIRST = "2026-11-01";
  private static final String SECOND = "2026-11-02";
  private static final String THIRD = "2026-11-03";
  private static final int NEW_IMAGES = 300;
  private static final long SEED = 17;

  /** What the driver logs right before it embeds the inbox. */
  private static final String EMBEDDING = " compare: ";

  private static final List<Submission> STARTED = new ArrayList<>();

  @TempDir private static Path folder;
  private static LocalCluster cluster;
  private static NightlyPlace place;
  private static PlantReader plant;

  /** A plant whose detector is fitted. */
  @BeforeAll
  static void firstNight() throws IOException {
    TinyBackbone.writeHeavy(folder.resolve("model"));
    place = NightlyPlace.in(folder);
    plant = new PlantReader(place.plant());
    Images.writeFolder(place.normal(), 8, Color.RED, 100);
    Images.writeFolder(place.inbox().resolve("a"), 3, Color.RED, 1000);
    place.run(FIRST);
    FileUtils.copyDirectory(new java.io.File(place.plant()), folder.resolve("prepared").toFile());
    cluster = SharedServers.cluster();
  }

  @BeforeEach
  void asAfterTheFirstNight() throws IOException {
    for (Path used : List.of(Path.of(place.plant()), place.inbox())) {
      FileUtils.deleteDirectory(used.toFile());
    }
    FileUtils.copyDirectory(folder.resolve("prepared").toFile(), new java.io.File(place.plant()));
    Files.createDirectories(place.inbox());
  }

  @AfterEach
  void endWhatAFailureLeft() {
    STARTED.forEach(night -> night.process().destroyForcibly());
    STARTED.clear();
  }

  private static void writeInbox(int count) throws IOException {
    Images.writeFolder(place.inbox().resolve("b"), count, Color.BLUE, 2000);
    Files.writeString(place.inbox().resolve("b/broken.png"), "no picture");
  }

  private static List<String> listed() throws IOException {
    List<String> ids = new ArrayList<>(List.of("a/000.png", "a/001.png", "a/002.png"));
    try (Stream<Path> files = Files.walk(place.inbox())) {
      files
          .filter(
              file -> Files.isRegularFile(file) && !file.getFileName().toString().equals(".hung"))
          .forEach(file -> ids.add(place.inbox().relativize(file).toString()));
    }
    return ids.stream().distinct().toList();
  }

  private static Submission startOn(String inbox, String date, String... sparkConf)
      throws IOException {
    place.config("inbox { path = \"" + inbox + "\" }\nlease = 3s");
    List<String> settings =
        new ArrayList<>(
            List.of("spark.executor.memory=1g", "spark.dn2.firstWave=2s", "spark.cores.max=2"));
    settings.addAll(List.of(sparkConf));
    Submission started =
        cluster.startSubmission(
            settings,
            "nightly",
            "--conf",
            folder.resolve("nightly.conf").toString(),
            "--run-date",
            date);
    STARTED.add(started);
    return started;
  }

  private static Submission start(String date, String... sparkConf) throws IOException {
    return startOn(place.inbox().toString(), date, sparkConf);
  }

  private static void await(Submission submission, BooleanSupplier event) throws Exception {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (!event.getAsBoolean()) {
      assertThat(submission.process().isAlive()).as(stderr(submission)).isTrue();
      assertThat(System.nanoTime()).as(stderr(submission)).isLessThan(end);
      submission.process().waitFor(50, TimeUnit.MILLISECONDS);
    }
  }

  private static String stderr(Submission submission) {
    try {
      return Files.readString(submission.stderr());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static boolean isEmbedding(Submission submission) {
    return stderr(submission).contains(EMBEDDING);
  }

  private static void signal(Submission submission, String name) throws Exception {
    assertThat(run("kill", "-" + name, Long.toString(submission.process().pid()))).isZero();
  }

  @Test
  void anExecutorThatIsKilledAndAWorkerThatIsGoneForGoodCostNoImage() throws Exception {
    writeInbox(NEW_IMAGES);
    Submission night = start(SECOND);
    await(night, () -> isEmbedding(night) && cluster.executors().size() == 2);
    ProcessHandle killed = cluster.executors().get(0);
    killed.destroyForcibly();
    await(
        night,
        () ->
            cluster.executors().size() == 2
                && cluster.executors().stream().noneMatch(one -> one.pid() == killed.pid()));
    cluster.killWorker();
    try {
      Result result = cluster.await(night, LIMIT);
      assertThat(result.exitCode()).as(result.stderr()).isZero();
      assertThat(result.stdout())
          .contains(
              "301 listed, 301 new, 0 changed, 300 embedded, 0 reused, 1 rejected, 300 scored");
    } finally {
      cluster.replaceWorker();
    }
    assertThat(plant.outcomes()).containsExactly("succeeded", "succeeded");
    plant.requireEachOnce(listed(), "after an executor and a worker were killed");
  }

  @Test
  void anExecutorWithoutMemoryFailsTheNightThatSaysWhatToDo() throws Exception {
    writeInbox(5);
    BigImages.write(place.inbox().resolve("b/big.png"), 9_000, 9_000, 9_000);
    BigImages.write(place.inbox().resolve("b/bomb.png"), 30_000, 30_000, 30_000);
    Result failed =
        cluster.await(
            start(
                SECOND,
                "spark.executor.memory=500m",
                // The parallel collector keeps so much back that Spark calls 500 MB too little.
                "spark.executor.extraJavaOptions=-XX:+UseG1GC",
                "spark.task.maxFailures=2"),
            LIMIT);
    assertThat(failed.exitCode()).as(failed.stderr()).isEqualTo(3);
    assertThat(failed.stderr())
        .contains("dn2: The memory ran out at the image b/big.png")
        .contains("spark.executor.memory");
    assertThat(plant.outcomes()).containsExactly("succeeded", "failed");
    assertThat(plant.newestFailure()).contains("The memory ran out at the image b/big.png");
    assertThat(plant.scores()).as("none of the failed night").hasSize(3);

    assertThat(place.run(SECOND).scored()).isEqualTo(6);
    plant.requireEachOnce(listed(), "with more memory");
    assertThat(plant.rejects()).contains("b/bomb.png:1 too_large");
  }

  @Test
  void aFullDiskOfAnExecutorFailsTheNightThatSaysSo() throws Exception {
    Path small = Files.createDirectory(folder.resolve("small"));
    assumeTrue(
        run("mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", small.toString()) == 0,
        "a small disk can be mounted here");
    try {
      writeInbox(20);
      cluster.killWorker();
      cluster.replaceWorker(small);
      Result failed =
          cluster.await(
              start(
                  SECOND,
                  // Where a task is tried again, chance decides whether it is on the small disk.
                  "spark.task.maxFailures=1",
                  "spark.files.useFetchCache=false",
                  "spark.scheduler.minRegisteredResourcesRatio=1.0",
                  "spark.scheduler.maxRegisteredResourcesWaitingTime=60s"),
              LIMIT);
      assertThat(failed.exitCode()).as(failed.stderr()).isEqualTo(2);
      assertThat(failed.stderr().lines().filter(line -> line.startsWith("dn2:")))
          .singleElement()
          .asString()
          .contains("No space left on device");
      assertThat(plant.outcomes()).containsExactly("succeeded", "failed");
      assertThat(plant.newestFailure()).contains("No space left on device");
    } finally {
      cluster.killWorker();
      cluster.replaceWorker();
      assertThat(run("umount", "-l", small.toString())).isZero();
    }
    place.run(SECOND);
    plant.requireEachOnce(listed(), "with space on all disks");
  }

  private static int run(String... command) throws Exception {
    return new ProcessBuilder(command).inheritIO().start().waitFor();
  }

  @Test
  void aDriverThatIsKilledIsHealedByTheNextNight() throws Exception {
    writeInbox(60);
    long milliseconds = new Random(SEED).nextInt(4_000);
    Submission night = start(SECOND);
    await(night, () -> isEmbedding(night));
    assertThat(night.process().waitFor(milliseconds, TimeUnit.MILLISECONDS))
        .as("ended before the driver was killed " + milliseconds + " ms after it began to embed")
        .isFalse();
    signal(night, "KILL");
    assertThat(cluster.await(night, LIMIT).exitCode()).isEqualTo(137);
    assertThat(plant.outcomes()).as("no record").containsExactly("succeeded");
    assertThat(plant.scores().size()).as("all or none").isIn(3, 63);

    Result healed = cluster.await(start(THIRD), LIMIT);
    assertThat(healed.exitCode()).as(healed.stderr()).isZero();
    assertThat(healed.stderr())
        .contains("The run 2026-11-02 of 2026-11-02 by ")
        .contains("died; its lease is taken over.");
    assertThat(plant.outcomes()).containsExactly("succeeded", "abandoned", "succeeded");
    plant.requireEachOnce(listed(), "after the driver was killed");
  }

  @Test
  void aTaskThatHangsIsRunElsewhereAndItsRowsAreNotDoubled() throws Exception {
    writeInbox(40);
    Files.write(
        place.inbox().resolve("b/" + HangingFiles.HANGS), Images.encoded("png", Color.RED, 9));
    Result result =
        cluster.await(
            startOn(
                "hanging://" + place.inbox(),
                SECOND,
                "spark.jars=" + jarOf(HangingFiles.class),
                "spark.hadoop.fs.hanging.impl=" + HangingFiles.class.getName(),
                "spark.speculation=true",
                "spark.speculation.quantile=0.5",
                "spark.speculation.multiplier=1.5"),
            LIMIT);
    assertThat(result.exitCode()).as(result.stderr()).isZero();
    assertThat(place.inbox().resolve("b/" + HangingFiles.NOTE)).as("a task hung").exists();
    assertThat(result.stdout()).contains("42 listed, 42 new").contains("41 scored");
    plant.requireEachOnce(listed(), "after a task that hung");
  }

  /** A jar of one class, for drivers and executors. */
  private static Path jarOf(Class<?> type) throws IOException, URISyntaxException {
    Path jar = folder.resolve(type.getSimpleName() + ".jar");
    String name = type.getName().replace('.', '/') + ".class";
    URI place = type.getProtectionDomain().getCodeSource().getLocation().toURI();
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
      out.putNextEntry(new JarEntry(name));
      Files.copy(Path.of(place).resolve(name), out);
      out.closeEntry();
    }
    return jar;
  }

  @Test
  void ofTwoNightsOneWorksAndOnceItIsPausedBeyondItsLeaseItCommitsNothing() throws Exception {
    writeInbox(NEW_IMAGES);
    String oneCore = "spark.cores.max=1";
    Submission first = start(SECOND, oneCore);
    Submission second = start(SECOND, oneCore);
    await(first, () -> hasEnded(first) || hasEnded(second));
    Submission loser = hasEnded(first) ? first : second;
    Submission holder = loser.equals(first) ? second : first;
    Result refused = cluster.await(loser, LIMIT);
    assertThat(refused.exitCode()).as(refused.stderr()).isEqualTo(2);
    assertThat(refused.stderr())
        .contains("dn2: Another run is at work on the plant")
        .contains("process " + holder.process().pid());

    await(holder, () -> isEmbedding(holder));
    signal(holder, "STOP");
    Result taker = cluster.await(start(THIRD, oneCore), LIMIT);
    assertThat(taker.exitCode()).as(taker.stderr()).isZero();
    List<String> scores = plant.scores();
    List<String> outcomes = plant.outcomes();
    signal(holder, "CONT");
    Result woken = cluster.await(holder, LIMIT);

    assertThat(woken.exitCode()).as(woken.stderr()).isEqualTo(2);
    assertThat(woken.stderr().lines().filter(line -> line.startsWith("dn2:")))
        .singleElement()
        .asString()
        .contains("another run took over");
    assertThat(plant.scores()).isEqualTo(scores).hasSize(3 + NEW_IMAGES);
    assertThat(plant.outcomes())
        .isEqualTo(outcomes)
        .containsExactly("succeeded", "abandoned", "succeeded");
    plant.requireEachOnce(listed(), "after the holder woke up");
    assertThat(place.run("2026-11-04").scored()).isZero();
    plant.requireEachOnce(listed(), "after a night more");
  }

  private static boolean hasEnded(Submission submission) {
    return !submission.process().isAlive();
  }
}
