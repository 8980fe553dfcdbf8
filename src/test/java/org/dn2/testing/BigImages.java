package org.dn2.testing;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;

/** Black PNG pictures of any size, which are small files whatever they unpack to. */
public final class BigImages {
  private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};

  private BigImages() {}

  /**
   * Writes a picture of eight bits and three channels.
   *
   * @param rows that it has; it may claim more
   */
  public static void write(Path file, int width, int height, int rows) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    DataOutputStream numbers = new DataOutputStream(head);
    numbers.writeInt(width);
    numbers.writeInt(height);
    numbers.write(new byte[] {8, 2, 0, 0, 0});
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (DeflaterOutputStream pixels = new DeflaterOutputStream(packed)) {
      byte[] row = new byte[1 + 3 * width];
      for (int i = 0; i < rows; i++) {
        pixels.write(row);
      }
    }
    try (OutputStream out = Files.newOutputStream(file)) {
      out.write(SIGNATURE);
      chunk(out, "IHDR", head.toByteArray());
      chunk(out, "IDAT", packed.toByteArray());
      chunk(out, "IEND", new byte[0]);
    }
  }

  private static void chunk(OutputStream out, String type, byte[] content) throws IOException {
    DataOutputStream numbers = new DataOutputStream(out);
    byte[] name = type.getBytes(StandardCharsets.US_ASCII);
    CRC32 sum = new CRC32();
    sum.update(name);
    sum.update(content);
    numbers.writeInt(content.length);
    numbers.write(name);
    numbers.write(content);
    numbers.writeInt((int) sum.getValue());
  }
}
