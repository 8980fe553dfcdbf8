package org.dn2.table;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** How this process's Java tells the names of files on local disks. */
public final class FileNames {
  private static final String PROPERTY = "sun.jnu.encoding";

  /** A letter, an ideogram and a sign from beyond the Basic Multilingual Plane. */
  private static final String DIFFICULT = "\u00fc\u65e5\ud83d\ude00";

  private FileNames() {}

  /**
   * Checks that names beyond ASCII can be told: in a process without a UTF-8 locale Java passes
   * over such files in silence.
   *
   * @throws UserDataException if not, saying what to set
   */
  public static void requireTold() {
    String encoding = System.getProperty(PROPERTY);
    if (!"UTF-8".equalsIgnoreCase(encoding) || !canName(DIFFICULT)) {
      throw new UserDataException(
          "This process cannot tell the names of local files beyond ASCII: Java's %s is %s, as its locale (LC_ALL, LC_CTYPE or LANG) says. Set LC_ALL=C.UTF-8; for Spark's executors by the setting spark.executorEnv.LC_ALL=C.UTF-8."
              .formatted(PROPERTY, encoding));
    }
  }

  private static boolean canName(String name) {
    try {
      return Path.of(name).toString().equals(name);
    } catch (InvalidPathException e) {
      return false;
    }
  }

  /** Bytes as text by UTF-8, with those that are none as {@code \xE9}. */
  public static String escaped(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    CharBuffer out = CharBuffer.allocate(bytes.length * 4);
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    while (true) {
      CoderResult result = decoder.decode(in, out, true);
      if (!result.isError()) {
        return out.flip().toString();
      }
      for (int i = 0; i < result.length(); i++) {
        out.put("\\x%02X".formatted(in.get() & 0xff));
      }
    }
  }
}
