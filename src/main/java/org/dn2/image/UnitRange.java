package org.dn2.image;

/**
 * Samples in floating point: 0 is black and 1 is white. Files with other units, such as heights or
 * temperatures, do not say which of their values is white; to guess it from each image would make
 * one value mean one brightness here and another there, so they are rejected.
 */
final class UnitRange {
  private UnitRange() {}

  /**
   * The nearest of 256 levels.
   *
   * @throws UndecodableImageException if the sample is not a number, or nearer to a level below
   *     black or above white (unsupported)
   */
  static byte toByte(double sample) throws UndecodableImageException {
    double level = Math.floor(sample * 255 + 0.5);
    if (level >= 0 && level <= 255) {
      return (byte) (int) level;
    }
    throw new UndecodableImageException(
        RejectReason.UNSUPPORTED,
        ("The image has the floating-point sample %s; only samples from 0 (black) to 1 (white) can"
                + " be read. Scale all images by the same two numbers, or convert them to 8 or 16"
                + " bits.")
            .formatted(sample));
  }
}
