package org.dn2.table;

import java.util.regex.Pattern;
import org.apache.hadoop.fs.Path;

/**
 * Paths that mean what lies there and nothing else: Spark's readers take brackets, braces and stars
 * for patterns unless they are escaped, and Hadoop takes what comes before a colon for a scheme.
 */
public final class LiteralPath {
  private static final Pattern URI = Pattern.compile("[a-zA-Z][a-zA-Z0-9+.-]*:/.*", Pattern.DOTALL);

  private static final Pattern PATTERN = Pattern.compile("([\\\\\\[\\]{}*?])");

  private LiteralPath() {}

  /**
   * Hadoop's form of a path, whose names may have colons.
   *
   * @param path a URI, if it begins with a scheme and a slash
   * @throws IllegalArgumentException if it is empty or a malformed URI
   * @throws UserDataException if a password stands in it
   */
  public static Path hadoop(String path) {
    Redacted.requireNone(path);
    // Behind a slash, a colon ends no scheme.
    return path.indexOf(':') < 0 || path.startsWith("/") || URI.matcher(path).matches()
        ? new Path(path)
        : new Path(Path.CUR_DIR + Path.SEPARATOR + path);
  }

  /**
   * Hadoop's form of a path that the user gave.
   *
   * @throws UserDataException if it is none
   */
  public static Path given(String path) {
    try {
      return hadoop(path);
    } catch (IllegalArgumentException e) {
      throw new UserDataException("\"%s\" is no path: %s".formatted(path, e.getMessage()), e);
    }
  }

  /** What has the name in a folder. */
  public static Path in(Path folder, String name) {
    return new Path(folder, new Path(null, null, name));
  }

  /**
   * The path under which a reader finds exactly what lies at {@code path}.
   *
   * @throws UserDataException if it has a colon in a name and signs of patterns, whose escapes
   *     Hadoop does not understand then
   */
  public static String of(String path) {
    String escaped = PATTERN.matcher(path).replaceAll("\\\\$1");
    if (!escaped.equals(path) && hadoop(path).toUri().getPath().indexOf(':') >= 0) {
      throw new UserDataException(
          "The path %s has a colon and one of []{}*?\\ in its names, with which Spark reads no tables. Give it another name."
              .formatted(Printable.of(path)));
    }
    return escaped;
  }
}
