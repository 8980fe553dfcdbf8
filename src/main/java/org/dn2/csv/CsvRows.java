package org.dn2.csv;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import java.io.BufferedReader;
import java.io.FilterReader;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.regex.Pattern;
import org.dn2.table.ColumnNames;

/** The rows of a {@link CsvTable} that are not blank. */
public final class CsvRows implements Iterator<CsvRow> {
  /** What the parser adds to its messages, counting from where it began. */
  private static final Pattern PLACE = Pattern.compile("\\s*\\(record starting at line \\d+\\)");

  private final String what;
  private final int width;
  private final ColumnNames columns;
  private final CsvRowHandler handler = new CsvRowHandler(1);
  private final CountedMarks marks;
  private final Iterator<CsvRow> rows;
  private CsvRow next;
  private long blankRows;
  private long rowsOfSeveralLines;
  private long lastLine = 1;

  CsvRows(String what, BufferedReader reader, char separator, int width, ColumnNames columns) {
    this.what = what;
    this.width = width;
    this.columns = columns;
    this.marks = new CountedMarks(reader);
    this.rows =
        CsvReader.builder()
            .fieldSeparator(separator)
            .skipEmptyLines(false)
            .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
            .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
            .build(handler, marks)
            .iterator();
  }

  @Override
  public boolean hasNext() {
    while (next == null) {
      try {
        if (!rows.hasNext()) {
          requirePairs();
          return false;
        }
        CsvRow row = rows.next();
        lastLine = row.line();
        if (row.isBlank()) {
          blankRows++;
        } else {
          requireWellFormed(row);
          rowsOfSeveralLines += row.isOfSeveralLines() ? 1 : 0;
          next = row;
        }
      } catch (CsvSyntaxException e) {
        throw CsvTable.malformed(what, e);
      } catch (CsvParseException e) {
        throw CsvTable.malformed(what, fault(e, handler.line()));
      } catch (UncheckedIOException e) {
        throw CsvTable.unreadable(what, e.getCause());
      }
    }
    return true;
  }

  @Override
  public CsvRow next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    CsvRow row = next;
    next = null;
    return row;
  }

  /** How many rows have been passed over because nothing is written in them. */
  public long blankRows() {
    return blankRows;
  }

  /** How many rows so far go over several lines, because a quoted cell does. */
  public long rowsOfSeveralLines() {
    return rowsOfSeveralLines;
  }

  /** The parser takes a cell that is never closed for one that ends with the file. */
  private void requirePairs() throws CsvSyntaxException {
    if (marks.count % 2 != 0) {
      throw new CsvSyntaxException(
          lastLine, "its quotation marks do not pair: a cell goes on to the end of the file");
    }
  }

  /** Counts the quotation marks that pass: where all pair, their number is even. */
  private static final class CountedMarks extends FilterReader {
    private long count;

    CountedMarks(Reader reader) {
      super(reader);
    }

    @Override
    public int read() throws IOException {
      int sign = super.read();
      count += sign == '"' ? 1 : 0;
      return sign;
    }

    @Override
    public int read(char[] signs, int from, int most) throws IOException {
      int length = super.read(signs, from, most);
      for (int i = from; i < from + length; i++) {
        count += signs[i] == '"' ? 1 : 0;
      }
      return length;
    }
  }

  private void requireWellFormed(CsvRow row) throws CsvSyntaxException {
    for (CsvCell cell : row.cells()) {
      String fault = StrictUtf8.fault(cell.text());
      if (fault != null) {
        throw new CsvSyntaxException(row.line(), fault);
      }
    }
    requireQuotesAround(row);
    if (row.cells().size() != width) {
      throw new CsvSyntaxException(
          row.line(),
          "%s %d cells where the header has %d; put a cell that holds the separator into quotation marks"
              .formatted(
                  row.isOfSeveralLines()
                      ? "its quotation marks do not pair: a cell goes over several lines, and it has"
                      : "it has",
                  row.cells().size(),
                  width));
    }
    for (String name : columns.present()) {
      if (row.cells().get(columns.position(name)).holdsLineEnd()) {
        throw new CsvSyntaxException(
            row.line(),
            "its %s goes over several lines; is a quotation mark too many?".formatted(name));
      }
    }
  }

  static void requireQuotesAround(CsvRow row) throws CsvSyntaxException {
    for (CsvCell cell : row.cells()) {
      if (!cell.isQuoted() && cell.text().indexOf('"') >= 0) {
        throw new CsvSyntaxException(
            row.line(),
            "a cell holds a quotation mark but does not begin with one; put all of it into quotation"
                + " marks and double those within");
      }
    }
  }

  /** What the parser says, if it is the text's fault. */
  static CsvSyntaxException fault(CsvParseException e, long line) {
    if (e.getCause() != null) {
      throw e;
    }
    String message = PLACE.matcher(String.valueOf(e.getMessage())).replaceAll("");
    return new CsvSyntaxException(
        line, "its quotation marks do not pair (%s)".formatted(message.strip()));
  }
}
