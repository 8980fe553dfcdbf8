package org.dn2.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.dn2.testing.Dn2Process;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A newcomer's first command, as a process of its own. */
class DemoIT {
  @TempDir Path folder;

  @Test
  void findsTheStrangeImagesAndNeedsNoNetworkTheSecondTime() throws Exception {
    Dn2Process.Result first = new Dn2Process(folder).run("demo");
    assertThat(first.exitCode()).as(first.stderr()).isZero();
    Matcher rocAuc = Pattern.compile("\\(all\\) +270 +100 +([0-9.]+)").matcher(first.stdout());
    assertThat(rocAuc.find()).as(first.stdout()).isTrue();
    assertThat(Double.parseDouble(rocAuc.group(1))).isGreaterThanOrEqualTo(97.83);
    assertThat(first.stdout()).contains("features log-l2, squared_euclidean, k = 2");
    assertThat(folder.resolve("out/demo/scores")).isDirectory();
    assertThat(folder.resolve("out/demo/report/strange-images.html")).isNotEmptyFile();

    // An npm that fails: what the demo needs is here.
    Path broken = Files.createDirectory(folder.resolve("broken"));
    Files.writeString(broken.resolve("npm"), "#!/bin/sh\nexit 97\n");
    assertThat(broken.resolve("npm").toFile().setExecutable(true)).isTrue();
    Dn2Process.Result second =
        new Dn2Process(folder)
            .with("PATH", broken + File.pathSeparator + System.getenv("PATH"))
            .run("demo");
    assertThat(second.exitCode()).as(second.stderr()).isZero();
    assertThat(second.stdout()).isEqualTo(first.stdout());
    assertThat(second.stderr()).doesNotContain("fetch:");
  }

  @Test
  void errorsAreOneMessageAndAnExitCode() throws Exception {
    Dn2Process dn2 = new Dn2Process(folder);
    Dn2Process.Result usage = dn2.run("embed");
    assertThat(usage.exitCode()).isEqualTo(1);
    assertThat(usage.stderr())
        .contains("Missing required options: '--input=PATH', '--out=FOLDER'")
        .contains("Usage: dn2 embed --input=PATH --out=FOLDER [OPTIONS]\nSee dn2 embed --help.");

    Dn2Process.Result noConfiguration = dn2.run("run", "--conf", "nothing.conf");
    assertThat(noConfiguration.exitCode()).isEqualTo(2);
    assertThat(noConfiguration.stderr())
        .contains(
            "dn2: There is no configuration file nothing.conf. The folder conf holds examples.")
        .doesNotContain("Exception");
    assertThat(noConfiguration.stdout()).isEmpty();
  }
}
