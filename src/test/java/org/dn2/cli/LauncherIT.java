package org.dn2.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.dn2.testing.Dn2Process;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The file of classes that a build leaves for {@code ./dn2}. */
class LauncherIT {
  private static final String SHARED = "shared objects file (top)";

  @TempDir Path folder;

  private Dn2Process.Result helpWithLogOfClasses(String options) throws Exception {
    return new Dn2Process(folder)
        .with("DN2_JAVA_OPTS", options + " -Xlog:class+load:file=" + folder.resolve("classes.log"))
        .run("--help");
  }

  private long shared() throws Exception {
    try (Stream<String> lines = Files.lines(folder.resolve("classes.log"))) {
      return lines.filter(line -> line.contains("org.dn2.") && line.endsWith(SHARED)).count();
    }
  }

  @Test
  void classesComeFromTheFileThatTheBuildMade() throws Exception {
    Dn2Process.Result result = helpWithLogOfClasses("");
    assertThat(result.exitCode()).as(result.stderr()).isZero();
    assertThat(shared()).isGreaterThan(10);
  }

  @Test
  void aFileThatDoesNotFitIsPassedOverWithoutAWord() throws Exception {
    Dn2Process.Result usual = helpWithLogOfClasses("");
    Path broken = Files.write(folder.resolve("broken.jsa"), new byte[1000]);
    Dn2Process.Result result = helpWithLogOfClasses("-XX:SharedArchiveFile=" + broken);
    assertThat(result.exitCode()).as(result.stderr()).isZero();
    assertThat(result.stderr()).isEqualTo(usual.stderr());
    assertThat(result.stdout()).isEqualTo(usual.stdout()).doesNotContain("rehearse");
    assertThat(shared()).isZero();

    // As with a heap of 32 GB and more.
    Dn2Process.Result wide = helpWithLogOfClasses("-XX:-UseCompressedOops");
    assertThat(wide.exitCode()).as(wide.stderr()).isZero();
    assertThat(wide.stderr()).isEqualTo(usual.stderr());
    assertThat(shared()).isZero();
  }
}
