package org.dn2.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.conf.Configuration;
import org.dn2.store.RunId;
import org.dn2.testing.FaultProxy;
import org.dn2.testing.FaultProxy.Fault;
import org.dn2.testing.Images;
import org.dn2.testing.LocalCluster.Result;
import org.dn2.testing.LocalCluster.Submission;
import org.dn2.testing.S3Server;
import org.dn2.testing.SharedServers;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code dn2 nightly} on S3, whose answers are disturbed, and on HDFS. */
class NightlyStoreFaultsIT {
  private static final Duration LIMIT = Duration.ofMinutes(4);
  private static final Duration AWAY = Duration.ofSeconds(60);
  private static final long STALL_MILLISECONDS = 5_000;
  private static final long SEED = 29;
  private static final String BUCKET = "s3a://nightly-faults";

  @TempDir private static Path folder;
  private static FaultProxy proxy;
  private static Map<String, String> settings;
  private static Workplace work;
  private static PlantReader plant;

  /** What the inbox holds; the tests add to it. */
  private static final List<String> LISTED = new ArrayList<>();

  /** A plant whose detector is fitted. */
  @BeforeAll
  static void firstNight() throws IOException {
    work = Workplace.in(folder);
    S3Server s3 = SharedServers.s3();
    s3.makeBucket("nightly-faults");
    proxy = FaultProxy.before(s3.port(), STALL_MILLISECONDS);
    settings = new TreeMap<>(s3.hadoopSettings());
    settings.put("fs.s3a.endpoint", "http://127.0.0.1:" + proxy.port());
    settings.put("fs.s3a.access.key", S3Server.ACCESS_KEY);
    settings.put("fs.s3a.secret.key", S3Server.SECRET_KEY);
    settings.forEach((name, value) -> Workplace.SPARK.conf().set(name, value));
    plant = new PlantReader(BUCKET + "/plant");
    Images.writeFolder(folder.resolve("normal"), 8, Color.RED, 100);
    upload(folder.resolve("normal"), BUCKET + "/normal");
    upload(folder.resolve("model"), BUCKET + "/model");
    addToInbox("first", 3);
    run("2026-11-01");
  }

  @AfterAll
  static void forgetTheServer() throws IOException {
    settings.keySet().forEach(name -> Workplace.SPARK.conf().unset(name));
    proxy.close();
  }

  @AfterEach
  void disturbNoMore() {
    proxy.follow(line -> Fault.PASS);
  }

  private static void upload(Path from, String to) throws IOException {
    Configuration hadoop = new Configuration();
    settings.forEach(hadoop::set);
    org.apache.hadoop.fs.Path target = new org.apache.hadoop.fs.Path(to);
    target
        .getFileSystem(hadoop)
        .copyFromLocalFile(new org.apache.hadoop.fs.Path(from.toString()), target);
  }

  private static void addToInbox(String name, int count) throws IOException {
    Path images = folder.resolve("inbox").resolve(name);
    Images.writeFolder(images, count, Color.BLUE, name.hashCode());
    Files.writeString(images.resolve("broken.png"), "no picture");
    upload(images, BUCKET + "/inbox/" + name);
    for (int i = 0; i < count; i++) {
      LISTED.add("%s/%03d.png".formatted(name, i));
    }
    LISTED.add(name + "/broken.png");
  }

  private static Path configuration(String root) throws IOException {
    return Files.writeString(
        folder.resolve("nightly.conf"),
        """
        nightly {
          plant = "%1$s/plant"
          inbox { path = "%1$s/inbox" }
          reference { path = "%1$s/normal" }
          model = "%1$s/model"
          batch-size = 4
          page = false
          max-reject-fraction = 0.5
          lease = 3s
          fit { threshold-quantile = 0.8 }
        }
        """
            .formatted(root));
  }

  private static NightlyFailureOrRecord run(String date) throws IOException {
    NightlyConfig config = NightlyConfig.read(configuration(BUCKET).toFile());
    NightlySettings night =
        new NightlySettings(config, work.model(), LocalDate.parse(date), new RunId(date));
    long[] scored = {0};
    Throwable failure =
        catchThrowable(() -> scored[0] = new NightlyRun(Workplace.SPARK).run(night).scored());
    return new NightlyFailureOrRecord(failure, scored[0]);
  }

  /** How a night in this process ended. */
  private record NightlyFailureOrRecord(Throwable failure, long scored) {}

  private static Submission start(String root, String date) throws IOException {
    List<String> conf = new ArrayList<>(List.of("spark.executor.memory=1g", "spark.cores.max=2"));
    settings.forEach((name, value) -> conf.add("spark.hadoop." + name + "=" + value));
    return SharedServers.cluster()
        .startSubmission(
            conf, "nightly", "--conf", configuration(root).toString(), "--run-date", date);
  }

  @Test
  void aStoreThatIsSlowResetsAndStallsCostsNoImage() throws IOException {
    addToInbox("slow", 12);
    FaultProxy.Plan random = FaultProxy.random(SEED, 40, Fault.SLOW_DOWN, Fault.RESET);
    AtomicInteger images = new AtomicInteger();
    proxy.follow(
        line ->
            line.contains("/inbox/slow/005.png") && images.incrementAndGet() == 1
                ? Fault.STALL
                : random.of(line));
    Result result = SharedServers.cluster().await(start(BUCKET, "2026-11-02"), LIMIT);

    assertThat(result.exitCode()).as(result.stderr()).isZero();
    assertThat(proxy.count(Fault.SLOW_DOWN)).isPositive();
    assertThat(proxy.count(Fault.RESET)).isPositive();
    assertThat(proxy.count(Fault.STALL)).isEqualTo(1);
    assertThat(result.stdout()).contains(" 12 scored");
    plant.requireEachOnce(LISTED, "on a disturbed store");
  }

  @Test
  void keysOfTheInboxThatExpireFailTheNightThatSaysSo() throws IOException {
    addToInbox("keys", 12);
    AtomicInteger images = new AtomicInteger();
    proxy.follow(
        line ->
            line.startsWith("GET ") && line.contains("/inbox/keys/") && images.incrementAndGet() > 3
                ? Fault.FORBIDDEN
                : Fault.PASS);
    List<String> before = plant.scores();
    Result failed = SharedServers.cluster().await(start(BUCKET, "2026-11-03"), LIMIT);
    assertThat(failed.exitCode()).as(failed.stderr()).isEqualTo(3);
    assertThat(failed.stderr()).contains("dn2: The store failed").contains("ExpiredToken");
    assertThat(plant.newestFailure()).contains("ExpiredToken");
    assertThat(plant.scores()).isEqualTo(before);
    assertThat(failed.stdout() + failed.stderr()).doesNotContain(S3Server.SECRET_KEY);

    proxy.follow(line -> Fault.PASS);
    assertThat(run("2026-11-03").failure()).isNull();
    plant.requireEachOnce(LISTED, "with good keys");
  }

  @Test
  void keysOfAllThatExpireEndTheNightWithoutARecord() throws IOException {
    addToInbox("all", 6);
    AtomicInteger images = new AtomicInteger();
    proxy.follow(
        line ->
            (line.contains("/inbox/all/0") ? images.incrementAndGet() : images.get()) > 2
                ? Fault.EXPIRED
                : Fault.PASS);
    assertThat(run("2026-11-04").failure()).hasStackTraceContaining("ExpiredToken");
    proxy.follow(line -> Fault.PASS);
    List<String> outcomes = plant.outcomes();
    awaitEndOfLease();
    assertThat(run("2026-11-05").failure()).isNull();
    assertThat(plant.outcomes())
        .startsWith(outcomes.toArray(String[]::new))
        .endsWith("abandoned", "succeeded");
    plant.requireEachOnce(LISTED, "with good keys");
  }

  /** A lease of seconds, and the store's times are in whole ones. */
  private static void awaitEndOfLease() {
    try {
      assertThat(new CountDownLatch(1).await(5, TimeUnit.SECONDS)).isFalse();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void aStoreThatIsGoneForAMinuteIsWaitedForOrTheNextNightHeals() throws Exception {
    addToInbox("gone", 6);
    CountDownLatch reading = new CountDownLatch(1);
    proxy.follow(
        line -> {
          if (line.contains("/inbox/gone/003.png")) {
            reading.countDown();
            return Fault.RESET;
          }
          return Fault.PASS;
        });
    CompletableFuture<NightlyFailureOrRecord> night =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return run("2026-11-06");
              } catch (IOException e) {
                throw new IllegalStateException(e);
              }
            });
    assertThat(reading.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    proxy.goAway();
    assertThat(new CountDownLatch(1).await(AWAY.toSeconds(), TimeUnit.SECONDS)).isFalse();
    proxy.follow(line -> Fault.PASS);
    proxy.comeBack();
    NightlyFailureOrRecord ended = night.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    if (ended.failure() != null) {
      assertThat(NightlyFailure.inWords(ended.failure())).containsAnyOf("store", "written", "read");
      awaitEndOfLease();
      assertThat(run("2026-11-07").failure()).isNull();
    }
    plant.requireEachOnce(LISTED, "after a minute without a store, " + ended);
  }

  @Test
  void onHdfsTooADriverThatIsKilledIsHealedByTheNextNight() throws Exception {
    String root = SharedServers.hdfs().address() + "/nightly-faults";
    for (String name : List.of("normal", "model")) {
      upload(folder.resolve(name), root + "/" + name);
    }
    Images.writeFolder(folder.resolve("hdfs"), 10, Color.BLUE, 300);
    upload(folder.resolve("hdfs"), root + "/inbox");
    Submission night = start(root, "2026-11-01");
    while (!Files.readString(night.stderr()).contains(" compare: ")) {
      assertThat(night.process().isAlive()).as(Files.readString(night.stderr())).isTrue();
      night.process().waitFor(50, TimeUnit.MILLISECONDS);
    }
    night.process().destroyForcibly();
    assertThat(SharedServers.cluster().await(night, LIMIT).exitCode()).isEqualTo(137);
    PlantReader onHdfs = new PlantReader(root + "/plant");
    assertThat(onHdfs.outcomes()).isEmpty();

    Result healed = SharedServers.cluster().await(start(root, "2026-11-01"), LIMIT);
    assertThat(healed.exitCode()).as(healed.stderr()).isZero();
    assertThat(onHdfs.outcomes()).containsExactly("abandoned", "succeeded");
    assertThat(onHdfs.scores()).hasSize(10);
  }
}
