package org.dn2.image;

import java.io.Serializable;
import java.util.Objects;

/**
 * The way from an image of any size to the square that enters the network: resize with one of
 * Pillow's antialiased filters, then crop the center.
 *
 * @param resizeMode how both sides are brought to {@code resizeSize}
 * @param resizeSize in pixels; 256 in the paper (section 5)
 * @param cropSize side of the square, in pixels; 224 in the paper
 * @param interpolation bilinear in the paper
 * @param sides whether left and right are exchanged at the end
 */
public record InputGeometry(
    ResizeMode resizeMode,
    int resizeSize,
    int cropSize,
    Interpolation interpolation,
    View.Sides sides)
    implements Serializable {

  public InputGeometry {
    Objects.requireNonNull(resizeMode, "resizeMode");
    if (cropSize < 1 || resizeSize < cropSize) {
      throw new IllegalArgumentException(
          "cropSize is %d and resizeSize is %d; cropSize must be 1 or more and resizeSize no less."
              .formatted(cropSize, resizeSize));
    }
  }

  /** The paper's filter, left and right as they are. */
  public InputGeometry(ResizeMode resizeMode, int resizeSize, int cropSize) {
    this(resizeMode, resizeSize, cropSize, Interpolation.BILINEAR, View.Sides.AS_THEY_ARE);
  }

  /**
   * A rectangle in parts of an image's width and height, 0 to 1.
   *
   * @param left 0 at the image's left edge
   * @param top 0 at its upper edge
   */
  public record Part(double left, double top, double width, double height) {}

  private record Resized(long width, long height, long x, long y) {}

  private Resized resized(int width, int height) {
    long resizedWidth = resizeSize;
    long resizedHeight = resizeSize;
    if (resizeMode == ResizeMode.SHORT_SIDE) {
      int shortSide = Math.min(width, height);
      resizedWidth = (long) resizeSize * width / shortSide;
      resizedHeight = (long) resizeSize * height / shortSide;
    }
    return new Resized(
        resizedWidth,
        resizedHeight,
        (long) Math.rint((resizedWidth - cropSize) / 2.0),
        (long) Math.rint((resizedHeight - cropSize) / 2.0));
  }

  /** Which part of an image of the given size {@link #apply} brings into the square. */
  public Part seen(int width, int height) {
    Resized resized = resized(width, height);
    return new Part(
        (double) resized.x() / resized.width(),
        (double) resized.y() / resized.height(),
        (double) cropSize / resized.width(),
        (double) cropSize / resized.height());
  }

  /**
   * The network's square: the same bytes that Pillow and torchvision ({@code Resize}, {@code
   * CenterCrop}) give, {@code cropSize} on both sides. Of an odd margin, the half pixel rounds to
   * the even neighbor, as in Python.
   */
  public RgbImage apply(RgbImage image) {
    Resized resized = resized(image.width(), image.height());
    RgbImage square =
        PillowResize.resizeAndCrop(
            image,
            interpolation,
            resized.width(),
            resized.height(),
            resized.x(),
            resized.y(),
            cropSize,
            cropSize);
    return sides == View.Sides.EXCHANGED ? square.mirrored() : square;
  }
}
