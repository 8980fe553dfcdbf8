package org.dn2.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.statistics.IOStatisticsSupport;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.dn2.table.UserDataException;
import org.dn2.testing.Faults;
import org.dn2.testing.FaultyHdfs;
import org.dn2.testing.FaultyS3;
import org.dn2.testing.SharedServers;
import org.dn2.testing.SparkSessions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Commits on a real HDFS and a real S3 server: faults, races, readers meanwhile. */
class StoresIT {
  private static final SparkSession SPARK = SparkSessions.local();
  private static final int VERSIONS = 5;

  @BeforeAll
  static void start() throws IOException {
    SharedServers.withS3(SPARK.sparkContext().hadoopConfiguration());
    SharedServers.s3().makeBucket("stores");
    SharedServers.s3().makeBucket("faults");
  }

  @AfterAll
  static void workAgain() {
    Faults.end();
  }

  private static Configuration hadoop() {
    return SPARK.sessionState().newHadoopConf();
  }

  private static Path root(String store, String name) {
    return new Path(
        "hdfs".equals(store)
            ? SharedServers.hdfs().address() + "/stores/" + name
            : "s3a://stores/" + name);
  }

  @ParameterizedTest
  @EnumSource
  void everyCallToHdfsMayFailOrBeTheLast(Faults.Kind kind) throws IOException {
    Configuration hadoop = new Configuration();
    hadoop.set("fs.hdfs.impl", FaultyHdfs.class.getName());
    // Under another name of the host, so that other tests keep their own client.
    Path root =
        new Path(root("hdfs", "faults-" + kind).toString().replace("127.0.0.1", "localhost"));
    CommitUnderFaults commit = new CommitUnderFaults(hadoop, root);
    if (kind == Faults.Kind.DIE) {
      assertThat(commit.first(kind)).anyMatch(call -> call.startsWith("rename"));
    }
    assertThat(commit.replacing(kind)).filteredOn(call -> call.startsWith("rename")).hasSize(2);
  }

  @ParameterizedTest
  @EnumSource
  void everyCallToS3MayFailOrBeTheLast(Faults.Kind kind) throws IOException {
    Configuration hadoop = SharedServers.withS3(new Configuration());
    hadoop.set("fs.s3a.impl", FaultyS3.class.getName());
    CommitUnderFaults commit = new CommitUnderFaults(hadoop, new Path("s3a://faults/" + kind));
    if (kind == Faults.Kind.DIE) {
      assertThat(commit.first(kind)).anyMatch(call -> call.equals("create _DN2_RUN"));
    }
    assertThat(commit.replacing(kind))
        .as("S3 knows no renames")
        .noneMatch(call -> call.startsWith("rename"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"hdfs", "s3"})
  void ofTwoRunsThatRaceForAPlaceOneWins(String store) throws Exception {
    ExecutorService racers = Executors.newFixedThreadPool(2);
    try {
      for (int round = 0; round < 10; round++) {
        Path place = root(store, "race/" + round + "/out");
        CyclicBarrier line = new CyclicBarrier(2);
        List<Future<String>> both =
            List.of(racers.submit(racer(place, "a", line)), racers.submit(racer(place, "b", line)));
        List<String> winners = new ArrayList<>();
        for (Future<String> one : both) {
          try {
            winners.add(one.get());
          } catch (ExecutionException e) {
            assertThat(e.getCause())
                .isInstanceOf(UserDataException.class)
                // S3Proxy lists the winner's marker under a passing name while it is uploaded.
                .hasMessageMatching(
                    "(?s).* is there already, written by the run .*"
                        + "|.* holds files that dn2 embed did not write there \\(_DN2_RUN-[0-9a-f-]{36}\\), and is not replaced.*");
          }
        }
        assertThat(winners).hasSize(1);
        WholeFolder whole = WholeFolder.open(place, "embed", hadoop());
        assertThat(whole.runId().value()).isEqualTo(winners.get(0));
        assertThat(new String(whole.file("who.txt"), java.nio.charset.StandardCharsets.UTF_8))
            .isEqualTo(winners.get(0));
      }
    } finally {
      racers.shutdownNow();
    }
  }

  private static Callable<String> racer(Path place, String run, CyclicBarrier line) {
    return () -> {
      CommittedFolder folder =
          CommittedFolder.claim(
              new Destination(place.toString(), new RunId(run), ExistingOutput.KEEP),
              "embed",
              hadoop());
      return folder.write(
          draft -> {
            draft.file("who.txt", run);
            try {
              line.await();
            } catch (Exception e) {
              throw new IllegalStateException(e);
            }
            return run;
          });
    };
  }

  @ParameterizedTest
  @ValueSource(strings = {"hdfs", "s3"})
  void aReaderMeanwhileSeesOneVersionOrNone(String store) throws Exception {
    Path place = root(store, "reader/out");
    write(place, 0);
    AtomicBoolean isWriting = new AtomicBoolean(true);
    ExecutorService reader = Executors.newSingleThreadExecutor();
    try {
      Future<List<String>> seen =
          reader.submit(
              () -> {
                List<String> versions = new ArrayList<>();
                while (isWriting.get()) {
                  versions.add(read(place));
                }
                return versions;
              });
      for (int version = 1; version < VERSIONS; version++) {
        write(place, version);
      }
      isWriting.set(false);
      assertThat(seen.get())
          .as("whole versions, or nothing that could be read")
          .allMatch(version -> version.matches("none|version [0-9], 2000 rows in each"))
          .anyMatch(version -> !version.equals("none"));
    } finally {
      reader.shutdownNow();
    }
    assertThat(read(place)).isEqualTo("version %d, 2000 rows in each".formatted(VERSIONS - 1));
    assertThat(SPARK.read().parquet(place + "/left").count())
        .as("the versions before are gone for any reader")
        .isEqualTo(2000);
  }

  private static void write(Path place, int version) {
    CommittedFolder.claim(
            new Destination(place.toString(), new RunId("writer"), ExistingOutput.KEEP),
            "embed",
            hadoop())
        .write(
            draft -> {
              Dataset<Row> rows =
                  SPARK.range(0, 2000, 1, 3).selectExpr("id", version + " as version");
              draft.table("left", rows);
              draft.table("right", rows);
              draft.file("version.txt", Integer.toString(version));
              return null;
            });
  }

  private static String read(Path place) {
    try {
      WholeFolder whole = WholeFolder.open(place, "embed", hadoop());
      List<Row> left = sums(whole, "left");
      List<Row> right = sums(whole, "right");
      String version =
          new String(whole.file("version.txt"), java.nio.charset.StandardCharsets.UTF_8);
      String expected = "[[%s,2000]]".formatted(version);
      return left.toString().equals(expected) && right.toString().equals(expected)
          ? "version %s, 2000 rows in each".formatted(version)
          : "mixed: %s %s %s".formatted(version, left, right);
    } catch (Exception e) {
      // It was replaced while it was read, and says so.
      return "none";
    }
  }

  private static List<Row> sums(WholeFolder whole, String table) {
    return whole.table(table, SPARK).groupBy("version").count().collectAsList();
  }

  @Test
  void aCommitOnS3CopiesNothing() throws IOException {
    Path place = root("s3", "many/out");
    FileSystem files = place.getFileSystem(hadoop());
    Map<String, Long> before =
        Map.copyOf(IOStatisticsSupport.retrieveIOStatistics(files).counters());
    CommittedFolder.claim(
            new Destination(place.toString(), new RunId("many"), ExistingOutput.KEEP),
            "embed",
            hadoop())
        .write(
            draft -> {
              draft.table("rows", SPARK.range(0, 1000, 1, 50).toDF());
              return null;
            });
    Map<String, Long> after = IOStatisticsSupport.retrieveIOStatistics(files).counters();
    for (String counter : List.of("object_copy_requests", "op_rename", "files_copied")) {
      assertThat(after.get(counter)).as(counter).isEqualTo(before.get(counter));
    }
    assertThat(after.get("committer_commits_completed"))
        .isEqualTo(before.get("committer_commits_completed") + 50);
    int parts = 0;
    for (FileStatus file : files.listStatus(new Path(place, "rows"))) {
      assertThat(file.getPath().getName()).endsWith(".zstd.parquet");
      parts++;
    }
    assertThat(parts).isEqualTo(50);
  }
}
