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
}
