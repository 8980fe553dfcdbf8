package org.dn2.csv;

import de.siegmar.fastcsv.reader.AbstractBaseCsvCallbackHandler;
import java.util.ArrayList;
import java.util.List;

/** Makes rows of what the parser finds. */
final class CsvRowHandler extends AbstractBaseCsvCallbackHandler<CsvRow> {
  private final long linesBefore;
  private final List<CsvCell> cells = new ArrayList<>();

  /**
   * @param linesBefore how many lines of the file the parser does not see
   */
  CsvRowHandler(long linesBefore) {
    this.linesBefore = linesBefore;
  }

  /** Where the row begins that is being read. */
  long line() {
    return linesBefore + getStartingLineNumber();
  }

  @Override
  protected void handleBegin(long startingLineNumber) {
    cells.clear();
  }

  @Override
  protected void handleField(int index, char[] buffer, int offset, int length, boolean quoted) {
    cells.add(new CsvCell(new String(buffer, offset, length), quoted));
  }

  @Override
  protected CsvRow buildRecord() {
    return new CsvRow(line(), cells);
  }
}
