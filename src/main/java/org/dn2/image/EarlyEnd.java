package org.dn2.image;

import java.io.EOFException;

/**
 * How it is told that a file ends before its last pixel: by what the JDK's readers say, each in its
 * own words, and by the mark at a whole file's end.
 */
final class EarlyEnd {
  private EarlyEnd() {}

  /** Whether a reader failed because the bytes ran out, as far as it tells. */
  static boolean isBehind(Throwable thrown) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (cause instanceof EOFException || isMeantBy(cause.getMessage())) {
        return true;
      }
    }
    return false;
  }

  /**
   * Whether a message of the JDK's readers, thrown or warned, says that the bytes ran out.
   *
   * @param message null for none
   */
  static boolean isMeantBy(String message) {
    return message != null
        && (message.startsWith("Premature end of JPEG file")
            || message.startsWith("Premature end of input file")
            || message.startsWith("Invalid block length for LZW encoded image data")
            || message.startsWith("Data segment out of stream")
            || message.contains("Unexpected end"));
  }

  /**
   * Whether a JPEG has no end marker, of which the JDK only warns, and not always: it fills the
   * missing rows with gray. Pillow asks for the marker as well.
   */
  static boolean lacksJpegEnd(byte[] file) {
    int at = 2;
    while (at + 1 < file.length) {
      int marker = (file[at] & 0xff) == 0xff ? file[at + 1] & 0xff : 0;
      if (marker == 0xd9) {
        return false;
      } else if (marker > 0x01 && marker < 0xff && (marker < 0xd0 || marker > 0xd8)) {
        if (at + 3 >= file.length) {
          return true;
        }
        at += 2 + Math.max(2, (file[at + 2] & 0xff) << 8 | (file[at + 3] & 0xff));
      } else {
        at++;
      }
    }
    return true;
  }

  /** Whether a PNG's chunks run past the file's end; the JDK then fails in a dozen ways. */
  static boolean lacksPngEnd(byte[] file) {
    long at = 8;
    while (at + 12 <= file.length) {
      int i = (int) at;
      long length =
          (file[i] & 0xffL) << 24
              | (file[i + 1] & 0xff) << 16
              | (file[i + 2] & 0xff) << 8
              | (file[i + 3] & 0xff);
      if (file[i + 4] == 'I' && file[i + 5] == 'E' && file[i + 6] == 'N' && file[i + 7] == 'D') {
        return false;
      }
      at += length + 12;
    }
    return true;
  }
}
