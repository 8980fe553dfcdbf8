package org.dn2.table;

/** Paths that Spark's readers take as they are. */
public final class LiteralPath {
  private LiteralPath() {}

  /**
   * A path for Spark's readers, which take brackets, braces, stars and question marks for patterns
   * unless they are escaped.
   */
  public static String of(String path) {
    return path.replaceAll("([\\\\\\[\\]{}*?])", "\\\\$1");
  }
}
