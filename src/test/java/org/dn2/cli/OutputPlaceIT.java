package org.dn2.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.dn2.model.TinyBackbone;
import org.dn2.testing.Dn2Process;
import org.dn2.testing.Images;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Outputs on disks that are full or cannot be written to. */
class OutputPlaceIT {
  @TempDir Path folder;

  @BeforeEach
  void makeInput() throws IOException {
    Images.writeFolder(folder.resolve("in"), 30, Color.RED, 7);
    TinyBackbone.write(folder.resolve("model"), 1);
  }

  private Dn2Process.Result embedInto(Path output) throws Exception {
    return new Dn2Process(folder)
        .run("embed", "--input", "in", "--model", "model", "--out", output.toString());
  }

  private static int run(String... command) throws Exception {
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
    return process.exitValue();
  }

  @Test
  void aFullDiskIsToldAndLeavesNothingBehind() throws Exception {
    Path disk = Files.createDirectory(folder.resolve("disk"));
    // Room for folders and empty files, not for a table of embeddings.
    assumeThat(run("mount", "-t", "tmpfs", "-o", "size=8k", "dn2-test", disk.toString()))
        .as("SKIPPED: a small disk can be mounted by root only")
        .isZero();
    try {
      Dn2Process.Result result = embedInto(disk.resolve("out"));
      assertThat(result.exitCode()).as(result.stderr()).isEqualTo(2);
      assertThat(result.stderr())
          .contains("dn2: ")
          .contains("No space left on device")
          .contains("is there space?")
          .doesNotContain("\tat org.");
      try (Stream<Path> left = Files.list(disk)) {
        assertThat(left).isEmpty();
      }
    } finally {
      assertThat(run("umount", disk.toString())).isZero();
    }
  }

  @Test
  void anOutputThatCannotBeWrittenIsToldBeforeTheWork() throws Exception {
    // Nobody can make a folder here, root included.
    Dn2Process.Result result = embedInto(Path.of("/proc/dn2/out"));
    assertThat(result.exitCode()).as(result.stderr()).isEqualTo(2);
    assertThat(result.stderr())
        .contains("dn2: The output file:/proc/dn2/out cannot be written: ")
        .contains("Is the folder writable, and is there space?")
        .doesNotContain("\tat org.")
        .doesNotContain("embed: ");
  }
}
