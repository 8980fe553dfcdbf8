package org.dn2.table;

/**
 * Paths for Spark's readers, which take brackets, braces and stars for patterns unless they are
 * escaped.
 */
public final class LiteralPath {
  private LiteralPath() {}

  /** The path under which a reader finds exactly what lies at {@code path}. */
  public static String of(String path) {
    return path.replaceAll("([\\\\\\[\\]{}*?])", "\\\\$1");
  }
}
