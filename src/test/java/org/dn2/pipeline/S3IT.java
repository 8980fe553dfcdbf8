package org.dn2.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.Color;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.dn2.store.ExistingOutput;
import org.dn2.store.RunId;
import org.dn2.testing.Dn2Process;
import org.dn2.testing.Images;
import org.dn2.testing.LocalCluster;
import org.dn2.testing.S3Server;
import org.dn2.testing.SharedServers;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The one jar's own S3A against a real server: images, models and outputs in buckets. */
class S3IT {
  private static final Duration LIMIT = Duration.ofMinutes(5);
  private static final List<String> ODD_NAMES =
      List.of(
          "100%.png", "a b.png", "a+b&c.png", "ein 'ß'.png", "semi;colon,#1.png", "quote\"s.png");

  @TempDir static Path folder;
  private static S3Server s3;
  private static Workplace work;

  @BeforeAll
  static void fillBucket() throws IOException {
    work = Workplace.in(folder);
    Images.writeFolder(folder.resolve("train/red"), 30, Color.RED, 100);
    Images.writeFolder(folder.resolve("test/red"), 10, Color.RED, 1000);
    Images.writeFolder(folder.resolve("test/blue"), 10, Color.BLUE, 2000);
    Files.writeString(folder.resolve("test/blue/broken.png"), "no picture");
    Files.createFile(folder.resolve("test/blue/empty.png"));
    for (int i = 0; i < ODD_NAMES.size(); i++) {
      Files.createDirectories(folder.resolve("odd"));
      Files.write(
          folder.resolve("odd").resolve(ODD_NAMES.get(i)),
          Images.encoded("png", Color.GREEN, 3000 + i));
    }
    s3 = SharedServers.s3();
    s3.makeBucket("plant");
    for (String name : List.of("model", "train", "test", "odd")) {
      upload(name);
    }
  }

  private static void upload(String name) throws IOException {
    Configuration settings = new Configuration();
    s3.hadoopSettings().forEach(settings::set);
    settings.set("fs.s3a.access.key", S3Server.ACCESS_KEY);
    settings.set("fs.s3a.secret.key", S3Server.SECRET_KEY);
    org.apache.hadoop.fs.Path target = new org.apache.hadoop.fs.Path("s3a://plant/" + name);
    target
        .getFileSystem(settings)
        .copyFromLocalFile(new org.apache.hadoop.fs.Path(work.path(name)), target);
  }

  /**
   * {@code ./dn2}, which finds the server as a user would say it and the keys in AWS's variables.
   */
  private static Dn2Process dn2(String secret) {
    return new Dn2Process(folder)
        .with("AWS_ACCESS_KEY_ID", S3Server.ACCESS_KEY)
        .with("AWS_SECRET_ACCESS_KEY", secret)
        .with(
            "DN2_JAVA_OPTS",
            s3.hadoopSettings().entrySet().stream()
                .map(setting -> "-Dspark.hadoop." + setting.getKey() + "=" + setting.getValue())
                .collect(Collectors.joining(" ")));
  }

  private static Path configuration(String name, String root) throws IOException {
    return Files.writeString(
        folder.resolve(name + ".conf"),
        """
        dn2 {
          output = "%1$s/%2$s"
          model = "%1$s/model"
          batch-size = 8
          max-reject-fraction = 0.2
          train { path = "%1$s/train", label-pattern = "([^/]+)/[^/]+$" }
          test { path = "%1$s/test", label-pattern = "([^/]+)/[^/]+$" }
          evaluate { normal-labels = ["red"] }
        }
        """
            .formatted(root, name));
  }

  private static List<String> rows(Dataset<Row> table) {
    return table.orderBy("image_id").collectAsList().stream().map(Row::toString).toList();
  }

  private static List<String> scores(String output) {
    return rows(
        Workplace.SPARK
            .read()
            .parquet(output + "/scores")
            .select("image_id", "label", "score", "p_value", "neighbor_ids"));
  }

  @Test
  void executorsScoreABucketAsALocalRunScoresAFolder() throws Exception {
    new RunJob(Workplace.SPARK)
        .run(
            new RunJob.Settings(
                RunConfig.read(configuration("local", folder.toString()).toFile()),
                work.model(),
                LocalDate.of(2026, 11, 24),
                ScoreJob.OtherDates.STAY,
                new RunId("same"),
                ExistingOutput.KEEP));
    List<String> settings = new ArrayList<>(List.of("spark.cores.max=2"));
    settings.add("spark.executor.memory=1g");
    settings.add("spark.hadoop.fs.s3a.access.key=" + S3Server.ACCESS_KEY);
    settings.add("spark.hadoop.fs.s3a.secret.key=" + S3Server.SECRET_KEY);
    s3.hadoopSettings().forEach((key, value) -> settings.add("spark.hadoop." + key + "=" + value));

    LocalCluster.Result result =
        SharedServers.cluster()
            .submit(
                LIMIT,
                settings,
                "run",
                "--conf",
                configuration("clustered", "s3a://plant").toString(),
                "--run-id",
                "same",
                "--run-date",
                "2026-11-24");

    assertThat(result.exitCode()).as(result.stderr()).isZero();
    Path bucket = s3.bucket("plant");
    assertThat(scores(bucket.resolve("clustered").toString()))
        .hasSize(20)
        .isEqualTo(scores(work.path("local")));
    assertThat(
            rows(
                Workplace.SPARK
                    .read()
                    .parquet(bucket.resolve("clustered/test/rejects").toString())
                    .select("image_id", "reason")))
        .containsExactly("[blue/broken.png,not_an_image]", "[blue/empty.png,empty]");
    assertThat(bucket.resolve("clustered/report/strange-images.html")).isNotEmptyFile();
    assertThat(result.stdout() + result.stderr()).doesNotContain(S3Server.SECRET_KEY);
    assertThat(filesThatHold(bucket, S3Server.SECRET_KEY)).isEmpty();
  }

  private static List<Path> filesThatHold(Path place, String text) throws IOException {
    List<Path> found = new ArrayList<>();
    try (Stream<Path> files = Files.walk(place)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (Files.readString(file, StandardCharsets.ISO_8859_1).contains(text)) {
          found.add(file);
        }
      }
    }
    return found;
  }

  @Test
  void keysOfAnyNameArePackedAndEmbedded() throws Exception {
    Dn2Process dn2 = dn2(S3Server.SECRET_KEY);
    Dn2Process.Result packed =
        dn2.run("pack", "--input", "s3a://plant/odd", "--out", "s3a://plant/packed");
    assertThat(packed.exitCode()).as(packed.stderr()).isZero();
    assertThat(packed.stdout()).isEqualTo("6 listed, 6 packed, 0 rejected\n");

    Dn2Process.Result embedded =
        dn2.run("embed", "--input", "s3a://plant/packed", "--model", "model", "--out", "table");
    assertThat(embedded.exitCode()).as(embedded.stderr()).isZero();
    List<String> expected = new ArrayList<>();
    for (String name : ODD_NAMES) {
      expected.add("[%s,%s]".formatted(name, sha256(folder.resolve("odd").resolve(name))));
    }
    assertThat(rows(work.embeddings("table").select("image_id", "content_sha256")))
        .containsExactlyInAnyOrderElementsOf(expected);
  }

  @Test
  void whatCannotBePackedIsListedBesideTheTable() throws Exception {
    Files.writeString(
        folder.resolve("some.csv"),
        "path\ns3a://plant/train/red/000.png\ns3a://plant/train/red/nowhere.png\n");
    Dn2Process dn2 = dn2(S3Server.SECRET_KEY);
    for (int repeat = 0; repeat < 2; repeat++) {
      Dn2Process.Result packed =
          dn2.run(
              "pack",
              "--input",
              "some.csv",
              "--allow-root",
              "s3a://plant/",
              "--max-reject-fraction",
              "0.5",
              "--run-id",
              "one",
              "--out",
              "s3a://plant/some");
      assertThat(packed.exitCode()).as(packed.stderr()).isZero();
      assertThat(packed.stdout()).isEqualTo("2 listed, 1 packed, 1 rejected (1 gone)\n");

      Path bucket = s3.bucket("plant");
      assertThat(
              rows(
                  Workplace.SPARK
                      .read()
                      .parquet(bucket.resolve("some_rejects").toString())
                      .select("image_id", "reason")))
          .containsExactly("[s3a://plant/train/red/nowhere.png,gone]");
      assertThat(bucket.resolve("some_rejects/_DN2_RUN")).isNotEmptyFile();
      assertThat(Workplace.SPARK.read().parquet(bucket.resolve("some").toString()).count())
          .isEqualTo(1);
    }
  }

  private static String sha256(Path file) throws Exception {
    return HexFormat.of()
        .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
  }

  @Test
  void whatIsWrongWithABucketIsSaidInOneMessage() throws Exception {
    Dn2Process.Result noBucket =
        dn2(S3Server.SECRET_KEY).run("pack", "--input", "s3a://elsewhere/images", "--out", "never");
    assertThat(noBucket.exitCode()).as(noBucket.stderr()).isEqualTo(2);
    assertThat(noBucket.stderr())
        .contains("dn2: The path s3a://elsewhere/images cannot be looked at: ")
        .contains("The specified bucket does not exist")
        .doesNotContain("\tat ");

    Dn2Process.Result noFolder =
        dn2(S3Server.SECRET_KEY).run("pack", "--input", "s3a://plant/nothing", "--out", "never");
    assertThat(noFolder.exitCode()).as(noFolder.stderr()).isEqualTo(2);
    assertThat(noFolder.stderr()).contains("dn2: There is nothing at s3a://plant/nothing; ");

    Dn2Process.Result wrongKey =
        dn2("not-the-secret-of-this-store")
            .run("pack", "--input", "s3a://plant/train", "--out", "never");
    assertThat(wrongKey.exitCode()).as(wrongKey.stderr()).isEqualTo(2);
    assertThat(wrongKey.stderr())
        .contains("dn2: The path s3a://plant/train cannot be looked at: ")
        .contains("Forbidden")
        .doesNotContain("\tat ")
        .doesNotContain("not-the-secret");
    assertThat(folder.resolve("never")).doesNotExist();
  }
}
