package org.dn2.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.dn2.testing.Images;
import org.dn2.testing.LocalCluster;
import org.dn2.testing.S3Server;
import org.dn2.testing.SharedServers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An installation on a cluster, with a plant on S3. */
class DoctorIT {
  @TempDir private Path folder;

  @Test
  void aClusterIsLookedOverExecutorByExecutor() throws IOException {
    NightlyPlace place = NightlyPlace.in(folder);
    Images.writeFolder(place.inbox(), 2, Color.RED, 100);
    S3Server s3 = SharedServers.s3();
    s3.makeBucket("doctor");
    Path file =
        Files.writeString(
            folder.resolve("my.conf"),
            """
            nightly { plant = "s3a://doctor/dn2", inbox { path = "%s" }, model = "%s"
              reference { path = "%s" } }
            """
                .formatted(place.inbox(), folder.resolve("model"), place.inbox()));
    List<String> settings =
        Stream.concat(
                s3.hadoopSettings().entrySet().stream()
                    .map(setting -> "spark.hadoop." + setting.getKey() + "=" + setting.getValue()),
                Stream.of(
                    "spark.hadoop.fs.s3a.access.key=" + S3Server.ACCESS_KEY,
                    "spark.hadoop.fs.s3a.secret.key=" + S3Server.SECRET_KEY,
                    "spark.cores.max=2",
                    "spark.executor.memory=1g",
                    "spark.scheduler.minRegisteredResourcesRatio=1.0",
                    "spark.scheduler.maxRegisteredResourcesWaitingTime=120s"))
            .toList();

    LocalCluster.Result result =
        SharedServers.cluster()
            .submit(Duration.ofMinutes(4), settings, "doctor", "--conf", file.toString());

    assertThat(result.stdout())
        .containsPattern("OK +executor 0 +127\\.0\\.0\\.[12]: Java 17.*libtorch.*clock")
        .containsPattern("OK +executor 1 +127\\.0\\.0\\.[12]: Java 17.*libtorch.*clock")
        .containsPattern("OK +nightly\\.plant +s3a://doctor/dn2: can be written.*magic committer")
        .doesNotContain(S3Server.SECRET_KEY);
    assertThat(result.exitCode()).as(result.stdout() + result.stderr()).isZero();
    try (Stream<Path> left = Files.list(s3.bucket("doctor"))) {
      assertThat(left).isEmpty();
    }
  }
}
