package org.dn2.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** The launcher {@code ./dn2} as a user calls it, in a process of its own. */
public final class Dn2Process {

  private static final String JAVA_OPTIONS = "DN2_JAVA_OPTS";
  private static final long TIMEOUT_MINUTES = 10;

  private final Path folder;
  private final Map<String, String> environment = new TreeMap<>();

  /**
   * @param folder where it is called; what it prints is kept there too
   */
  public Dn2Process(Path folder) {
    this.folder = folder;
    with("DN2_CACHE", Path.of("target/it-cache").toAbsolutePath().toString());
    with("JAVA_HOME", System.getProperty("java.home"));
  }

  /** What a call left behind. */
  public record Result(int exitCode, String stdout, String stderr) {}

  /** A process that was started and may be killed or waited for. */
  public record Started(Process process, Path stdout, Path stderr) {
    /** Waits for the end, some minutes at most. */
    public Result result() throws IOException, InterruptedException {
      try {
        assertThat(process.waitFor(TIMEOUT_MINUTES, TimeUnit.MINUTES)).as("ended in time").isTrue();
      } finally {
        kill();
      }
      return new Result(process.exitValue(), Files.readString(stdout), Files.readString(stderr));
    }

    /** Waits until a line on stderr holds a text. */
    public void awaitOnStderr(String text) throws IOException, InterruptedException {
      long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(TIMEOUT_MINUTES);
      while (!Files.readString(stderr).contains(text)) {
        assertThat(process.isAlive()).as(Files.readString(stderr)).isTrue();
        assertThat(System.nanoTime()).as("came in time: " + text).isLessThan(end);
        TimeUnit.MILLISECONDS.sleep(50);
      }
    }

    /**
     * Sends it a signal.
     *
     * @param name such as {@code TERM}
     */
    public void signal(String name) throws IOException, InterruptedException {
      String[] kill = {"kill", "-" + name, Long.toString(process.pid())};
      assertThat(new ProcessBuilder(kill).inheritIO().start().waitFor()).isZero();
    }

    /** Ends it and what it started, without giving it a chance to clean up. */
    public void kill() {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  /** Sets a variable of the environment for later calls. */
  public Dn2Process with(String name, String value) {
    environment.put(name, value);
    return this;
  }

  public Started start(String... arguments) throws IOException {
    // Tests that run in the background pass on that Ctrl-C is ignored.
    List<String> command = new ArrayList<>(List.of("env", "--default-signal=INT"));
    command.add(Path.of("dn2").toAbsolutePath().toString());
    command.addAll(List.of(arguments));
    Path stdout = Files.createTempFile(folder, ".stdout-", "");
    Path stderr = Files.createTempFile(folder, ".stderr-", "");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectOutput(stdout.toFile())
            .redirectError(stderr.toFile());
    builder.environment().putAll(environment);
    builder
        .environment()
        .merge(JAVA_OPTIONS, LocalCluster.QUICK_JVM, (options, quick) -> quick + " " + options);
    return new Started(builder.start(), stdout, stderr);
  }

  public Result run(String... arguments) throws IOException, InterruptedException {
    return start(arguments).result();
  }
}
