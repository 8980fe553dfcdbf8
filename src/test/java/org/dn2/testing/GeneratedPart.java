package org.dn2.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A part of a page of the documentation that a test makes, between a line with {@code begin NAME}
 * and one with {@code end NAME}. A part that is stale fails the test; with {@code
 * -Ddn2.refresh=true} the test writes it instead.
 */
public final class GeneratedPart {
  private GeneratedPart() {}

  /**
   * Compares or writes a part.
   *
   * @param content what the part must be, the two lines around it left out
   * @param test that makes the part
   * @throws AssertionError if it is another, with the first line that differs and what to do
   */
  public static void check(Path page, String name, String content, Class<?> test)
      throws IOException {
    String text = Files.readString(page);
    int start = text.indexOf('\n', placeOf(page, text, "begin " + name)) + 1;
    int end = text.lastIndexOf('\n', placeOf(page, text, "end " + name)) + 1;
    String now = text.substring(start, end);
    if (now.equals(content)) {
      return;
    }
    if (Boolean.getBoolean("dn2.refresh")) {
      Files.writeString(page, text.substring(0, start) + content + text.substring(end));
      return;
    }
    throw new AssertionError(
        "%s is stale: %s%nTo write it anew: mvn test -Dtest=%s -Ddn2.refresh=true"
            .formatted(page, firstDifference(now, content), test.getSimpleName()));
  }

  private static int placeOf(Path page, String text, String mark) {
    int place = text.indexOf(mark);
    if (place < 0) {
      throw new AssertionError(page + " has no line with \"" + mark + "\"");
    }
    return place;
  }

  private static String firstDifference(String now, String content) {
    String[] has = now.split("\n", -1);
    String[] wanted = content.split("\n", -1);
    int line = 0;
    while (line < Math.min(has.length, wanted.length) && has[line].equals(wanted[line])) {
      line++;
    }
    return "\"%s\" should be \"%s\"".formatted(lineOf(has, line), lineOf(wanted, line));
  }

  private static String lineOf(String[] lines, int line) {
    return line < lines.length ? lines[line] : "";
  }
}
