package org.dn2.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.spark.sql.Row;
import org.dn2.store.ExistingOutput;
import org.dn2.store.RunId;
import org.dn2.testing.Dn2Process;
import org.dn2.testing.HdfsServer;
import org.dn2.testing.Images;
import org.dn2.testing.SharedServers;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images, model and outputs on a real HDFS. */
class HdfsIT {
  @TempDir static Path folder;
  private static HdfsServer hdfs;
  private static Workplace work;

  @BeforeAll
  static void fillHdfs() throws IOException {
    work = Workplace.in(folder);
    Images.writeFolder(folder.resolve("train"), 20, Color.RED, 100);
    Images.writeFolder(folder.resolve("test/red"), 10, Color.RED, 1000);
    Images.writeFolder(folder.resolve("test/blue"), 10, Color.BLUE, 2000);
    Files.writeString(folder.resolve("test/blue/ein 'ß', 100%.png"), "no picture");
    hdfs = SharedServers.hdfs();
    FileSystem files = fileSystem();
    for (String name : List.of("model", "train", "test")) {
      files.copyFromLocalFile(
          new org.apache.hadoop.fs.Path(work.path(name)),
          new org.apache.hadoop.fs.Path("/plant/" + name));
    }
  }

  private static FileSystem fileSystem() throws IOException {
    return new org.apache.hadoop.fs.Path(hdfs.address()).getFileSystem(new Configuration());
  }

  private static Path conf(String name, String root) throws IOException {
    return Files.writeString(
        folder.resolve(name + ".conf"),
        """
            dn2 {
              output = "%1$s/out"
              model = "%1$s/model"
              train { path = "%1$s/train" }
              test { path = "%1$s/test", label-pattern = "([^/]+)/[^/]+$" }
              evaluate { normal-labels = ["red"] }
            }
            """
            .formatted(root));
  }

  private static List<String> rows(String table, String... columns) {
    return Workplace.SPARK
        .read()
        .parquet(table)
        .selectExpr(columns)
        .orderBy("image_id")
        .collectAsList()
        .stream()
        .map(Row::toString)
        .toList();
  }

  @Test
  void aRunOnHdfsGivesTheScoresOfALocalRun() throws Exception {
    String plant = hdfs.address() + "/plant";
    Dn2Process.Result result =
        new Dn2Process(folder).run("run", "--conf", conf("hdfs", plant).toString());
    assertThat(result.exitCode()).as(result.stderr()).isZero();
    new RunJob(Workplace.SPARK)
        .run(
            new RunJob.Settings(
                RunConfig.read(conf("local", folder.toString()).toFile()),
                work.model(),
                LocalDate.of(2026, 11, 24),
                ScoreJob.OtherDates.STAY,
                new RunId("local"),
                ExistingOutput.KEEP));

    String[] columns = {"image_id", "label", "score", "p_value", "neighbor_ids"};
    assertThat(rows(plant + "/out/scores", columns))
        .hasSize(20)
        .isEqualTo(rows(work.path("out") + "/scores", columns));
    assertThat(rows(plant + "/out/test/rejects", "image_id", "reason"))
        .containsExactly("[blue/ein 'ß', 100%.png,not_an_image]");
    assertThat(
            fileSystem()
                .exists(new org.apache.hadoop.fs.Path("/plant/out/report/strange-images.html")))
        .isTrue();
    assertThat(fileSystem().listStatus(new org.apache.hadoop.fs.Path("/plant/out")))
        .as("nothing unfinished is left")
        .noneMatch(entry -> entry.getPath().getName().startsWith("."));
  }

  @Test
  void aFolderThatMayNotBeWrittenIsToldBeforeTheWork() throws Exception {
    Dn2Process.Result result =
        new Dn2Process(folder)
            .with("HADOOP_USER_NAME", "nobody")
            .run(
                "embed",
                "--input",
                hdfs.address() + "/plant/train",
                "--model",
                "model",
                "--out",
                hdfs.address() + "/forbidden/out");
    assertThat(result.exitCode()).as(result.stderr()).isEqualTo(2);
    assertThat(result.stderr())
        .contains("dn2: The output " + hdfs.address() + "/forbidden/out cannot be written: ")
        .contains("Permission denied: user=nobody, access=WRITE")
        .doesNotContain("\tat ")
        .doesNotContain("embed: ");
  }
}
