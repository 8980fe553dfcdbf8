package org.dn2.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.dn2.model.BackboneImport;
import org.dn2.store.RunId;
import org.dn2.table.UserDataException;
import org.dn2.testing.Faults;
import org.dn2.testing.FaultyLocalFiles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Nights of an inbox to which images come, late too, in which they change and from which they
 * vanish. One plant is left in peace; in the other calls to the store fail, or the process dies at
 * one, and the night is repeated until it is through. {@code -Ddn2.test.nights=4} makes it short.
 */
class SimulatedMonthIT {
  private static final int NIGHTS = Integer.getInteger("dn2.test.nights", 30);
  private static final int IMAGES_PER_NIGHT = 500;
  private static final int MOST_FAULTS_PER_NIGHT = 2;
  private static final long SEED = 20261126;
  private static final Duration POLL = Duration.ofMillis(100);
  private static final LocalDate FIRST = LocalDate.parse("2026-11-01");

  private static final String[] SCORES = {
    "image_id",
    "image_version",
    "score",
    "threshold",
    "is_anomaly",
    "p_value",
    "neighbor_ids",
    "neighbor_distances",
    "detector_id",
    "model_fingerprint",
    "run_date",
    "run_id"
  };

  @TempDir private Path folder;
  private final SparkSession inPeace = Workplace.SPARK.newSession();
  private final SparkSession underFaults = Workplace.SPARK.newSession();

  /** How many calls of the store a night makes, once that is known. */
  private int calls;

  @Test
  void aMonthOfFaultsEndsAsAMonthInPeace() throws IOException {
    System.out.println("seed " + SEED);
    Random random = new Random(SEED);
    new BackboneImport(folder.resolve("model")).rawPixels(8);
    underFaults.conf().set("fs.file.impl", FaultyLocalFiles.class.getName());
    underFaults.conf().set("fs.file.impl.disable.cache", "true");
    SimulatedInbox inbox = new SimulatedInbox(folder.resolve("inbox"), random);
    new SimulatedInbox(folder.resolve("normal"), random).add(FIRST, 60);
    int faults = 0;
    for (int night = 0; night < NIGHTS; night++) {
      LocalDate date = FIRST.plusDays(night);
      inbox.night(date, IMAGES_PER_NIGHT);
      CompletableFuture<Void> calm = CompletableFuture.runAsync(() -> run(inPeace, "calm", date));
      faults += runUnderFaults(date, random);
      calm.join();
    }
    System.out.printf("%d faults, %d calls in the first night%n", faults, calls);
    assertThat(faults).isPositive();
    assertThat(rows("stormy", "scores", SCORES)).isEqualTo(rows("calm", "scores", SCORES));
    String[] outcome = {"source", "image_id", "image_version", "file_version", "run_date"};
    assertThat(rows("stormy", "embeddings", outcome))
        .doesNotHaveDuplicates()
        .isEqualTo(rows("calm", "embeddings", outcome));
    assertThat(rows("stormy", "rejects", "image_id", "image_version", "reason", "run_date"))
        .isNotEmpty()
        .isEqualTo(rows("calm", "rejects", "image_id", "image_version", "reason", "run_date"));
    assertThat(rows("stormy", "scores", "image_id", "image_version"))
        .hasSizeGreaterThan(NIGHTS * IMAGES_PER_NIGHT * 9 / 10)
        .doesNotHaveDuplicates();
  }

  private int runUnderFaults(LocalDate date, Random random) {
    int faults = 0;
    if (calls == 0) {
      Faults.begin(Faults.Kind.THROW, 0);
      runWhenLeaseIsFree(date);
      calls = Faults.end().size();
      return 0;
    }
    int wanted = random.nextBoolean() ? 0 : 1 + random.nextInt(MOST_FAULTS_PER_NIGHT);
    for (int fault = 0; fault < wanted; fault++) {
      Faults.Kind kind = random.nextBoolean() ? Faults.Kind.DIE : Faults.Kind.THROW;
      Faults.begin(kind, 1 + random.nextInt(calls));
      try {
        runWhenLeaseIsFree(date);
      } catch (Throwable e) { // Scala throws checked ones without saying so.
        faults++;
      } finally {
        Faults.end();
      }
    }
    runWhenLeaseIsFree(date);
    return faults;
  }

  /** A process that died keeps others out for as long as its lease. */
  private void runWhenLeaseIsFree(LocalDate date) {
    while (true) {
      try {
        run(underFaults, "stormy", date);
        return;
      } catch (UserDataException e) {
        if (!e.getMessage().startsWith("Another run is at work")) {
          throw e;
        }
        LockSupport.parkNanos(POLL.toNanos());
      }
    }
  }

  private void run(SparkSession spark, String plant, LocalDate date) {
    NightlyConfig config = NightlyConfig.read(conf(plant, date).toFile());
    new NightlyRun(spark)
        .run(
            new NightlySettings(
                config,
                Workplace.openModel(folder.resolve("model")),
                date,
                new RunId(date.toString())));
  }

  /** After the first night there is a detector, and the normal images are no longer needed. */
  private Path conf(String plant, LocalDate date) {
    String reference =
        date.equals(FIRST) ? "reference { path = \"%s/normal\" }".formatted(folder) : "";
    try {
      return Files.writeString(
          folder.resolve(plant + ".conf"),
          """
          nightly {
            plant = "%1$s/%2$s"
            inbox { path = "%1$s/inbox/{date}", days-back = 2 }
            %3$s
            model = "%1$s/model"
            lease = 2s
            page = false
            fit.schedule = once
          }
          """
              .formatted(folder, plant, reference));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private List<String> rows(String plant, String table, String... columns) {
    return inPeace
        .read()
        .parquet(folder + "/" + plant + "/" + table)
        .selectExpr(columns)
        .collectAsList()
        .stream()
        .map(Row::toString)
        .sorted()
        .toList();
  }
}
