package org.dn2.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The cluster that the other integration tests submit to, itself under test. */
class LocalClusterIT {
  private static final Duration LIMIT = Duration.ofMinutes(3);

  @TempDir static Path folder;
  private static LocalCluster cluster;
  private static Path censusJar;

  @BeforeAll
  static void startCluster() throws Exception {
    censusJar = packedCensus(folder.resolve("census.jar"));
    cluster = SharedServers.cluster();
  }

  @Test
  void runsTheTwoTasksOfAJobInTwoExecutorProcesses() {
    LocalCluster.Result result =
        cluster.submit(
            LIMIT,
            // Waits for both executors before the first task, so that each gets one.
            List.of(
                "spark.cores.max=2",
                "spark.executor.memory=1g",
                "spark.scheduler.minRegisteredResourcesRatio=1.0",
                "spark.scheduler.maxRegisteredResourcesWaitingTime=120s"),
            "org.dn2.testing.ExecutorCensus",
            censusJar);

    assertThat(result.exitCode()).as(result.stderr()).isZero();
    List<String> lines = result.stdout().lines().toList();
    assertThat(lines).hasSize(2);
    assertThat(lines.get(0)).matches("executor=0 pid=\\d+");
    assertThat(lines.get(1)).matches("executor=1 pid=\\d+");
    assertThat(lines.get(0).replace("executor=0", ""))
        .as("each executor is a process of its own")
        .isNotEqualTo(lines.get(1).replace("executor=1", ""));
  }

  @Test
  void handsOnTheExitCodeOfAJobThatFails() {
    LocalCluster.Result result =
        cluster.submit(LIMIT, List.of(), "org.dn2.testing.NoSuchClass", censusJar);

    assertThat(result.exitCode()).isNotZero();
    assertThat(result.stdout() + result.stderr()).contains("org.dn2.testing.NoSuchClass");
  }

  @Test
  void killsAJobThatRunsPastItsLimit() {
    assertThatThrownBy(
            () ->
                cluster.submit(
                    Duration.ofMillis(1), List.of(), "org.dn2.testing.ExecutorCensus", censusJar))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("the job ran past PT0.001S");
  }

  private static Path packedCensus(Path jar) throws Exception {
    Path classes =
        Path.of(ExecutorCensus.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file);
        Stream<Path> found = Files.list(classes.resolve("org/dn2/testing"))) {
      for (Path path :
          found.filter(p -> p.getFileName().toString().startsWith("ExecutorCensus")).toList()) {
        addTo(out, classes, path);
      }
    }
    return jar;
  }

  private static void addTo(JarOutputStream out, Path root, Path path) throws IOException {
    out.putNextEntry(new JarEntry(root.relativize(path).toString()));
    Files.copy(path, out);
    out.closeEntry();
  }
}
