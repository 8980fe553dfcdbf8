package org.dn2.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.Color;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.dn2.model.TinyBackbone;
import org.dn2.store.EmbeddingsStore;
import org.dn2.testing.Dn2Process;
import org.dn2.testing.Images;
import org.dn2.testing.SparkSessions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Commands that are told to stop, or killed, in the middle of embedding. */
class StopIT {
  private static final int IMAGES = 600;

  @TempDir Path folder;

  @BeforeEach
  void makeInput() throws IOException {
    Images.writeFolder(folder.resolve("in"), IMAGES, Color.RED, 7);
    TinyBackbone.writeHeavy(folder.resolve("model"));
    Files.createDirectory(folder.resolve("to"));
  }

  private Dn2Process.Started embed(String output, String... more) throws IOException {
    List<String> arguments =
        Stream.concat(
                Stream.of("embed", "--input", "in", "--model", "model", "--out", "to/" + output),
                Stream.of(more))
            .toList();
    return new Dn2Process(folder)
        .with("DN2_JAVA_OPTS", "-Dspark.dn2.firstWave=1s")
        .start(arguments.toArray(String[]::new));
  }

  /** Waits for the note of the first part. */
  private void awaitPart(Dn2Process.Started embedding) throws Exception {
    while (!hasPart()) {
      assertThat(embedding.process().isAlive()).as(Files.readString(embedding.stderr())).isTrue();
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }

  private boolean hasPart() throws IOException {
    for (String file : inOutput()) {
      if (file.matches(".*/_dn2/parts-.*/[0-9a-f]+\\.json")
          && Files.size(folder.resolve(file)) > 0) {
        return true;
      }
    }
    return false;
  }

  private List<String> inOutput() throws IOException {
    try (Stream<Path> files = Files.walk(folder.resolve("to"))) {
      return files.skip(1).map(file -> folder.relativize(file).toString()).sorted().toList();
    } catch (UncheckedIOException e) {
      // A folder went while it was looked at.
      return List.of();
    }
  }

  private void assertNoCrash() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .noneMatch(name -> name.startsWith("hs_err") || name.startsWith("core"));
    }
  }

  @ParameterizedTest
  @CsvSource({"TERM, 143", "INT, 130"})
  void stoppingSaysInOneLineWhatIsKept(String signal, int exitCode) throws Exception {
    Dn2Process.Started embedding = embed("out", "--run-id", "stopped");
    awaitPart(embedding);
    embedding.signal(signal);
    Dn2Process.Result result = embedding.result();

    assertThat(result.exitCode()).as(result.stderr()).isEqualTo(exitCode);
    assertThat(result.stderr().lines().filter(line -> line.startsWith("dn2:")))
        .singleElement()
        .asString()
        .matches(
            "dn2: Stopped\\. \\d+ of 600 images are embedded and kept\\."
                + " Repeat the command with --run-id stopped to go on\\.");
    assertThat(result.stderr()).doesNotContain("\tat ").doesNotContain("Exception");
    assertThat(inOutput())
        .isNotEmpty()
        .allMatch(file -> file.matches("to/\\.{1,2}out~stopped[.~].*"))
        .noneMatch(file -> file.contains(".staging") || file.contains("_temporary"));
    assertNoCrash();
  }

  @Test
  void stoppingBeforeAnythingIsKeptLeavesNothing() throws Exception {
    Dn2Process.Started embedding = embed("out");
    embedding.awaitOnStderr("info list: ");
    embedding.signal("TERM");
    Dn2Process.Result result = embedding.result();

    assertThat(result.exitCode()).as(result.stderr()).isEqualTo(143);
    assertThat(result.stderr().lines().filter(line -> line.startsWith("dn2:")))
        .containsExactly("dn2: Stopped. There is no work to go on with.");
    assertThat(inOutput()).isEmpty();
    assertNoCrash();
  }

  @Test
  void aKilledRunGoesOnWhereItWas() throws Exception {
    Dn2Process.Started killed = embed("out");
    awaitPart(killed);
    killed.signal("KILL");
    assertThat(killed.result().exitCode()).isEqualTo(137);
    Dn2Process.Result resumed = embed("out", "--resume").result();
    assertThat(resumed.exitCode()).as(resumed.stderr()).isZero();
    assertThat(resumed.stderr())
        .containsPattern(
            "embed: this run goes on: \\d+ of 600 images were embedded or rejected before");
    assertThat(inOutput()).noneMatch(file -> file.matches("to/\\..*"));

    assertThat(embed("undisturbed").result().exitCode()).isZero();
    assertThat(rows("out")).hasSize(IMAGES).isEqualTo(rows("undisturbed"));
  }

  private List<String> rows(String output) {
    SparkSession spark = SparkSessions.local();
    return new EmbeddingsStore(spark)
        .open(folder.resolve("to").resolve(output).toString())
        .embeddings()
        .orderBy("image_id")
        .toJSON()
        .collectAsList();
  }
}
