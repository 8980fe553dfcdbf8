package org.dn2.image;

import java.awt.image.Raster;
import java.util.Arrays;

/**
 * What the components of a JPEG mean, and their way to RGB with libjpeg's and Pillow's integer
 * arithmetic. ImageIO guesses otherwise in places, and converts embedded color profiles.
 */
enum JpegColors {
  GRAY(1),
  RGB(3),
  YCC(3),
  CMYK(4),
  YCCK(4);

  /** The frame types up to this one are baseline, extended and progressive, all Huffman-coded. */
  private static final int LAST_HUFFMAN_FRAME = 0xc2;

  private static final int SCALE_BITS = 16;
  private static final int HALF = 1 << (SCALE_BITS - 1);
  private static final int[] RED_OF_CR = new int[256];
  private static final int[] BLUE_OF_CB = new int[256];
  private static final int[] GREEN_OF_CR = new int[256];
  private static final int[] GREEN_OF_CB = new int[256];

  static {
    for (int i = 0; i < 256; i++) {
      int x = i - 128;
      RED_OF_CR[i] = (fixed(1.40200) * x + HALF) >> SCALE_BITS;
      BLUE_OF_CB[i] = (fixed(1.77200) * x + HALF) >> SCALE_BITS;
      GREEN_OF_CR[i] = -fixed(0.71414) * x;
      GREEN_OF_CB[i] = -fixed(0.34414) * x + HALF;
    }
  }

  private final int components;

  JpegColors(int components) {
    this.components = components;
  }

  private static int fixed(double value) {
    return (int) (value * (1 << SCALE_BITS) + 0.5);
  }

  /**
   * Reads the markers before the first scan as libjpeg's {@code default_decompress_parms} does.
   *
   * @throws UndecodableImageException if the file ends before the first scan (truncated), or the
   *     component count is none of 1, 3 and 4 (unsupported)
   */
  static JpegColors of(byte[] file) throws UndecodableImageException {
    boolean jfif = false;
    int adobeTransform = -1;
    int[] ids = new int[0];
    int at = 2;
    while (true) {
      // A marker may be padded by any number of 0xff; libjpeg skips other bytes up to it.
      while (at < file.length && (file[at] & 0xff) != 0xff) {
        at++;
      }
      while (at < file.length && (file[at] & 0xff) == 0xff) {
        at++;
      }
      if (at + 2 >= file.length) {
        throw new UndecodableImageException(
            RejectReason.TRUNCATED,
            "The JPEG ends within its header, after " + file.length + " bytes.");
      }
      int marker = file[at++] & 0xff;
      if (marker == 0 || marker == 0x01 || (marker >= 0xd0 && marker <= 0xd8)) {
        continue;
      }
      int length = (file[at] & 0xff) << 8 | (file[at + 1] & 0xff);
      int end = at + Math.max(length, 2);
      if (end > file.length || marker == 0xd9) {
        throw new UndecodableImageException(
            RejectReason.TRUNCATED,
            "The JPEG ends within its header, after " + file.length + " bytes.");
      }
      if (marker == 0xda) {
        break;
      } else if (marker == 0xe0 && length >= 16 && holds(file, at + 2, "JFIF\0")) {
        jfif = true;
      } else if (marker == 0xee && length >= 14 && holds(file, at + 2, "Adobe")) {
        adobeTransform = file[at + 13] & 0xff;
      } else if (isFrameHeader(marker) && length >= 8) {
        if (marker > LAST_HUFFMAN_FRAME) {
          // Some builds of the JDK read some of these; every executor must give the same answer.
          throw new UndecodableImageException(
              RejectReason.UNSUPPORTED,
              ("The JPEG is lossless, hierarchical or arithmetic-coded (frame type 0x%x),"
                      + " which cannot be read; convert the file to baseline JPEG or PNG.")
                  .formatted(marker));
        }
        int count = file[at + 7] & 0xff;
        if (length >= 8 + 3 * count) {
          ids = new int[count];
          for (int i = 0; i < count; i++) {
            ids[i] = file[at + 8 + 3 * i] & 0xff;
          }
        }
      }
      at = end;
    }
    return switch (ids.length) {
      case 1 -> GRAY;
      case 3 -> ofThree(jfif, adobeTransform, ids);
      case 4 -> adobeTransform <= 0 ? CMYK : YCCK;
      default ->
          throw new UndecodableImageException(
              RejectReason.UNSUPPORTED,
              "The JPEG has "
                  + ids.length
                  + " color components; 1 (gray), 3 (color) and 4 (CMYK) can be read.");
    };
  }

  private static JpegColors ofThree(boolean jfif, int adobeTransform, int[] ids) {
    if (jfif) {
      return YCC;
    }
    if (adobeTransform >= 0) {
      return adobeTransform == 0 ? RGB : YCC;
    }
    return Arrays.equals(ids, new int[] {'R', 'G', 'B'}) ? RGB : YCC;
  }

  private static boolean isFrameHeader(int marker) {
    return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
  }

  private static boolean holds(byte[] file, int at, String text) {
    for (int i = 0; i < text.length(); i++) {
      if (file[at + i] != text.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** How many components a pixel has. */
  int components() {
    return components;
  }

  /** Whether {@link NativeJpeg} makes RGB of them, as Pillow does: all but inks. */
  boolean isKnownToNativeJpeg() {
    return components <= RgbImage.CHANNELS;
  }

  /**
   * Converts undone components to {@code byte[height * width * 3]}. Of CMYK, Pillow takes it that
   * the inks are stored inverted, as Adobe does, whether a file says so or not.
   */
  byte[] toRgb(Raster raster) {
    int width = raster.getWidth();
    int height = raster.getHeight();
    byte[] rgb = new byte[Math.multiplyExact(Math.multiplyExact(width, height), 3)];
    byte[] line = new byte[width * components];
    for (int row = 0; row < height; row++) {
      raster.getDataElements(raster.getMinX(), raster.getMinY() + row, width, 1, line);
      convertLine(line, rgb, row * width * 3);
    }
    return rgb;
  }

  private void convertLine(byte[] line, byte[] rgb, int start) {
    int to = start;
    switch (this) {
      case GRAY -> {
        for (byte value : line) {
          rgb[to++] = value;
          rgb[to++] = value;
          rgb[to++] = value;
        }
      }
      case RGB -> System.arraycopy(line, 0, rgb, to, line.length);
      case YCC -> {
        for (int from = 0; from < line.length; from += 3) {
          putYcc(line, from, rgb, to + from);
        }
      }
      case CMYK -> {
        for (int from = 0; from < line.length; from += 4, to += 3) {
          putInk(line, from, line[from + 3] & 0xff, rgb, to);
        }
      }
      case YCCK -> {
        for (int from = 0; from < line.length; from += 4, to += 3) {
          // libjpeg makes inks of the converted colors by 255 minus each, not of the black.
          putYcc(line, from, line, from);
          for (int i = from; i < from + 3; i++) {
            line[i] = (byte) ~line[i];
          }
          putInk(line, from, line[from + 3] & 0xff, rgb, to);
        }
      }
    }
  }

  private static void putYcc(byte[] in, int from, byte[] out, int to) {
    int y = in[from] & 0xff;
    int cb = in[from + 1] & 0xff;
    int cr = in[from + 2] & 0xff;
    out[to] = clip(y + RED_OF_CR[cr]);
    out[to + 1] = clip(y + ((GREEN_OF_CB[cb] + GREEN_OF_CR[cr]) >> SCALE_BITS));
    out[to + 2] = clip(y + BLUE_OF_CB[cb]);
  }

  /** Inks that are stored as 255 minus the ink. */
  private static void putInk(byte[] in, int from, int invertedBlack, byte[] out, int to) {
    for (int i = 0; i < 3; i++) {
      out[to + i] = (byte) RawPixels.withoutInk(255 - (in[from + i] & 0xff), 255 - invertedBlack);
    }
  }

  private static byte clip(int value) {
    return (byte) Math.max(0, Math.min(255, value));
  }
}
