package org.dn2.model;

import java.util.List;
import org.apache.commons.codec.digest.DigestUtils;
import org.dn2.image.Interpolation;
import org.dn2.image.ResizeMode;

/**
 * How images are brought into a network.
 *
 * @param resizeMode how both sides are brought to {@code resizeSize}
 * @param resizeSize in pixels
 * @param inputSize side of the centered crop, in pixels
 * @param interpolation of the resize
 * @param mean subtracted from each channel, in units of 0 to 255
 * @param standardDeviation each channel is then divided by, in units of 0 to 255
 */
public record Preprocessing(
    ResizeMode resizeMode,
    int resizeSize,
    int inputSize,
    Interpolation interpolation,
    List<Double> mean,
    List<Double> standardDeviation) {

  private static final int SUFFIX_DIGITS = 8;

  /** The paper's sizes with the numbers that torchvision's networks were trained on. */
  public static final Preprocessing TORCHVISION =
      new Preprocessing(
          ResizeMode.EXACT,
          256,
          224,
          Interpolation.BILINEAR,
          List.of(0.485 * 255, 0.456 * 255, 0.406 * 255),
          List.of(0.229 * 255, 0.224 * 255, 0.225 * 255));

  /** The paper's sizes with Keras' numbers, which are means alone. */
  static final Preprocessing KERAS =
      new Preprocessing(
          ResizeMode.EXACT,
          256,
          224,
          Interpolation.BILINEAR,
          List.of(123.68, 116.779, 103.939),
          List.of(1.0, 1.0, 1.0));

  /** Pixels from 0 to 1, the whole image. */
  static Preprocessing pixels(int size) {
    return new Preprocessing(
        ResizeMode.EXACT,
        size,
        size,
        Interpolation.BILINEAR,
        List.of(0.0, 0.0, 0.0),
        List.of(255.0, 255.0, 255.0));
  }

  /**
   * What is added to a backbone's id: embeddings of another preprocessing do not mix.
   *
   * @return empty for {@link #TORCHVISION}
   */
  String suffix() {
    if (equals(TORCHVISION)) {
      return "";
    }
    return "-" + DigestUtils.sha256Hex(toString()).substring(0, SUFFIX_DIGITS);
  }
}
