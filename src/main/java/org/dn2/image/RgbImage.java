package org.dn2.image;

import java.util.Objects;

/**
 * An 8-bit image: rows from the top, pixels from the left, red, green and blue of each pixel side
 * by side. The array is not copied; whoever makes an image hands it over.
 */
public final class RgbImage {
  /** Bytes per pixel. */
  public static final int CHANNELS = 3;

  private final int width;
  private final int height;
  private final byte[] pixels;

  /**
   * Wraps pixels.
   *
   * @param width in pixels, 1 or more
   * @param height in pixels, 1 or more
   * @param pixels {@code byte[height * width * 3]}, each value unsigned
   * @throws IllegalArgumentException if a side is below 1 or the array has another length
   */
  public RgbImage(int width, int height, byte[] pixels) {
    Objects.requireNonNull(pixels, "pixels");
    if (width < 1 || height < 1 || pixels.length != (long) width * height * CHANNELS) {
      throw new IllegalArgumentException(
          "An image of %d x %d pixels needs %d bytes and sides of 1 or more, not %d bytes."
              .formatted(width, height, (long) width * height * CHANNELS, pixels.length));
    }
    this.width = width;
    this.height = height;
    this.pixels = pixels;
  }

  /** The width in pixels. */
  public int width() {
    return width;
  }

  /** The height in pixels. */
  public int height() {
    return height;
  }

  /** The pixels themselves, not a copy: {@code byte[height * width * 3]}, unsigned. */
  public byte[] pixels() {
    return pixels;
  }

  /**
   * A copy of a rectangle.
   *
   * @param x of the rectangle's left column
   * @param y of its upper row
   * @param cropWidth in pixels, 1 or more
   * @param cropHeight in pixels, 1 or more
   * @throws IllegalArgumentException if any of the rectangle lies outside the image
   */
  public RgbImage crop(int x, int y, int cropWidth, int cropHeight) {
    if (x < 0
        || y < 0
        || cropWidth < 1
        || cropHeight < 1
        || (long) x + cropWidth > width
        || (long) y + cropHeight > height) {
      throw new IllegalArgumentException(
          "The crop x=%d, y=%d, width=%d, height=%d must lie inside the image of %d x %d pixels."
              .formatted(x, y, cropWidth, cropHeight, width, height));
    }
    byte[] cropped = new byte[cropWidth * cropHeight * CHANNELS];
    int rowBytes = cropWidth * CHANNELS;
    for (int row = 0; row < cropHeight; row++) {
      System.arraycopy(
          pixels, ((y + row) * width + x) * CHANNELS, cropped, row * rowBytes, rowBytes);
    }
    return new RgbImage(cropWidth, cropHeight, cropped);
  }

  /** A copy with left and right exchanged. */
  public RgbImage mirrored() {
    byte[] mirrored = new byte[pixels.length];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        System.arraycopy(
            pixels,
            (y * width + x) * CHANNELS,
            mirrored,
            (y * width + width - 1 - x) * CHANNELS,
            CHANNELS);
      }
    }
    return new RgbImage(width, height, mirrored);
  }
}
