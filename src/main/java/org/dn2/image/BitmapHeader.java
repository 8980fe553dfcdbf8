package org.dn2.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The head of a BMP file, of which the JDK believes two sizes that many programs leave at 0 or get
 * wrong: that of the file and that of the pixels. Both follow from the file itself.
 */
final class BitmapHeader {
  private static final int FILE_SIZE_AT = 2;
  private static final int PIXELS_AT = 10;
  private static final int HEADER_SIZE_AT = 14;
  private static final int HEIGHT_AT = 22;
  private static final int COMPRESSION_AT = 30;
  private static final int PIXELS_SIZE_AT = 34;
  private static final int LENGTH = 54;

  /** Header sizes below this one, of OS/2, have neither a compression nor a size of the pixels. */
  private static final int FIRST_WITH_COMPRESSION = 40;

  private static final int RUNS_OF_BYTES = 1;
  private static final int RUNS_OF_HALF_BYTES = 2;
  private static final int JPEG = 4;
  private static final int PNG = 5;

  private final byte[] file;
  private final ByteBuffer fields;
  private final int compression;

  private BitmapHeader(byte[] file) {
    this.file = file;
    this.fields =
        ByteBuffer.wrap(Arrays.copyOf(file, Math.min(LENGTH, file.length)))
            .order(ByteOrder.LITTLE_ENDIAN);
    boolean isLong =
        file.length >= LENGTH && fields.getInt(HEADER_SIZE_AT) >= FIRST_WITH_COMPRESSION;
    this.compression = isLong ? fields.getInt(COMPRESSION_AT) : -1;
  }

  /**
   * The file for the JDK's reader, with sizes that it can believe.
   *
   * @throws UndecodableImageException if the pixels are an embedded JPEG or PNG (unsupported), or
   *     run-length codes that end before the last row (truncated)
   */
  static ByteArrayImageInput trusted(byte[] file) throws UndecodableImageException {
    BitmapHeader header = new BitmapHeader(file);
    header.requireReadable();
    if (header.fields.limit() >= FILE_SIZE_AT + Integer.BYTES) {
      // No bound: bytes that are missing are then found missing where they are read.
      header.fields.putInt(FILE_SIZE_AT, -1);
    }
    if (header.compression >= 0) {
      header.fields.putInt(PIXELS_SIZE_AT, (int) Math.max(0, file.length - header.pixelsAt()));
    }
    return new ByteArrayImageInput(header.fields.array(), file);
  }

  private long pixelsAt() {
    return Integer.toUnsignedLong(fields.getInt(PIXELS_AT));
  }

  private void requireReadable() throws UndecodableImageException {
    if (compression == JPEG || compression == PNG) {
      throw new UndecodableImageException(
          RejectReason.UNSUPPORTED,
          "The BMP holds an embedded %s, which cannot be read; convert the file to PNG or JPEG."
              .formatted(compression == JPEG ? "JPEG" : "PNG"));
    }
    if ((compression == RUNS_OF_BYTES || compression == RUNS_OF_HALF_BYTES) && !runsReachTheEnd()) {
      throw new UndecodableImageException(
          RejectReason.TRUNCATED,
          "The BMP ends before its last pixel, after %d bytes.".formatted(file.length));
    }
  }

  /** Whether there is an end code, or all rows are ended. */
  private boolean runsReachTheEnd() {
    int height = Math.abs(fields.getInt(HEIGHT_AT));
    int row = 0;
    long at = pixelsAt();
    while (at + 1 < file.length) {
      int count = file[(int) at] & 0xff;
      int code = file[(int) at + 1] & 0xff;
      at += 2;
      if (count == 0 && code == 0) {
        row++;
      } else if (count == 0 && code == 1) {
        return true;
      } else if (count == 0 && code == 2) {
        row += at + 1 < file.length ? file[(int) at + 1] & 0xff : 0;
        at += 2;
      } else if (count == 0) {
        int bytes = compression == RUNS_OF_BYTES ? code : (code + 1) / 2;
        at += bytes + (bytes & 1);
      }
      if (row >= height) {
        return true;
      }
    }
    return false;
  }
}
