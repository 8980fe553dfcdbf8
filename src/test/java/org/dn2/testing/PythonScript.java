package org.dn2.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The scripts in {@code src/test/python}, run by the system's Python and its packages. */
public final class PythonScript {
  private static final String PYTHON = "/usr/bin/python3";

  private PythonScript() {}

  /** Skips the test, and says so, where Python or one of the packages is missing. */
  public static void require(String packages, String debianPackages)
      throws IOException, InterruptedException {
    assumeThat(has(packages))
        .as("SKIPPED: %s cannot import %s (Debian: %s)", PYTHON, packages, debianPackages)
        .isTrue();
  }

  private static boolean has(String packages) throws IOException, InterruptedException {
    if (!Files.isExecutable(Path.of(PYTHON))) {
      return false;
    }
    Process process =
        new ProcessBuilder(PYTHON, "-c", "import " + packages)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    return process.waitFor(1, TimeUnit.MINUTES) && process.exitValue() == 0;
  }

  /**
   * Runs a script to its end and returns what it printed.
   *
   * @param folder for the file that takes the output
   */
  public static String run(Path folder, String script, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(PYTHON, "src/test/python/" + script));
    command.addAll(List.of(arguments));
    Path output = folder.resolve(script + ".out");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertThat(process.waitFor(3, TimeUnit.MINUTES)).as("%s ended in time", script).isTrue();
    } finally {
      process.destroyForcibly();
    }
    assertThat(process.exitValue()).as(Files.readString(output)).isZero();
    return Files.readString(output);
  }
}
