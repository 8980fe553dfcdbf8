package org.dn2.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.spark.launcher.JavaModuleOptions;
import org.dn2.model.TinyBackbone;
import org.dn2.testing.Images;
import org.dn2.testing.LocalCluster;
import org.dn2.testing.SharedServers;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Names of files beyond ASCII where the environment says nothing of them. */
class LocaleIT {
  private static final String REFUSAL =
      "This process cannot tell the names of local files beyond ASCII";

  @TempDir Path folder;

  @BeforeEach
  void makeInput() throws IOException {
    Path in = Files.createDirectories(folder.resolve("in"));
    for (String name : List.of("a.png", "\u00fc.png", "\u65e5\u672c.png", "\ud83d\ude00.png")) {
      Files.write(in.resolve(name), Images.encoded("png", Color.RED, name.hashCode()));
    }
    TinyBackbone.write(folder.resolve("model"), 1);
  }

  private record Ended(int exitCode, String output) {}

  /** Runs a command in an environment of nothing but what is given. */
  private Ended run(List<String> environment, List<String> command) throws Exception {
    List<String> whole = new ArrayList<>(List.of("env", "-i", "PATH=" + System.getenv("PATH")));
    whole.add("JAVA_HOME=" + System.getProperty("java.home"));
    whole.add("DN2_CACHE=" + Path.of("target/it-cache").toAbsolutePath());
    whole.add("DN2_JAVA_OPTS=" + LocalCluster.QUICK_JVM);
    whole.addAll(environment);
    whole.addAll(command);
    whole.addAll(List.of("embed", "--input", "in", "--model", "model", "--out", "out"));
    Path output = folder.resolve("output");
    Process process =
        new ProcessBuilder(whole)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertThat(process.waitFor(10, TimeUnit.MINUTES)).as("ended in time").isTrue();
    } finally {
      process.destroyForcibly();
    }
    return new Ended(process.exitValue(), Files.readString(output));
  }

  @ParameterizedTest
  @ValueSource(strings = {"LC_NOTHING=", "LC_ALL=C", "LC_ALL=en_XX.UTF-8"})
  void theLauncherTellsAllNamesInAnyEnvironment(String variable) throws Exception {
    Ended ended = run(List.of(variable), List.of(Path.of("dn2").toAbsolutePath().toString()));

    assertThat(ended.exitCode()).as(ended.output()).isZero();
    assertThat(ended.output()).contains("4 listed, 4 embedded, 0 rejected");
  }

  @Test
  void aProcessThatCannotTellNamesRefusesToStart() throws Exception {
    List<String> java = new ArrayList<>();
    java.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    java.add("--add-modules=jdk.incubator.vector");
    java.addAll(List.of(JavaModuleOptions.defaultModuleOptionArray()));
    java.addAll(List.of("-cp", System.getProperty("java.class.path"), "org.dn2.Main"));

    Ended ended = run(List.of("LC_ALL=C"), java);

    assertThat(ended.exitCode()).as(ended.output()).isEqualTo(2);
    assertThat(ended.output())
        .contains(REFUSAL)
        .contains("Java's sun.jnu.encoding is ANSI_X3.4-1968")
        .contains("Set LC_ALL=C.UTF-8");
    assertThat(folder.resolve("out")).doesNotExist();
  }

  @Test
  void anExecutorThatCannotTellNamesEndsTheJob() {
    LocalCluster cluster = SharedServers.cluster();
    List<String> settings = List.of("spark.cores.max=2", "spark.executor.memory=1g");
    String[] command = {
      "embed",
      "--input",
      folder.resolve("in").toString(),
      "--model",
      folder.resolve("model").toString(),
      "--out",
      folder.resolve("out").toString()
    };
    List<String> withoutLocale = new ArrayList<>(settings);
    withoutLocale.add("spark.executorEnv.LC_ALL=C");

    LocalCluster.Result refused = cluster.submit(Duration.ofMinutes(5), withoutLocale, command);
    LocalCluster.Result done = cluster.submit(Duration.ofMinutes(5), settings, command);

    assertThat(refused.exitCode()).as(refused.stderr()).isEqualTo(2);
    assertThat(refused.stderr()).contains("dn2: " + REFUSAL);
    assertThat(done.exitCode()).as(done.stderr()).isZero();
    assertThat(done.stderr()).contains("4 listed, 4 embedded, 0 rejected");
  }
}
