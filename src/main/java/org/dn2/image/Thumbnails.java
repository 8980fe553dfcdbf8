package org.dn2.image;

import org.dn2.table.Crop;

/**
 * Makes small pictures of image files. One decoded image is held at a time, a large JPEG at a
 * fraction of its size.
 *
 * @param decoder with the limits beyond which there is no picture
 * @param side the most pixels that a picture is wide or high, 1 or more
 */
public record Thumbnails(ImageDecoder decoder, int side) {

  /**
   * The image at its own proportions, not larger than it is.
   *
   * @param file an encoded image, whole
   * @param crop the part that is shown, null for the whole image
   * @throws UndecodableImageException with the reason, if there are no pixels to be had
   */
  public RgbImage of(byte[] file, Crop crop) throws UndecodableImageException {
    RgbImage image =
        decoder.decodeFor(
            new InputGeometry(ResizeMode.SHORT_SIDE, side, side), file, crop, bits -> {});
    double scale = Math.min(1, (double) side / Math.max(image.width(), image.height()));
    if (scale == 1) {
      return image;
    }
    int width = (int) Math.max(1, Math.round(image.width() * scale));
    int height = (int) Math.max(1, Math.round(image.height() * scale));
    return PillowResize.resizeAndCrop(
        image, Interpolation.BILINEAR, width, height, 0, 0, width, height);
  }
}
