package org.dn2.csv;

/**
 * A cell of a CSV file.
 *
 * @param text what it holds, without the quotes around it and with inner ones as they are meant
 * @param isQuoted whether it is written in quotes
 */
public record CsvCell(String text, boolean isQuoted) {

  /** The text without blanks around it, unless quotes say that they are meant. */
  public String trimmed() {
    return isQuoted ? text : text.strip();
  }

  boolean holdsLineEnd() {
    return text.indexOf('\n') >= 0 || text.indexOf('\r') >= 0;
  }
}
