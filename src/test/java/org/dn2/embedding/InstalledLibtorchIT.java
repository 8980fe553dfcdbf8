package org.dn2.embedding;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.Color;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.apache.spark.sql.Row;
import org.dn2.model.TinyBackbone;
import org.dn2.testing.Images;
import org.dn2.testing.SparkSessions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The program in a process of its own, with and without libtorch on its class path, and with all
 * its ways to the internet watched.
 */
class InstalledLibtorchIT {
  private static final String BUNDLED = "pytorch-native";
  private static final long TIMEOUT_MINUTES = 3;

  @TempDir static Path folder;
  private static final AtomicInteger CALLS_OUT = new AtomicInteger();
  private static ServerSocket proxy;

  @BeforeAll
  static void prepare() throws IOException {
    Images.writeFolder(folder.resolve("in"), 5, Color.RED, 3);
    TinyBackbone.write(folder.resolve("model"), 1);
    proxy = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread watch = new Thread(InstalledLibtorchIT::countCalls, "calls-out");
    watch.setDaemon(true);
    watch.start();
  }

  private static void countCalls() {
    while (!proxy.isClosed()) {
      try {
        proxy.accept().close();
        CALLS_OUT.incrementAndGet();
      } catch (IOException e) {
        if (!proxy.isClosed()) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }

  @AfterAll
  static void close() throws IOException {
    proxy.close();
  }

  /** Libtorch as its own archive has it, without anything of the engine beside it. */
  private static Path installed() throws IOException {
    Path lib = Files.createDirectories(folder.resolve("libtorch/lib"));
    ClassLoader classPath = InstalledLibtorchIT.class.getClassLoader();
    Properties properties = new Properties();
    try (InputStream in = classPath.getResourceAsStream("native/lib/pytorch.properties")) {
      properties.load(in);
    }
    for (String name : properties.getProperty("libraries").split(",", -1)) {
      try (InputStream in = classPath.getResourceAsStream("pytorch/cpu/linux-x86_64/" + name)) {
        Files.copy(in, lib.resolve(name));
      }
    }
    Files.writeString(folder.resolve("libtorch/build-version"), "2.7.1+cpu\n");
    return lib;
  }

  private record Ended(int exitCode, String printed) {}

  private static Ended embed(String out, String classPath, Map<String, String> variables)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx512m");
    // Those that Spark needs.
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(option -> option.startsWith("--add-"))
        .forEach(command::add);
    for (String scheme : List.of("http", "https")) {
      command.add("-D" + scheme + ".proxyHost=127.0.0.1");
      command.add("-D" + scheme + ".proxyPort=" + proxy.getLocalPort());
      command.add("-D" + scheme + ".nonProxyHosts=");
    }
    command.add("-Dlog4j2.configurationFile=" + Path.of("conf/log4j2.properties").toAbsolutePath());
    command.addAll(List.of("-cp", classPath, "org.dn2.Main", "embed"));
    command.addAll(List.of("--input", folder.resolve("in").toString()));
    command.addAll(List.of("--model", folder.resolve("model").toString()));
    command.addAll(List.of("--out", folder.resolve(out).toString()));
    Path printed = folder.resolve(out + ".log");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(printed.toFile());
    for (String name : List.of(Libtorch.LIBRARY_PATH, Libtorch.VERSION, Libtorch.FLAVOR)) {
      builder.environment().remove(name);
    }
    builder.environment().put("DJL_CACHE_DIR", folder.resolve("cache-" + out).toString());
    builder.environment().put("LC_ALL", "C.UTF-8");
    builder.environment().putAll(variables);
    Process process = builder.start();
    try {
      assertThat(process.waitFor(TIMEOUT_MINUTES, TimeUnit.MINUTES)).as("ended in time").isTrue();
    } finally {
      process.destroyForcibly();
    }
    return new Ended(process.exitValue(), Files.readString(printed));
  }

  private static String classPath() {
    return System.getProperty("java.class.path");
  }

  private static String classPathWithoutLibtorch() {
    assertThat(classPath()).contains(BUNDLED);
    return Arrays.stream(classPath().split(":", -1))
        .filter(place -> !place.contains(BUNDLED))
        .collect(Collectors.joining(":"));
  }

  private static List<String> embeddings(String out) {
    return SparkSessions.local()
        .read()
        .parquet(folder.resolve(out).resolve("embeddings").toString())
        .selectExpr("image_id", "embedding")
        .orderBy("image_id")
        .collectAsList()
        .stream()
        .map(Row::toString)
        .toList();
  }

  @Test
  void anInstalledLibtorchGivesTheEmbeddingsOfTheBundledOne()
      throws IOException, InterruptedException {
    Ended bundled = embed("bundled", classPath(), Map.of());
    Ended installed =
        embed(
            "installed",
            classPathWithoutLibtorch(),
            Map.of(Libtorch.LIBRARY_PATH, installed().toString()));

    assertThat(bundled.exitCode()).as(bundled.printed()).isZero();
    assertThat(installed.exitCode()).as(installed.printed()).isZero();
    assertThat(embeddings("installed")).hasSize(5).isEqualTo(embeddings("bundled"));
    assertThat(folder.resolve("cache-installed"))
        .isDirectoryRecursivelyContaining("glob:**djl_torch.so");
    try (var cached = Files.walk(folder.resolve("cache-installed"))) {
      assertThat(cached.map(file -> file.getFileName().toString()))
          .as("only the bindings are unpacked")
          .doesNotContain("libtorch_cpu.so");
    }
    assertThat(CALLS_OUT).as("calls to the internet").hasValue(0);
  }

  @Test
  void withoutLibtorchTheRunEndsWithWhatToSetAndNothingIsDownloaded()
      throws IOException, InterruptedException {
    Ended ended = embed("none", classPathWithoutLibtorch(), Map.of("DJL_OFFLINE", "false"));

    assertThat(ended.exitCode()).as(ended.printed()).isEqualTo(2);
    assertThat(ended.printed())
        .contains("dn2: This jar holds no libtorch, and PYTORCH_LIBRARY_PATH is not set")
        .contains("spark.executorEnv.PYTORCH_LIBRARY_PATH");
    assertThat(folder.resolve("none")).doesNotExist();
    assertThat(CALLS_OUT).as("calls to the internet").hasValue(0);
  }

  @Test
  void whatIsNoLibtorchIsNamedAndNothingIsDownloaded() throws IOException, InterruptedException {
    Path lib = Files.createDirectories(folder.resolve("damaged/lib"));
    Files.writeString(lib.resolve("libtorch.so"), "no library");

    Ended ended =
        embed(
            "damaged-out",
            classPathWithoutLibtorch(),
            Map.of(Libtorch.LIBRARY_PATH, lib.toString()));

    assertThat(ended.exitCode()).as(ended.printed()).isEqualTo(2);
    assertThat(ended.printed())
        .contains(
            "dn2: The libtorch in " + lib + " could not be loaded as 2.7.1 of the flavor cpu");
    assertThat(folder.resolve("damaged-out")).doesNotExist();
    assertThat(CALLS_OUT).as("calls to the internet").hasValue(0);
  }
}
