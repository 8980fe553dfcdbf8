package org.dn2.table;

import java.util.regex.Pattern;

/** Names from the user's data, made fit for a terminal. */
public final class Printable {
  /** Of a terminal, ends of lines, and what turns the direction of the text behind it. */
  private static final String SIGNS =
      "\\p{Cc}\\p{Zl}\\p{Zp}\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069";

  private static final Pattern CONTROL = Pattern.compile("[" + SIGNS + "]");
  private static final Pattern CONTROL_WITHIN_LINES = Pattern.compile("[" + SIGNS + "&&[^\\n]]");
  private static final Pattern LINE_BEGINS = Pattern.compile("\\n(?!  )");

  private Printable() {}

  /**
   * The text with a question mark in the place of each control character, a line's end included: a
   * name of a file, folder or tensor is data, and must not steer the terminal that shows it.
   */
  public static String of(String text) {
    return CONTROL.matcher(text).replaceAll("?");
  }

  /**
   * A message of several lines, of which all but the first are indented, so that none passes for
   * another message, whatever names are in it; with question marks for other control characters.
   */
  public static String lines(String message) {
    String lines = message.replace("\r\n", "\n").stripTrailing();
    return LINE_BEGINS
        .matcher(CONTROL_WITHIN_LINES.matcher(lines).replaceAll("?"))
        .replaceAll("\n  ");
  }
}
