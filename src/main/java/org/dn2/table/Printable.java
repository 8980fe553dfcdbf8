package org.dn2.table;

import java.util.regex.Pattern;

/** Names from the user's data, made fit for a terminal. */
public final class Printable {
  private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");

  private Printable() {}

  /**
   * The text with a question mark in the place of each control character, a line's end included: a
   * name of a file, folder or tensor is data, and must not steer the terminal that shows it.
   */
  public static String of(String text) {
    return CONTROL.matcher(text).replaceAll("?");
  }
}
