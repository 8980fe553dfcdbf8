package org.dn2.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A newcomer's first command, as a process of its own. */
class DemoIT {
  @TempDir Path folder;

  private record Result(int exitCode, String stdout, String stderr) {}

  private Result run(String path, String... arguments) throws IOException, InterruptedException {
    String[] command = new String[arguments.length + 1];
    command[0] = Path.of("dn2").toAbsolutePath().toString();
    System.arraycopy(arguments, 0, command, 1, arguments.length);
    Path stdout = folder.resolve("stdout");
    Path stderr = folder.resolve("stderr");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectOutput(stdout.toFile())
            .redirectError(stderr.toFile());
    builder.environment().put("DN2_CACHE", Path.of("target/it-cache").toAbsolutePath().toString());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().put("PATH", path);
    Process process = builder.start();
    try {
      assertThat(process.waitFor(5, TimeUnit.MINUTES)).as("ended in 5 minutes").isTrue();
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
    return new Result(process.exitValue(), Files.readString(stdout), Files.readString(stderr));
  }

  @Test
  void findsTheStrangeImagesAndNeedsNoNetworkTheSecondTime() throws Exception {
    Result first = run(System.getenv("PATH"), "demo");
    assertThat(first.exitCode()).as(first.stderr()).isZero();
    Matcher rocAuc = Pattern.compile("\\(all\\) +270 +100 +([0-9.]+)").matcher(first.stdout());
    assertThat(rocAuc.find()).as(first.stdout()).isTrue();
    assertThat(Double.parseDouble(rocAuc.group(1))).isGreaterThanOrEqualTo(90.0);
    assertThat(folder.resolve("out/demo/scores")).isDirectory();
    assertThat(folder.resolve("out/demo/report/strangest.png")).isNotEmptyFile();

    // An npm that fails: what the demo needs is here.
    Path broken = Files.createDirectory(folder.resolve("broken"));
    Files.writeString(broken.resolve("npm"), "#!/bin/sh\nexit 97\n");
    assertThat(broken.resolve("npm").toFile().setExecutable(true)).isTrue();
    Result second = run(broken + File.pathSeparator + System.getenv("PATH"), "demo");
    assertThat(second.exitCode()).as(second.stderr()).isZero();
    assertThat(second.stdout()).isEqualTo(first.stdout());
    assertThat(second.stderr()).doesNotContain("fetch:");
  }

  @Test
  void errorsAreOneMessageAndAnExitCode() throws Exception {
    String path = System.getenv("PATH");
    Result usage = run(path, "embed");
    assertThat(usage.exitCode()).isEqualTo(1);
    assertThat(usage.stderr())
        .contains("Missing required options: '--input=PATH', '--out=FOLDER'")
        .contains("Usage: dn2 embed");

    Result noConfiguration = run(path, "run", "--conf", "nothing.conf");
    assertThat(noConfiguration.exitCode()).isEqualTo(2);
    assertThat(noConfiguration.stderr())
        .contains(
            "dn2: There is no configuration file nothing.conf. The folder conf holds examples.")
        .doesNotContain("Exception");
    assertThat(noConfiguration.stdout()).isEmpty();
  }
}
