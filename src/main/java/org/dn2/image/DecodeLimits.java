package org.dn2.image;

import java.io.Serializable;

/**
 * How large an image may be before it is rejected as {@link RejectReason#TOO_LARGE}.
 *
 * @param maxBytes of the encoded file, 1 or more
 * @param maxPixels of the decoded image, 1 or more; three bytes each, and as much again while
 *     decoding
 */
public record DecodeLimits(long maxBytes, long maxPixels) implements Serializable {
  /** 256 MiB and 100 million pixels. */
  public static final DecodeLimits DEFAULT = new DecodeLimits(256L << 20, 100_000_000L);

  public DecodeLimits {
    if (maxBytes < 1 || maxPixels < 1) {
      throw new IllegalArgumentException(
          "maxBytes is %d and maxPixels is %d; both must be 1 or more."
              .formatted(maxBytes, maxPixels));
    }
  }

  /**
   * Lets an image through whose pixels fit.
   *
   * @throws UndecodableImageException if it is too large, or has no pixels (unsupported)
   */
  void requireWithin(int width, int height) throws UndecodableImageException {
    long bytes = Math.multiplyFull(width, height) * RgbImage.CHANNELS;
    if (Math.multiplyFull(width, height) > maxPixels || bytes > Integer.MAX_VALUE - 8) {
      throw new UndecodableImageException(
          RejectReason.TOO_LARGE,
          "The image is %d x %d pixels; the limit is %d pixels."
              .formatted(width, height, maxPixels));
    }
    if (width < 1 || height < 1) {
      throw new UndecodableImageException(
          RejectReason.UNSUPPORTED, "The image is %d x %d pixels.".formatted(width, height));
    }
  }
}
