package org.dn2.csv;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.Collection;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.compress.CompressionCodec;
import org.apache.hadoop.io.compress.CompressionCodecFactory;
import org.dn2.table.ColumnNames;
import org.dn2.table.UserDataException;

/**
 * A CSV file whose first line names the columns, open for reading: UTF-8, cells set apart by
 * commas, semicolons or tabs, whichever gives the most known columns, and quoted as RFC 4180 has
 * it. A file whose name ends like a compressed one's is decompressed.
 */
public final class CsvTable implements Closeable {
  private static final char[] SEPARATORS = {',', ';', '\t'};
  private static final int LONGEST_HEADER = 1 << 16;

  private final String what;
  private final BufferedReader reader;
  private final char separator;
  private final int width;
  private final ColumnNames columns;

  private CsvTable(
      String what, BufferedReader reader, char separator, int width, ColumnNames columns) {
    this.what = what;
    this.reader = reader;
    this.separator = separator;
    this.width = width;
    this.columns = columns;
  }

  /**
   * Opens a file and reads its header.
   *
   * @param what the file in the user's words, for messages
   * @param known the columns that mean something, in lower case
   * @throws UserDataException if it cannot be read, is no text in UTF-8, or has a column twice or
   *     one whose name is nearly a known one's
   */
  public static CsvTable open(
      String what, Path file, Collection<String> known, Configuration hadoop) {
    InputStream in = null;
    try {
      in = stream(file, hadoop);
      BufferedReader reader = StrictUtf8.open(in);
      CsvTable table = table(what, reader, header(reader), known);
      in = null;
      return table;
    } catch (CsvSyntaxException e) {
      throw malformed(what, e);
    } catch (IOException e) {
      throw unreadable(what, e);
    } finally {
      close(what, in);
    }
  }

  private static InputStream stream(Path file, Configuration hadoop) throws IOException {
    FileSystem files = file.getFileSystem(hadoop);
    CompressionCodec codec = new CompressionCodecFactory(hadoop).getCodec(file);
    InputStream in = files.open(file);
    return codec == null ? in : codec.createInputStream(in);
  }

  private static void close(String what, InputStream in) {
    if (in != null) {
      try {
        in.close();
      } catch (IOException e) {
        throw unreadable(what, e);
      }
    }
  }

  /** The first line without its end. */
  private static String header(BufferedReader reader) throws IOException, CsvSyntaxException {
    StringBuilder header = new StringBuilder();
    int c = reader.read();
    while (c >= 0 && c != '\n' && c != '\r') {
      if (header.length() == LONGEST_HEADER) {
        throw new CsvSyntaxException(
            1, "it has more than %,d characters; is the file CSV?".formatted(LONGEST_HEADER));
      }
      header.append((char) c);
      c = reader.read();
    }
    if (c == '\r') {
      reader.mark(1);
      if (reader.read() != '\n') {
        reader.reset();
      }
    }
    String fault = StrictUtf8.fault(header.toString());
    if (fault != null) {
      throw new CsvSyntaxException(1, fault);
    }
    if (header.chars().filter(sign -> sign == '"').count() % 2 != 0) {
      throw new CsvSyntaxException(1, "its quotation marks do not pair");
    }
    if (header.toString().isBlank()) {
      throw new CsvSyntaxException(1, "it is empty, but must name the columns");
    }
    return header.toString();
  }

  private static CsvTable table(
      String what, BufferedReader reader, String header, Collection<String> known)
      throws CsvSyntaxException {
    List<String> best = null;
    char bestSeparator = 0;
    CsvSyntaxException fault = null;
    for (char separator : SEPARATORS) {
      try {
        List<String> names = names(header, separator);
        if (best == null || rank(names, known) > rank(best, known)) {
          best = names;
          bestSeparator = separator;
        }
      } catch (CsvSyntaxException e) {
        fault = fault == null ? e : fault;
      }
    }
    if (best == null) {
      throw fault;
    }
    return new CsvTable(
        what, reader, bestSeparator, best.size(), ColumnNames.of(best, known, what));
  }

  /** More known columns count first, then more columns. */
  private static int rank(List<String> names, Collection<String> known) {
    long found = names.stream().map(ColumnNames::folded).filter(known::contains).count();
    return (int) found * LONGEST_HEADER + names.size();
  }

  private static List<String> names(String header, char separator) throws CsvSyntaxException {
    CsvRowHandler handler = new CsvRowHandler(0);
    try (CsvReader<CsvRow> csv =
        CsvReader.builder().fieldSeparator(separator).build(handler, header)) {
      CsvRow row = csv.iterator().next();
      CsvRows.requireQuotesAround(row);
      return row.cells().stream().map(CsvCell::text).toList();
    } catch (CsvParseException e) {
      throw CsvRows.fault(e, 1);
    } catch (IOException e) {
      throw new IllegalStateException("a text in memory cannot be read", e);
    }
  }

  /** Which columns the header names. */
  public ColumnNames columns() {
    return columns;
  }

  /**
   * The rows below the header, in the file's order, read as they are asked for; once.
   *
   * <p>They throw {@link UserDataException} with the line's number where a row has more or fewer
   * cells than the header, a quotation mark stands where it must not, a known column's cell holds a
   * line's end, or a text is not in UTF-8. Blank rows are passed over and counted.
   */
  public CsvRows rows() {
    return new CsvRows(what, reader, separator, width, columns);
  }

  static UserDataException malformed(String what, CsvSyntaxException e) {
    return new UserDataException("%s, line %d: %s.".formatted(what, e.line(), e.getMessage()), e);
  }

  static UserDataException unreadable(String what, IOException e) {
    return new UserDataException("%s cannot be read: %s".formatted(what, e.getMessage()), e);
  }

  @Override
  public void close() {
    try {
      reader.close();
    } catch (IOException e) {
      throw unreadable(what, e);
    }
  }
}
