package org.dn2.csv;

import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * Text in UTF-8 whose malformed bytes can be told by their line: they become a character that no
 * UTF-8 can hold.
 */
final class StrictUtf8 {
  /** A low surrogate, which is malformed here unless a high one comes before it. */
  private static final char MALFORMED = '\uDFFF';

  private static final int[][] WIDE_MARKS = {{0xFF, 0xFE}, {0xFE, 0xFF}};
  private static final int[] MARK = {0xEF, 0xBB, 0xBF};

  private StrictUtf8() {}

  /**
   * A reader that passes over a byte order mark.
   *
   * @throws CsvSyntaxException if the mark is one of UTF-16
   */
  static BufferedReader open(InputStream in) throws IOException, CsvSyntaxException {
    BufferedInputStream buffered = new BufferedInputStream(in, 1 << 16);
    for (int[] mark : WIDE_MARKS) {
      if (takes(buffered, mark)) {
        throw new CsvSyntaxException(1, "the file is in UTF-16; save it as UTF-8");
      }
    }
    takes(buffered, MARK);
    CharsetDecoder decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .onUnmappableCharacter(CodingErrorAction.REPLACE)
            .replaceWith(String.valueOf(MALFORMED));
    return new BufferedReader(new InputStreamReader(buffered, decoder), 1 << 16);
  }

  /** Passes over the bytes if they come next. */
  private static boolean takes(BufferedInputStream in, int[] bytes) throws IOException {
    in.mark(bytes.length);
    for (int expected : bytes) {
      if (in.read() != expected) {
        in.reset();
        return false;
      }
    }
    return true;
  }

  /** What is wrong with a text that such a reader gave, or null. */
  static String fault(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == 0) {
        return "it holds a zero byte; is the file text, and in UTF-8?";
      }
      if (c == MALFORMED && (i == 0 || !Character.isHighSurrogate(text.charAt(i - 1)))) {
        return "it is not in UTF-8; save the file as UTF-8";
      }
    }
    return null;
  }
}
