package org.dn2.csv;

/** Says what is wrong in which line of a CSV file. */
final class CsvSyntaxException extends Exception {
  private static final long serialVersionUID = 1L;

  private final long line;

  /**
   * @param line from 1
   * @param message what is wrong, and what to do, without a full stop
   */
  CsvSyntaxException(long line, String message) {
    super(message);
    this.line = line;
  }

  long line() {
    return line;
  }
}
