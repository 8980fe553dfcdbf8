package org.dn2.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.SparkSession;
import org.dn2.table.UserDataException;
import org.dn2.testing.SparkSessions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a local disk: what a place may hold, and what comes of it. */
class CommittedFolderTest {
  private static final SparkSession SPARK = SparkSessions.local();
  private static final Configuration HADOOP = new Configuration();

  @TempDir Path folder;

  private Destination place(String run, ExistingOutput existing) {
    return new Destination(folder.resolve("out").toString(), new RunId(run), existing);
  }

  private String write(String run, ExistingOutput existing, String text) {
    return CommittedFolder.claim(place(run, existing), "embed", HADOOP)
        .write(
            draft -> {
              draft.file("note.txt", text);
              return "done by " + run;
            });
  }

  private WholeFolder open() {
    return WholeFolder.open(
        new org.apache.hadoop.fs.Path(folder.resolve("out").toString()), "embed", HADOOP);
  }

  private String text() throws IOException {
    return new String(open().file("note.txt"), StandardCharsets.UTF_8);
  }

  private List<String> names() throws IOException {
    try (Stream<Path> found = Files.list(folder)) {
      return found.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void givesWhatTheWriterGivesAndLeavesNothingElse() throws IOException {
    assertThat(write("a", ExistingOutput.KEEP, "one")).isEqualTo("done by a");
    assertThat(text()).isEqualTo("one");
    assertThat(open().runId()).isEqualTo(new RunId("a"));
    assertThat(names()).containsExactly("out");
  }

  @Test
  void aTableIsReadBackFromTheFilesThatTheMarkerNamesAndNoOthers() throws IOException {
    CommittedFolder.claim(place("a", ExistingOutput.KEEP), "embed", HADOOP)
        .write(
            draft -> {
              draft.table("rows", SPARK.range(0, 100, 1, 3).toDF("id"));
              assertThat(draft.read("rows", SPARK).count()).isEqualTo(100);
              return null;
            });
    Path rows = folder.resolve("out/rows");
    Path first;
    try (Stream<Path> files = Files.list(rows)) {
      first = files.filter(file -> file.toString().endsWith(".parquet")).findFirst().orElseThrow();
    }
    assertThat(first.getFileName().toString()).contains("part-").endsWith(".zstd.parquet");
    Files.copy(first, rows.resolve("part-of-somebody.parquet"));
    assertThat(open().table("rows", SPARK).as(Encoders.LONG()).collectAsList()).hasSize(100);
    assertThat(SPARK.read().parquet(rows.toString()).count()).isGreaterThan(100);
    assertThatThrownBy(() -> open().table("others", SPARK)).hasMessageContaining("no table others");
  }

  @Test
  void aFolderWhoseFilesAreNotAsTheyWereWrittenIsNotWhole() throws IOException {
    write("a", ExistingOutput.KEEP, "one");
    Files.writeString(folder.resolve("out/note.txt"), "longer");
    assertThatThrownBy(this::open)
        .isInstanceOf(UserDataException.class)
        .hasMessageContaining(
            "out is not whole: note.txt has 6 bytes, 3 were written. Run dn2 embed");
    Files.delete(folder.resolve("out/note.txt"));
    assertThatThrownBy(this::open).hasMessageContaining("note.txt is missing");
    Files.delete(folder.resolve("out/_DN2_RUN"));
    assertThatThrownBy(this::open)
        .hasMessageContaining(
            "not the output of a finished dn2 embed: it is missing or not complete");
  }

  @Test
  void aFolderFromBeforeMarkersNamedFilesIsRead() throws IOException {
    Path out = Files.createDirectory(folder.resolve("out"));
    Files.writeString(out.resolve("_DN2_RUN"), "old\n");
    Files.writeString(out.resolve("note.txt"), "one");
    assertThat(text()).isEqualTo("one");
    assertThat(open().runId()).isEqualTo(new RunId("old"));
    assertThatThrownBy(() -> write("a", ExistingOutput.KEEP, "two"))
        .hasMessageContaining("is there already, written by the run old. Overwrite it");
    write("a", ExistingOutput.REPLACE, "two");
    assertThat(text()).isEqualTo("two");
  }

  @Test
  void theSameRunReplacesItsOwnOutputAndAnotherOnlyIfAsked() throws IOException {
    write("a", ExistingOutput.KEEP, "one");
    write("a", ExistingOutput.KEEP, "two");
    assertThat(text()).isEqualTo("two");
    assertThatThrownBy(() -> write("b", ExistingOutput.KEEP, "three"))
        .isInstanceOf(UserDataException.class)
        .hasMessageContaining("written by the run a. Overwrite it");
    assertThat(text()).isEqualTo("two");
    write("b", ExistingOutput.REPLACE, "three");
    assertThat(text()).isEqualTo("three");
    assertThat(names()).containsExactly("out");
  }

  @Test
  void whatDn2DidNotWriteIsNeverReplaced() throws IOException {
    Path out = Files.createDirectories(folder.resolve("out/pictures"));
    Files.writeString(out.resolve("cat\u0007.png"), "a picture");
    for (ExistingOutput existing : ExistingOutput.values()) {
      assertThatThrownBy(() -> write("a", existing, "one"))
          .isInstanceOf(UserDataException.class)
          .hasMessageContaining(
              "holds files that dn2 embed did not write there (pictures/cat?.png)")
          .hasMessageEndingWith("and is not replaced. Give another folder.");
    }
    assertThat(out.resolve("cat\u0007.png")).hasContent("a picture");
    assertThat(names()).containsExactly("out");
  }

  @Test
  void aFileThatAUserPutIntoAnOutputKeepsItFromBeingReplaced() throws IOException {
    write("a", ExistingOutput.KEEP, "one");
    Files.writeString(folder.resolve("out/my remarks.txt"), "mine");
    assertThatThrownBy(() -> write("a", ExistingOutput.REPLACE, "two"))
        .hasMessageContaining("holds files that dn2 embed did not write there (my remarks.txt)");
    assertThat(text()).isEqualTo("one");
  }

  @Test
  void anotherCommandsOutputIsNotReplacedByTheSameRunNorByOverwriting() throws IOException {
    write("a", ExistingOutput.KEEP, "one");
    for (ExistingOutput existing : ExistingOutput.values()) {
      assertThatThrownBy(() -> CommittedFolder.claim(place("a", existing), "fit", HADOOP))
          .isInstanceOf(UserDataException.class)
          .hasMessageEndingWith(
              "out was written by dn2 embed; dn2 fit does not replace it. Give another folder.");
    }
    assertThat(text()).isEqualTo("one");
  }

  @Test
  void anEmptyFolderIsTakenAndAFileIsNot() throws IOException {
    Files.createDirectories(folder.resolve("out/nothing/in/it"));
    write("a", ExistingOutput.KEEP, "one");
    assertThat(text()).isEqualTo("one");
    Destination file =
        new Destination(
            folder.resolve("out/note.txt").toString(), new RunId("a"), ExistingOutput.REPLACE);
    assertThatThrownBy(() -> CommittedFolder.claim(file, "embed", HADOOP))
        .hasMessageContaining("holds files that dn2 embed did not write there (note.txt)");
  }

  @Test
  void aRunThatWasFasterKeepsItsOutput() throws IOException {
    CommittedFolder slow =
        CommittedFolder.claim(place("slow", ExistingOutput.KEEP), "embed", HADOOP);
    assertThatThrownBy(
            () ->
                slow.write(
                    draft -> {
                      draft.file("note.txt", "slow");
                      return write("fast", ExistingOutput.KEEP, "fast");
                    }))
        .isInstanceOf(UserDataException.class)
        .hasMessageContaining("is there already, written by the run fast.");
    assertThat(text()).isEqualTo("fast");
    assertThat(names()).containsExactly("out");
  }

  @Test
  void aWriterThatFailsLeavesWhatWasThereAndNoEmptyFolders() throws IOException {
    Destination deep =
        new Destination(
            folder.resolve("a/b/run_date=2026-01-01/out").toString(),
            new RunId("a"),
            ExistingOutput.KEEP);
    assertThatThrownBy(
            () ->
                CommittedFolder.claim(deep, "embed", HADOOP)
                    .write(
                        draft -> {
                          draft.file("note.txt", "one");
                          throw new IllegalStateException("no more");
                        }))
        .isInstanceOf(IllegalStateException.class);
    assertThat(names()).isEmpty();
  }

  @Test
  void anOutputThatWasMovedAsideByARunThatDiedIsPutBack() throws IOException {
    write("a", ExistingOutput.KEEP, "one");
    Files.move(folder.resolve("out"), folder.resolve(".out~old"));
    Files.createDirectory(folder.resolve(".out~a~0123456789ab.staging"));
    Files.createDirectory(folder.resolve(".out~b~0123456789ab.staging"));
    assertThatThrownBy(
            () -> CommittedFolder.claim(place("b", ExistingOutput.KEEP), "embed", HADOOP))
        .hasMessageContaining("written by the run a");
    assertThat(text()).isEqualTo("one");
    CommittedFolder.claim(place("a", ExistingOutput.KEEP), "embed", HADOOP);
    assertThat(names()).containsExactly("out");
  }

  private Destination partOfTable(String run) {
    return new Destination(
        folder.resolve("table/run_date=2026-01-01/run_id=" + run).toString(),
        new RunId(run),
        ExistingOutput.REPLACE);
  }

  private List<String> parquetBelowTheTable() {
    try (Stream<Path> found = Files.walk(folder.resolve("table"))) {
      return found
          .map(path -> folder.resolve("table").relativize(path).toString())
          .filter(name -> name.endsWith(".parquet"))
          .map(name -> name.substring(0, name.lastIndexOf('/')))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private CommittedFolder claimed(String run) {
    return CommittedFolder.claim(partOfTable(run), "score", HADOOP);
  }

  @Test
  void whatIsUnderWayLiesBesideATableOfRunsAndNotInIt() throws IOException {
    String written = "run_date=2026-01-01/run_id=a";
    for (int time = 0; time < 2; time++) {
      List<String> before = time == 0 ? List.of() : List.of(written);
      claimed("a")
          .write(
              draft -> {
                draft.table("", SPARK.range(0, 10, 1, 1).toDF("id"));
                assertThat(parquetBelowTheTable()).isEqualTo(before);
                return null;
              });
      assertThat(parquetBelowTheTable()).containsExactly(written);
    }
    assertThat(names()).containsExactly("table");
  }

  @Test
  void whatEarlierVersionsLeftInATableOfRunsIsPutRight() throws IOException {
    claimed("a")
        .write(
            draft -> {
              draft.table("", SPARK.range(0, 10, 1, 1).toDF("id"));
              return null;
            });
    Path date = folder.resolve("table/run_date=2026-01-01");
    Files.move(date.resolve("run_id=a"), date.resolve(".run_id=a~old"));
    Files.createDirectories(date.resolve(".run_id=a~a~0123456789ab.staging"));

    claimed("a");

    try (Stream<Path> left = Files.list(date)) {
      assertThat(left.map(path -> path.getFileName().toString())).containsExactly("run_id=a");
    }
    Files.move(date.resolve("run_id=a"), folder.resolve(".table~run_date=2026-01-01~run_id=a~old"));
    claimed("a");
    assertThat(parquetBelowTheTable()).containsExactly("run_date=2026-01-01/run_id=a");
  }
}
