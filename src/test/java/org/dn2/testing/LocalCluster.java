package org.dn2.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.spark.launcher.JavaModuleOptions;

/**
 * A real Spark standalone cluster on the loopback interface: one master and two workers, each a
 * process and, for Spark, a host of its own (127.0.0.1 and 127.0.0.2: a task that is slow is never
 * tried once more on the same host), to which jobs are submitted as a user would.
 *
 * <p>Spark comes from the folder that {@code mvn package} fills ({@code target/spark/jars}); no
 * Spark distribution is needed. {@link #close()} ends every process, executors included, and so
 * does the end of this JVM.
 */
public final class LocalCluster implements AutoCloseable {
  public static final int WORKERS = 2;
  public static final int CORES_PER_WORKER = 1;

  /**
   * Options of a JVM that lives for seconds: without its second compiler, which would take more
   * time than it saves.
   */
  public static final String QUICK_JVM =
      "-XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=240m -XX:+UseParallelGC";

  private static final Duration START_LIMIT = Duration.ofSeconds(90);
  private static final Duration POLL_INTERVAL = Duration.ofMillis(200);
  private static final int MESSAGE_TAIL_CHARACTERS = 4_000;
  private static final Pattern MASTER_ADDRESS =
      Pattern.compile("Starting Spark master at (spark://127\\.0\\.0\\.1:\\d+)");
  private static final Pattern WORKER_REGISTERED =
      Pattern.compile("Registering worker 127\\.0\\.0\\.\\d+:\\d+ with ");

  private final Path sparkHome;
  private final Path dn2Jar;
  private final Path workFolder;
  private final List<Process> processes = new CopyOnWriteArrayList<>();
  private final List<ProcessHandle> workers = new CopyOnWriteArrayList<>();
  private final Thread exitHook = new Thread(this::endProcesses, "local-cluster-exit");
  private String masterAddress;
  private int submissions;
  private int workersStarted;

  /**
   * How a submitted job ended.
   *
   * @param exitCode of the driver's process
   * @param stdout what the driver printed
   * @param stderr what the driver logged
   */
  public record Result(int exitCode, String stdout, String stderr) {}

  private LocalCluster(Path sparkHome, Path dn2Jar, Path workFolder) {
    this.sparkHome = sparkHome;
    this.dn2Jar = dn2Jar;
    this.workFolder = workFolder;
  }

  /**
   * Starts the cluster and returns when both workers have registered with the master.
   *
   * @param workFolder an existing folder for logs and the executors' files; left as it is on close
   * @throws IllegalStateException with the log's end if that takes longer than 90 seconds, or if
   *     the system properties {@code dn2.spark.home} and {@code dn2.jar} (set by Failsafe) are
   *     missing
   */
  public static LocalCluster start(Path workFolder) {
    LocalCluster cluster =
        new LocalCluster(
            pathProperty("dn2.spark.home"), pathProperty("dn2.jar"), workFolder.toAbsolutePath());
    Runtime.getRuntime().addShutdownHook(cluster.exitHook);
    try {
      cluster.startProcesses();
      return cluster;
    } catch (RuntimeException e) {
      cluster.close();
      throw e;
    }
  }

  private static Path pathProperty(String name) {
    String value = System.getProperty(name);
    if (value == null || !Files.exists(Path.of(value))) {
      throw new IllegalStateException(
          "the system property %s is %s, it must name what mvn package makes; run the test by mvn verify"
              .formatted(name, value));
    }
    return Path.of(value).toAbsolutePath();
  }

  /** {@code spark://127.0.0.1:port}, the address that jobs are submitted to. */
  public String masterAddress() {
    return masterAddress;
  }

  /** Runs {@code dn2 args} on the cluster: the job's main class is {@code org.dn2.Main}. */
  public Result submit(Duration limit, List<String> sparkConf, String... args) {
    return submit(limit, sparkConf, "org.dn2.Main", dn2Jar, args);
  }

  /**
   * Submits a class of a jar in client mode and waits for its end.
   *
   * @param limit after which the driver is killed
   * @param sparkConf settings as {@code key=value}
   * @throws IllegalStateException with the end of stderr if the driver ran past the limit
   */
  public Result submit(
      Duration limit, List<String> sparkConf, String mainClass, Path jar, String... args) {
    return await(startSubmission(sparkConf, mainClass, jar, args), limit);
  }

  /** A driver that was started and not yet waited for. */
  public record Submission(Process process, Path stdout, Path stderr) {}

  /** Starts {@code dn2 args} on the cluster and returns at once, for tests that disturb it. */
  public Submission startSubmission(List<String> sparkConf, String... args) {
    return startSubmission(sparkConf, "org.dn2.Main", dn2Jar, args);
  }

  private synchronized Submission startSubmission(
      List<String> sparkConf, String mainClass, Path jar, String... args) {
    submissions++;
    List<String> arguments = new ArrayList<>(List.of("--master", masterAddress));
    List<String> settings = new ArrayList<>();
    settings.add("spark.driver.host=127.0.0.1");
    settings.add("spark.driver.bindAddress=127.0.0.1");
    settings.add("spark.ui.enabled=false");
    settings.add("spark.executor.extraJavaOptions=" + QUICK_JVM);
    settings.addAll(sparkConf);
    for (String setting : settings) {
      arguments.addAll(List.of("--conf", setting));
    }
    arguments.addAll(List.of("--class", mainClass, jar.toString()));
    arguments.addAll(Arrays.asList(args));
    Path stdout = workFolder.resolve("submit-" + submissions + ".out");
    Path stderr = workFolder.resolve("submit-" + submissions + ".err");
    Process process =
        startJava("1g", "org.apache.spark.deploy.SparkSubmit", arguments, stdout, stderr);
    return new Submission(process, stdout, stderr);
  }

  /**
   * Waits for a started driver's end.
   *
   * @throws IllegalStateException with the end of stderr if it takes longer than {@code limit}; the
   *     driver is then killed
   */
  public Result await(Submission submission, Duration limit) {
    try {
      if (!submission.process().waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        end(submission.process());
        throw new IllegalStateException(
            "the job ran past %s: %s".formatted(limit, tail(submission.stderr())));
      }
      return new Result(
          submission.process().exitValue(),
          Files.readString(submission.stdout()),
          Files.readString(submission.stderr()));
    } catch (InterruptedException e) {
      end(submission.process());
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while a job ran", e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      processes.remove(submission.process());
    }
  }

  /** The JVMs that now run executors, children of the two workers. */
  public List<ProcessHandle> executors() {
    return workers.stream()
        .flatMap(ProcessHandle::children)
        .filter(ProcessHandle::isAlive)
        .toList();
  }

  private void startProcesses() {
    Path masterLog = workFolder.resolve("master.log");
    Process master =
        startJava(
            "256m",
            "org.apache.spark.deploy.master.Master",
            List.of("--host", "127.0.0.1", "--port", "0", "--webui-port", "0"),
            workFolder.resolve("master.out"),
            masterLog);
    long deadline = System.nanoTime() + START_LIMIT.toNanos();
    masterAddress = awaitMatches(master, masterLog, MASTER_ADDRESS, 1, deadline);
    for (int worker = 1; worker <= WORKERS; worker++) {
      startWorker(null);
    }
    awaitMatches(master, masterLog, WORKER_REGISTERED, WORKERS, deadline);
  }

  private void startWorker(Path localDisk) {
    workersStarted++;
    Process process =
        startJava(
            localDisk == null ? Map.of() : Map.of("SPARK_LOCAL_DIRS", localDisk.toString()),
            "256m",
            "org.apache.spark.deploy.worker.Worker",
            List.of(
                "--host",
                "127.0.0." + (workers.size() + 1),
                "--webui-port",
                "0",
                "--cores",
                Integer.toString(CORES_PER_WORKER),
                "--memory",
                "4g",
                "--work-dir",
                workFolder.resolve("worker-" + workersStarted).toString(),
                masterAddress),
            workFolder.resolve("worker-" + workersStarted + ".out"),
            workFolder.resolve("worker-" + workersStarted + ".log"));
    workers.add(process.toHandle());
  }

  /** Kills the newest worker with its executors, which does not come back. */
  public void killWorker() {
    ProcessHandle worker = workers.remove(workers.size() - 1);
    List<ProcessHandle> tree = Stream.concat(worker.descendants(), Stream.of(worker)).toList();
    tree.forEach(ProcessHandle::destroyForcibly);
  }

  /** Starts a worker in the place of one that was killed, and returns when it has registered. */
  public void replaceWorker() {
    replaceWorker(null);
  }

  /**
   * The same.
   *
   * @param localDisk where its executors keep what does not fit their memory; null for the usual
   */
  public void replaceWorker(Path localDisk) {
    startWorker(localDisk);
    awaitMatches(
        processes.get(0),
        workFolder.resolve("master.log"),
        WORKER_REGISTERED,
        workersStarted,
        System.nanoTime() + START_LIMIT.toNanos());
  }

  /** Waits until a log holds {@code count} matches; returns the last one's first group, if any. */
  private static String awaitMatches(
      Process process, Path log, Pattern pattern, int count, long deadlineNanos) {
    while (true) {
      Matcher matcher = pattern.matcher(content(log));
      String group = null;
      int found = 0;
      while (found < count && matcher.find()) {
        found++;
        group = matcher.groupCount() > 0 ? matcher.group(1) : null;
      }
      if (found == count) {
        return group;
      }
      if (!process.isAlive() || System.nanoTime() - deadlineNanos > 0) {
        throw new IllegalStateException(
            "the cluster did not start (%d of %d times \"%s\"): %s"
                .formatted(found, count, pattern, tail(log)));
      }
      try {
        // A process that ends meanwhile is noticed at once.
        process.waitFor(POLL_INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while the cluster started", e);
      }
    }
  }

  private Process startJava(
      String heap, String mainClass, List<String> arguments, Path stdout, Path stderr) {
    return startJava(Map.of(), heap, mainClass, arguments, stdout, stderr);
  }

  private Process startJava(
      Map<String, String> environment,
      String heap,
      String mainClass,
      List<String> arguments,
      Path stdout,
      Path stderr) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(Arrays.asList(JavaModuleOptions.defaultModuleOptionArray()));
    command.addAll(List.of(QUICK_JVM.split(" ")));
    command.add("-Xmx" + heap);
    command.add("-cp");
    command.add(sparkHome.resolve("jars") + "/*");
    command.add(mainClass);
    command.addAll(arguments);
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(workFolder.toFile())
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .redirectOutput(stdout.toFile())
            .redirectError(stderr.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("SPARK_"));
    // The workers put the executors' commands together from these, as a distribution's scripts do.
    builder.environment().put("SPARK_HOME", sparkHome.toString());
    builder.environment().put("SPARK_SCALA_VERSION", "2.13");
    builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().putAll(environment);
    try {
      Process process = builder.start();
      processes.add(process);
      return process;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String content(Path log) {
    try {
      return Files.readString(log, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String tail(Path log) {
    String content = content(log);
    return content.substring(Math.max(0, content.length() - MESSAGE_TAIL_CHARACTERS));
  }

  private void endProcesses() {
    processes.forEach(LocalCluster::end);
  }

  /** Kills a process and what it started. */
  private static void end(Process process) {
    // The list comes first: the children of a dead process can no longer be found.
    List<ProcessHandle> tree =
        Stream.concat(Stream.of(process.toHandle()), process.descendants()).toList();
    tree.forEach(ProcessHandle::destroyForcibly);
  }

  @Override
  public void close() {
    endProcesses();
    try {
      Runtime.getRuntime().removeShutdownHook(exitHook);
    } catch (IllegalStateException e) {
      // The JVM is ending: the hook itself does the same.
      return;
    }
  }
}
