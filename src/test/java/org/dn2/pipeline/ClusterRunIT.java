package org.dn2.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import org.apache.spark.sql.Row;
import org.dn2.store.ExistingOutput;
import org.dn2.store.RunId;
import org.dn2.testing.Images;
import org.dn2.testing.LocalCluster;
import org.dn2.testing.SharedServers;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The one jar, submitted to a master and two workers in processes of their own. */
class ClusterRunIT {
  private static final Duration LIMIT = Duration.ofMinutes(5);
  private static final List<String> TWO_EXECUTORS =
      List.of(
          "spark.cores.max=2",
          "spark.executor.memory=1g",
          "spark.scheduler.minRegisteredResourcesRatio=1.0",
          "spark.scheduler.maxRegisteredResourcesWaitingTime=120s");

  @TempDir static Path folder;
  private static LocalCluster cluster;
  private static Workplace work;

  @BeforeAll
  static void startCluster() throws IOException {
    work = Workplace.in(folder);
    Images.writeFolder(folder.resolve("train/red"), 40, Color.RED, 100);
    Images.writeFolder(folder.resolve("test/red"), 20, Color.RED, 1000);
    Images.writeFolder(folder.resolve("test/blue"), 20, Color.BLUE, 2000);
    Files.writeString(folder.resolve("test/blue/broken.png"), "no picture");
    cluster = SharedServers.cluster();
  }

  private static Path configuration(String output) throws IOException {
    return Files.writeString(
        folder.resolve(output + ".conf"),
        """
        dn2 {
          output = "%s"
          model = "%s"
          batch-size = 8
          train { path = "%s", label-pattern = "([^/]+)/[^/]+$" }
          test { path = "%s", label-pattern = "([^/]+)/[^/]+$" }
          evaluate { normal-labels = ["red"] }
        }
        """
            .formatted(
                work.path(output), work.path("model"), work.path("train"), work.path("test")));
  }

  private static List<String> scores(String output) {
    return Workplace.SPARK
        .read()
        .parquet(work.path(output) + "/scores")
        .selectExpr(
            "image_id",
            "label",
            "score",
            "threshold",
            "is_anomaly",
            "p_value",
            "neighbor_ids",
            "neighbor_distances",
            "detector_id",
            "run_id",
            "run_date")
        .orderBy("image_id")
        .collectAsList()
        .stream()
        .map(Row::toString)
        .toList();
  }

  @Test
  void aClusterGivesTheScoresOfALocalRun() throws IOException {
    RunConfig local = RunConfig.read(configuration("local").toFile());
    new RunJob(Workplace.SPARK)
        .run(
            new RunJob.Settings(
                local,
                work.model(),
                LocalDate.of(2026, 11, 24),
                ScoreJob.OtherDates.STAY,
                new RunId("same"),
                ExistingOutput.KEEP));

    LocalCluster.Result result =
        cluster.submit(
            LIMIT,
            TWO_EXECUTORS,
            "run",
            "--conf",
            configuration("clustered").toString(),
            "--run-id",
            "same",
            "--run-date",
            "2026-11-24");

    assertThat(result.exitCode()).as(result.stderr()).isZero();
    assertThat(result.stdout()).contains("ROCAUC").contains("The strangest images");
    assertThat(scores("clustered")).hasSize(40).isEqualTo(scores("local"));
    assertThat(work.rejects("clustered/test").count()).isEqualTo(1);
  }

  @Test
  void aUsersMistakeEndsTheSubmissionWithItsMessageAndCode() {
    LocalCluster.Result result =
        cluster.submit(
            LIMIT,
            TWO_EXECUTORS,
            "embed",
            "--input",
            work.path("nowhere"),
            "--out",
            work.path("never"),
            "--model",
            work.path("model"));

    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.stderr()).contains("dn2: ").contains("nowhere");
    assertThat(folder.resolve("never")).doesNotExist();
  }

  @Test
  void aGpuThatIsAskedForAndAbsentFailsTheSubmission() {
    LocalCluster.Result result =
        cluster.submit(
            LIMIT,
            TWO_EXECUTORS,
            "embed",
            "--input",
            work.path("train"),
            "--out",
            work.path("never"),
            "--device",
            "gpu",
            "--model",
            work.path("model"));

    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.stderr()).contains("A GPU was asked for, but Spark gave none to the task.");
    assertThat(folder.resolve("never")).doesNotExist();
  }
}
