package org.dn2.csv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.apache.hadoop.conf.Configuration;
import org.assertj.core.api.AbstractThrowableAssert;
import org.dn2.table.UserDataException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CsvTableTest {
  private static final List<String> KNOWN = List.of("path", "label", "x", "width");

  @TempDir private Path folder;

  private List<CsvRow> read(byte[] content, String name) throws IOException {
    Path file = Files.write(folder.resolve(name), content);
    try (CsvTable table =
        CsvTable.open(
            "The list",
            new org.apache.hadoop.fs.Path(file.toUri()),
            KNOWN,
            new Configuration(false))) {
      List<CsvRow> rows = new ArrayList<>();
      table.rows().forEachRemaining(rows::add);
      return rows;
    }
  }

  /** Texts of the rows' cells, trimmed where they are not quoted. */
  private List<List<String>> cells(String content) throws IOException {
    return read(content.getBytes(StandardCharsets.UTF_8), "list.csv").stream()
        .map(row -> row.cells().stream().map(CsvCell::trimmed).toList())
        .toList();
  }

  private AbstractThrowableAssert<?, ? extends Throwable> assertFails(String content) {
    return assertThatThrownBy(() -> cells(content)).isInstanceOf(UserDataException.class);
  }

  @Test
  void lineEndsAreToldRowByRow() throws IOException {
    assertThat(cells("path,label\r\na,good\nb,bad\rc,bad\r\nd,bad"))
        .containsExactly(
            List.of("a", "good"), List.of("b", "bad"), List.of("c", "bad"), List.of("d", "bad"));
  }

  @Test
  void aStrayQuotationMarkStopsWithTheLine() {
    assertFails("path,label\na,good\n\"b,good\nc,good\n")
        .hasMessageStartingWith("The list, line 3: its quotation marks do not pair: a cell goes");
    assertFails("path,label\na,\"good\"er\nc,good\n")
        .hasMessageStartingWith("The list, line 2: its quotation marks do not pair (Unexpected");
    assertFails("path,label\n\na,go\"od\nc,good\n")
        .hasMessageStartingWith("The list, line 3: a cell holds a quotation mark but does not");
    assertFails("path,label\na,\"good\nb,bad\nc,bad\"\n")
        .hasMessageStartingWith("The list, line 2: its label goes over several lines;");
  }

  @Test
  void everyRowHasAsManyCellsAsTheHeader() {
    assertFails("path,label\na,good\nb,good,\n")
        .hasMessage(
            "The list, line 3: it has 3 cells where the header has 2; put a cell that holds the"
                + " separator into quotation marks.");
    assertFails("path,label\n\r\n\r\na\n")
        .hasMessageStartingWith("The list, line 4: it has 1 cell");
  }

  @Test
  void linesAreCountedAcrossCellsOfSeveralLines() {
    assertFails("path,label,note\r\na,good,\"one\r\ntwo\r\n\"\r\n\r\nb\r\n")
        .hasMessageStartingWith("The list, line 6: it has 1 cell");
  }

  @Test
  void blankRowsAreNoRowsAndCounted() throws IOException {
    Path file = Files.writeString(folder.resolve("b.csv"), "path,label\n\n , \na,\n,\n\n");
    try (CsvTable table =
        CsvTable.open(
            "The list", new org.apache.hadoop.fs.Path(file.toUri()), KNOWN, new Configuration())) {
      CsvRows rows = table.rows();
      assertThat(rows.next().line()).isEqualTo(4);
      assertThat(rows.hasNext()).isFalse();
      assertThat(rows.blankRows()).isEqualTo(4);
    }
  }

  @Test
  void commasSemicolonsAndTabsAreToldByTheHeader() throws IOException {
    assertThat(cells("path;label\na,b.png;good\n")).containsExactly(List.of("a,b.png", "good"));
    assertThat(cells("path\tlabel, or so\ta;b\nx\ty\tz\n")).containsExactly(List.of("x", "y", "z"));
    assertThat(cells("path\na;b,c\n".replace(",", ""))).containsExactly(List.of("a;bc"));
  }

  @Test
  void namesAreTrimmedAndTheirCaseIsFolded() throws IOException {
    assertThat(cells("\uFEFFPath, LABEL ,\"x\"\na, good ,\" 1\"\n"))
        .containsExactly(List.of("a", "good", " 1"));
  }

  @Test
  void aNameTwiceOrNearlyAKnownOneStops() {
    assertFails("path,Label,label \na,b,c\n")
        .hasMessage("The list has the column label more than once; remove or rename all but one.");
    for (String near : List.of("widht", "widths", "x1", "lable", "labels", "_x")) {
      assertFails("path," + near + "\na,b\n")
          .hasMessageStartingWith("The list has a column " + near + ", which is nearly ");
    }
  }

  @Test
  void namesOfTheirOwnPass() throws IOException {
    for (String name : List.of("z", "note", "camera", "weight", "labels")) {
      assertThat(cells("path,label," + name + "\na,b,c\n")).hasSize(1);
    }
  }

  @Test
  void whatIsNotUtf8IsSaidWithTheLine() throws IOException {
    Charset latin = StandardCharsets.ISO_8859_1;
    assertThatThrownBy(() -> read("path,label\na,b\nü,b\n".getBytes(latin), "l.csv"))
        .isInstanceOf(UserDataException.class)
        .hasMessage("The list, line 3: it is not in UTF-8; save the file as UTF-8.");
    assertThatThrownBy(
            () -> read("\uFEFFpath,label\na,b\n".getBytes(StandardCharsets.UTF_16LE), "m.csv"))
        .hasMessage("The list, line 1: the file is in UTF-16; save it as UTF-8.");
    assertThatThrownBy(() -> read("path,label\na,b\n".getBytes(StandardCharsets.UTF_16LE), "n.csv"))
        .hasMessageStartingWith("The list, line 1: it holds a zero byte;");
    assertThat(cells("path,label\n😀 \uFFFF,日本\n")).containsExactly(List.of("😀 \uFFFF", "日本"));
  }

  @Test
  void filesWithoutAHeaderOrOfOneEndlessLineAreRefused() {
    assertFails("").hasMessage("The list, line 1: it is empty, but must name the columns.");
    assertFails("\npath\na\n").hasMessageContaining("it is empty");
    assertFails("x".repeat(100_000)).hasMessageContaining("is the file CSV?");
    assertFails("\"path,label\na,b\n").hasMessageStartingWith("The list, line 1: its quotation");
  }

  @Test
  void compressedFilesAreDecompressed() throws IOException {
    Path file = folder.resolve("c.csv.gz");
    try (GZIPOutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write("path,label\na,b\n".getBytes(StandardCharsets.UTF_8));
    }
    assertThat(read(Files.readAllBytes(file), "d.csv.gz")).hasSize(1);
  }
}
