package org.dn2.table;

/** Text that is safe to show on a terminal or in a log. */
public final class Printable {
  private Printable() {}

  /** The text with a question mark for each control character. */
  public static String of(String text) {
    return text.replaceAll("\\p{Cntrl}", "?");
  }
}
