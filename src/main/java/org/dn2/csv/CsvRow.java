package org.dn2.csv;

import java.util.List;

/**
 * A row of a CSV file.
 *
 * @param line where it begins, from 1
 * @param cells as many as the header has; empty text where nothing is written
 */
public record CsvRow(long line, List<CsvCell> cells) {
  public CsvRow {
    cells = List.copyOf(cells);
  }

  /** Whether nothing but blanks is written in it. */
  boolean isBlank() {
    return cells.stream().allMatch(cell -> cell.text().isBlank());
  }

  /** Whether a cell holds a line's end. */
  boolean isOfSeveralLines() {
    return cells.stream().anyMatch(CsvCell::holdsLineEnd);
  }
}
