package org.dn2.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * One image of the Netpbm family: PBM, PGM and PPM, plain (P1 to P3) or raw (P4 to P6), with
 * samples of 8 or 16 bits, and PFM (PF, Pf), whose samples are in floating point. As in Pillow,
 * samples are scaled by the largest value that the file names. Of several images in one file it is
 * the first.
 */
final class Netpbm {
  /**
   * A number in the header, or in plain pixels, has no more digits in any file that can be read.
   */
  private static final int MOST_DIGITS = 10;

  private static final int LARGEST_DEEP = 65_535;

  private final byte[] file;
  private final char kind;
  private int at;
  private final int width;
  private final int height;
  private final int largest;
  private final ByteOrder order;

  /** The bits that are set in any sample. */
  private int all;

  /**
   * Reads the header.
   *
   * @throws UndecodableImageException if the file ends within it (truncated) or it makes no sense
   *     (unsupported)
   */
  Netpbm(byte[] file) throws UndecodableImageException {
    this.file = file;
    this.kind = (char) file[1];
    this.at = 2;
    width = number("width");
    height = number("height");
    if (isFloat()) {
      String scale = token();
      order = scale.startsWith("-") ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
      largest = 1;
    } else {
      order = ByteOrder.BIG_ENDIAN;
      largest = isBits() ? 1 : number("largest value");
    }
    if (largest < 1 || largest > LARGEST_DEEP) {
      throw damaged("its largest value is %d, not from 1 to %d".formatted(largest, LARGEST_DEEP));
    }
  }

  /** Whether the bytes begin as one of these files. */
  static boolean isBegunBy(byte[] bytes) {
    return bytes.length > 2
        && bytes[0] == 'P'
        && ((bytes[1] >= '1' && bytes[1] <= '6') || bytes[1] == 'F' || bytes[1] == 'f')
        && isSpace(bytes[2]);
  }

  int width() {
    return width;
  }

  int height() {
    return height;
  }

  private boolean isFloat() {
    return kind == 'F' || kind == 'f';
  }

  private boolean isBits() {
    return kind == '1' || kind == '4';
  }

  private boolean isPlain() {
    return kind <= '3';
  }

  private int samplesPerPixel() {
    return kind == '3' || kind == '6' || kind == 'F' ? RgbImage.CHANNELS : 1;
  }

  /** Whether the samples have 16 bits and the file does not say that fewer are used. */
  boolean isOfSixteenBits() {
    return largest == LARGEST_DEEP;
  }

  /**
   * The image's pixels.
   *
   * @param deepBits how many of the lowest bits are used where {@link #isOfSixteenBits}
   * @throws UndecodableImageException if samples are missing (truncated), or are no numbers, above
   *     the largest or not from 0 to 1 (unsupported)
   */
  RgbImage decode(int deepBits) throws UndecodableImageException {
    requireBytes(leastBytes());
    byte[] rgb = new byte[Math.multiplyExact(Math.multiplyExact(width, height), RgbImage.CHANNELS)];
    if (isFloat()) {
      decodeFloats(rgb);
    } else if (kind == '4') {
      decodeBits(rgb);
    } else {
      int white = isOfSixteenBits() ? (1 << deepBits) - 1 : largest;
      decodeNumbers(rgb, white);
    }
    return new RgbImage(width, height, rgb);
  }

  /** How many bits the largest of the samples that were decoded needs; 0 in floating point. */
  int bitsUsed() {
    return Integer.SIZE - Integer.numberOfLeadingZeros(all);
  }

  /** How many bytes the pixels need at least; plain ones have a digit each, or one and a space. */
  private long leastBytes() {
    long samples = Math.multiplyFull(width, height) * samplesPerPixel();
    return switch (kind) {
      case '1' -> samples;
      case '2', '3' -> 2 * samples - 1;
      case '4' -> (width + 7L) / 8 * height;
      case 'F', 'f' -> samples * Float.BYTES;
      default -> largest > 255 ? 2 * samples : samples;
    };
  }

  private void decodeNumbers(byte[] rgb, int white) throws UndecodableImageException {
    int samples = samplesPerPixel();
    int bytes = largest > 255 ? 2 : 1;
    for (int to = 0; to < rgb.length; to += RgbImage.CHANNELS) {
      for (int color = 0; color < samples; color++) {
        int sample = isPlain() ? plainSample() : rawSample(bytes);
        all |= sample;
        rgb[to + color] = (byte) level(sample, white);
      }
      if (samples == 1) {
        rgb[to + 1] = rgb[to];
        rgb[to + 2] = rgb[to];
      }
    }
  }

  /** The same steps in floating point as Pillow's, halves to the even level. */
  private int level(int sample, int white) {
    if (isBits()) {
      return sample == 0 ? 255 : 0;
    }
    return white == 255
        ? Math.min(255, sample)
        : (int) Math.min(255, Math.rint(sample / (double) white * 255));
  }

  private int rawSample(int bytes) {
    int sample = file[at++] & 0xff;
    return bytes == 1 ? sample : sample << Byte.SIZE | (file[at++] & 0xff);
  }

  private int plainSample() throws UndecodableImageException {
    if (isBits()) {
      skipSpace();
      byte bit = file[at++];
      if (bit != '0' && bit != '1') {
        throw damaged("a pixel is neither 0 nor 1");
      }
      return bit - '0';
    }
    int sample = number("pixel");
    if (sample > largest) {
      throw damaged("a sample is %d, above the largest of %d".formatted(sample, largest));
    }
    return sample;
  }

  private void decodeBits(byte[] rgb) {
    int rowBytes = (width + 7) / 8;
    int to = 0;
    for (int row = 0; row < height; row++) {
      for (int column = 0; column < width; column++) {
        int bit = file[at + column / 8] >> (7 - column % 8) & 1;
        byte value = (byte) (bit == 0 ? 255 : 0);
        rgb[to++] = value;
        rgb[to++] = value;
        rgb[to++] = value;
      }
      at += rowBytes;
    }
  }

  /** The last row comes first. */
  private void decodeFloats(byte[] rgb) throws UndecodableImageException {
    int samples = samplesPerPixel();
    ByteBuffer floats = ByteBuffer.wrap(file).order(order).position(at);
    for (int row = height - 1; row >= 0; row--) {
      int to = row * width * RgbImage.CHANNELS;
      for (int column = 0; column < width; column++) {
        for (int color = 0; color < RgbImage.CHANNELS; color++) {
          rgb[to] = color < samples ? UnitRange.toByte(floats.getFloat()) : rgb[to - 1];
          to++;
        }
      }
    }
  }

  private void requireBytes(long bytes) throws UndecodableImageException {
    if (file.length - at < bytes) {
      throw truncated();
    }
  }

  private int number(String what) throws UndecodableImageException {
    String token = token();
    if (token.isEmpty() || !token.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw damaged("its %s is \"%s\"".formatted(what, token));
    }
    long number = Long.parseLong(token);
    if (number > Integer.MAX_VALUE) {
      throw damaged("its %s is %d".formatted(what, number));
    }
    return (int) number;
  }

  /** The characters up to the next white space, which is read as well, or comment. */
  private String token() throws UndecodableImageException {
    skipSpace();
    int start = at;
    while (at < file.length && !isSpace(file[at]) && file[at] != '#') {
      at++;
      if (at - start > MOST_DIGITS + 1) {
        throw damaged("a number has more than %d digits".formatted(MOST_DIGITS));
      }
    }
    String token = new String(file, start, at - start, StandardCharsets.ISO_8859_1);
    skipComment();
    if (at < file.length) {
      at++;
    } else if (!isPlain()) {
      throw truncated();
    }
    return token;
  }

  /** White space, and comments from # to the end of their line. */
  private void skipSpace() throws UndecodableImageException {
    while (at < file.length && (isSpace(file[at]) || file[at] == '#')) {
      skipComment();
      at++;
    }
    if (at >= file.length) {
      throw truncated();
    }
  }

  private void skipComment() {
    if (at < file.length && file[at] == '#') {
      while (at < file.length && file[at] != '\n' && file[at] != '\r') {
        at++;
      }
    }
  }

  private static boolean isSpace(byte character) {
    return character == ' ' || (character >= '\t' && character <= '\r');
  }

  private UndecodableImageException truncated() {
    return new UndecodableImageException(
        RejectReason.TRUNCATED,
        "The Netpbm file ends before its last pixel, after %d bytes.".formatted(file.length));
  }

  private static UndecodableImageException damaged(String what) {
    return new UndecodableImageException(
        RejectReason.UNSUPPORTED, "The Netpbm file cannot be decoded: %s.".formatted(what));
  }
}
