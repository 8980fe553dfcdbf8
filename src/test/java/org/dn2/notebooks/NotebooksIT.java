package org.dn2.notebooks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.dn2.testing.SparkSessions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every notebook runs from a clean state, and what is committed is what it gives. The outputs of
 * this run lie in {@code target/notebooks}; {@code -Ddn2.notebooks.refresh=true} puts them into
 * {@code notebooks-java}.
 */
class NotebooksIT {
  private static final String NBCONVERT = "/usr/bin/jupyter-nbconvert";
  private static final long TIMEOUT_MINUTES = 3;
  private static final Path NOTEBOOKS = Path.of("notebooks-java");
  private static final String FOLDER = "dn2.notebooks.out";

  @TempDir Path folder;

  @BeforeAll
  static void startSpark() {
    SparkSessions.local();
  }

  static List<Path> notebooks() throws IOException {
    try (Stream<Path> files = Files.list(NOTEBOOKS)) {
      return files.filter(file -> file.toString().endsWith(".ipynb")).sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("notebooks")
  void runsFromACleanState(Path file) throws Exception {
    Notebook committed = Notebook.read(file);
    Notebook fresh = Notebook.read(file);
    System.setProperty(FOLDER, folder.toString());
    try (NotebookKernel kernel = new NotebookKernel()) {
      int number = 0;
      for (Notebook.Cell cell : fresh.code()) {
        number++;
        cell.putOutputs(number, kernel.run(cell.source()));
      }
    } finally {
      System.clearProperty(FOLDER);
    }
    fresh.write(Path.of("target/notebooks").resolve(file.getFileName()));
    if (Boolean.getBoolean("dn2.notebooks.refresh")) {
      fresh.write(file);
      return;
    }
    List<Notebook.Cell> cells = committed.code();
    for (int i = 0; i < cells.size(); i++) {
      assertThat(cells.get(i).kinds())
          .as("outputs of cell %d of %s; refresh by -Ddn2.notebooks.refresh=true", i + 1, file)
          .isEqualTo(fresh.code().get(i).kinds());
    }
  }

  @Test
  void othersRenderThem() throws Exception {
    assumeThat(Files.isExecutable(Path.of(NBCONVERT)))
        .as("SKIPPED: there is no %s (Debian: jupyter-nbconvert)", NBCONVERT)
        .isTrue();
    List<String> command =
        new ArrayList<>(List.of(NBCONVERT, "--to", "html", "--output-dir", folder.toString()));
    notebooks().forEach(file -> command.add(file.toString()));
    Path told = folder.resolve("told.txt");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(told.toFile()).start();
    assertThat(process.waitFor(TIMEOUT_MINUTES, TimeUnit.MINUTES)).isTrue();
    assertThat(process.exitValue()).as(Files.readString(told)).isZero();
    for (Path file : notebooks()) {
      String page = file.getFileName().toString().replace(".ipynb", ".html");
      assertThat(Files.readString(folder.resolve(page))).contains("data:image/png;base64");
    }
  }
}
