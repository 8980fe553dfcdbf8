package org.dn2;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.spark.deploy.SparkSubmitArguments;
import scala.jdk.javaapi.CollectionConverters;

/**
 * One call of a script of {@code submit/}, with a program in place of spark-submit that writes down
 * its arguments.
 *
 * @param arguments that spark-submit was given; empty where it was not called
 */
record SubmitCall(int exitCode, String stderr, List<String> arguments) {
  /** Environment variables that a test sets; those of this process may not shine through. */
  private static final List<String> KEPT = List.of("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR");

  /**
   * Runs a script in another folder than the project's.
   *
   * @param folder for the recording and as the current one
   * @param submitBody what the program does besides, in bash; empty for nothing
   */
  static SubmitCall of(
      Path folder,
      Map<String, String> environment,
      String submitBody,
      String script,
      String... rest)
      throws IOException, InterruptedException {
    Path recording = folder.resolve("arguments");
    Files.deleteIfExists(recording);
    executable(
        folder.resolve("spark-submit"), "printf '%s\\0' \"$@\" > \"$RECORDING\"\n" + submitBody);
    List<String> command = new ArrayList<>();
    command.add(Path.of(script).toAbsolutePath().toString());
    command.addAll(List.of(rest));
    Path stderr = folder.resolve("stderr");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(stderr.toFile());
    builder.environment().keySet().retainAll(KEPT);
    builder.environment().merge("PATH", folder.toString(), (path, first) -> first + ":" + path);
    builder.environment().put("RECORDING", recording.toString());
    builder.environment().putAll(environment);
    Process process = builder.start();
    if (!process.waitFor(30, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IllegalStateException(script + " did not end");
    }
    List<String> arguments =
        Files.exists(recording)
            ? List.of(Files.readString(recording, UTF_8).split("\0"))
            : List.of();
    return new SubmitCall(process.exitValue(), Files.readString(stderr, UTF_8), arguments);
  }

  /** Writes a bash program. */
  static void executable(Path file, String body) throws IOException {
    Files.writeString(file, "#!/usr/bin/env bash\n" + body + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /** What Spark's own spark-submit makes of the arguments; fails as it does on one it lacks. */
  SparkSubmitArguments parsed() {
    return new SparkSubmitArguments(
        CollectionConverters.asScala(arguments).toSeq(),
        // Spark asks for it where the master is YARN.
        scala.collection.immutable.Map$.MODULE$.from(
            CollectionConverters.asScala(Map.of("HADOOP_CONF_DIR", "/etc/hadoop/conf"))));
  }

  /** A setting of the application, from the command line or its properties file. */
  String setting(String name) {
    return parsed().sparkProperties().getOrElse(name, () -> null);
  }

  /** The command line of dn2 in it. */
  List<String> dn2() {
    return CollectionConverters.asJava(parsed().childArgs());
  }
}
