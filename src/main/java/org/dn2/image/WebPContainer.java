package org.dn2.image;

/**
 * Where a WebP file has the bit stream of its picture, of an animation the first one, and the
 * canvas that the picture lies on. Alpha, color profiles and what else the file holds are left out.
 *
 * @param width of the canvas; 0 if there is none, but the picture alone
 * @param height of the canvas; 0 if there is none
 * @param x where the picture begins on the canvas
 * @param y where the picture begins on the canvas
 * @param at where the bit stream begins in the file
 * @param length of the bit stream in bytes
 */
record WebPContainer(int width, int height, int x, int y, int at, int length) {
  private static final int FIRST_CHUNK = 12;
  private static final int CHUNK_HEADER = 8;
  private static final int CANVAS_LENGTH = 10;
  private static final int FRAME_HEADER = 16;
  private static final int ANIMATED = 2;

  /**
   * Reads the headers.
   *
   * @throws UndecodableImageException if the file is shorter than it says (truncated), or has no
   *     picture (unsupported)
   */
  static WebPContainer of(byte[] file) throws UndecodableImageException {
    long end = CHUNK_HEADER + unsigned(file, 4, 4);
    if (end > file.length || file.length < FIRST_CHUNK + CHUNK_HEADER) {
      throw truncated(file);
    }
    int last = (int) end;
    if (last < FIRST_CHUNK + CHUNK_HEADER || !is(file, FIRST_CHUNK, "VP8X")) {
      return find(file, FIRST_CHUNK, last, new WebPContainer(0, 0, 0, 0, 0, 0));
    }
    int canvas = FIRST_CHUNK + CHUNK_HEADER;
    if (canvas + CANVAS_LENGTH > last) {
      throw damaged("its header is short");
    }
    int width = 1 + (int) unsigned(file, canvas + 4, 3);
    int height = 1 + (int) unsigned(file, canvas + 7, 3);
    int chunk = next(file, FIRST_CHUNK, last);
    if ((file[canvas] & ANIMATED) == 0) {
      return find(file, chunk, last, new WebPContainer(width, height, 0, 0, 0, 0));
    }
    while (chunk + CHUNK_HEADER <= last && !is(file, chunk, "ANMF")) {
      chunk = next(file, chunk, last);
    }
    int frame = chunk + CHUNK_HEADER;
    if (frame + FRAME_HEADER > last) {
      throw damaged("it has no picture");
    }
    int x = 2 * (int) unsigned(file, frame, 3);
    int y = 2 * (int) unsigned(file, frame + 3, 3);
    return find(
        file,
        frame + FRAME_HEADER,
        Math.min(last, next(file, chunk, last)),
        new WebPContainer(width, height, x, y, 0, 0));
  }

  /** The place with the first bit stream among the chunks from {@code chunk} to {@code end}. */
  private static WebPContainer find(byte[] file, int chunk, int end, WebPContainer place)
      throws UndecodableImageException {
    int at = chunk;
    while (at + CHUNK_HEADER <= end) {
      if (is(file, at, "VP8 ") || is(file, at, "VP8L")) {
        int begin = at + CHUNK_HEADER;
        int length = Math.min(end, next(file, at, end)) - begin;
        return new WebPContainer(
            place.width,
            place.height,
            place.x,
            place.y,
            begin,
            (int) Math.min(length, unsigned(file, at + 4, 4)));
      }
      at = next(file, at, end);
    }
    throw damaged("it has no picture");
  }

  /** Whether a picture of that size lies within the canvas, if there is one. */
  boolean holds(int pictureWidth, int pictureHeight) {
    return width == 0
        || (Math.addExact(x, pictureWidth) <= width && Math.addExact(y, pictureHeight) <= height);
  }

  /** The canvas with the picture on it; black, as in Pillow, where the picture leaves it bare. */
  RgbImage paint(RgbImage picture) {
    if (width == 0 || (picture.width() == width && picture.height() == height)) {
      return picture;
    }
    byte[] rgb = new byte[Math.multiplyExact(Math.multiplyExact(width, height), RgbImage.CHANNELS)];
    int rowBytes = picture.width() * RgbImage.CHANNELS;
    for (int row = 0; row < picture.height(); row++) {
      int to = ((y + row) * width + x) * RgbImage.CHANNELS;
      System.arraycopy(picture.pixels(), row * rowBytes, rgb, to, rowBytes);
    }
    return new RgbImage(width, height, rgb);
  }

  /**
   * Where the next chunk begins: after an even number of bytes, the last of which may be absent.
   */
  private static int next(byte[] file, int chunk, int end) throws UndecodableImageException {
    long length = unsigned(file, chunk + 4, 4);
    long next = chunk + CHUNK_HEADER + length;
    if (next > file.length) {
      throw truncated(file);
    }
    if (next > end) {
      throw damaged("a part is longer than the whole");
    }
    return (int) (next + (length & 1));
  }

  private static boolean is(byte[] file, int at, String name) {
    for (int i = 0; i < name.length(); i++) {
      if (at + i >= file.length || file[at + i] != name.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** The little-endian number of some bytes; those beyond the file count as 0. */
  private static long unsigned(byte[] file, int at, int bytes) {
    long value = 0;
    for (int i = Math.min(bytes, file.length - at) - 1; i >= 0; i--) {
      value = value << Byte.SIZE | (file[at + i] & 0xff);
    }
    return value;
  }

  private static UndecodableImageException truncated(byte[] file) {
    return new UndecodableImageException(
        RejectReason.TRUNCATED,
        "The WebP ends before its last pixel, after %d bytes.".formatted(file.length));
  }

  static UndecodableImageException damaged(String what) {
    return new UndecodableImageException(
        RejectReason.UNSUPPORTED, "The WebP cannot be decoded: %s.".formatted(what));
  }
}
