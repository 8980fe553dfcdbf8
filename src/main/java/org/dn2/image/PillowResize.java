package org.dn2.image;

import java.util.Arrays;

/**
 * Pillow's BILINEAR and BICUBIC resize of 8-bit images, bit for bit: a filter whose support grows
 * when the image shrinks (so it is antialiased, unlike Java's or OpenCV's), in fixed point with 22
 * fractional bits, columns first and rounded to 8 bits before rows.
 *
 * <p>The pretrained networks saw images that were made this way; another filter changes scores.
 */
final class PillowResize {
  /** Pillow's {@code PRECISION_BITS}: 32 less 8 for the value and 2 for the sign and overflow. */
  private static final int PRECISION_BITS = 32 - 8 - 2;

  private static final int HALF = 1 << (PRECISION_BITS - 1);

  private PillowResize() {}

  /**
   * The rectangle ({@code x}, {@code y}, {@code width}, {@code height}) of the image resized to
   * {@code resizedWidth} x {@code resizedHeight}; only the rectangle is computed.
   *
   * @throws IllegalArgumentException if the rectangle is empty or lies outside the resized image
   */
  static RgbImage resizeAndCrop(
      RgbImage image,
      Interpolation interpolation,
      long resizedWidth,
      long resizedHeight,
      long x,
      long y,
      int width,
      int height) {
    if (x < 0
        || y < 0
        || width < 1
        || height < 1
        || x + width > resizedWidth
        || y + height > resizedHeight) {
      throw new IllegalArgumentException(
          "The crop x=%d, y=%d, width=%d, height=%d must lie inside the resized image of %d x %d."
              .formatted(x, y, width, height, resizedWidth, resizedHeight));
    }
    Weights columns = Weights.of(interpolation, image.width(), resizedWidth, x, width);
    Weights rows = Weights.of(interpolation, image.height(), resizedHeight, y, height);
    int firstRow = rows.first[0];
    int lastRow = firstRow;
    for (int i = 0; i < height; i++) {
      lastRow = Math.max(lastRow, rows.first[i] + rows.count[i]);
    }
    byte[] out = new byte[width * height * RgbImage.CHANNELS];
    // Ints, so that the passes over whole rows below compile to vector instructions.
    int rowValues = width * RgbImage.CHANNELS;
    int[] narrowed = new int[(lastRow - firstRow) * rowValues];
    for (int row = firstRow; row < lastRow; row++) {
      resizeRow(image, row, columns, narrowed, (row - firstRow) * rowValues);
    }
    int[] sums = new int[rowValues];
    for (int row = 0; row < height; row++) {
      Arrays.fill(sums, HALF);
      int weightAt = row * rows.stride;
      for (int tap = 0; tap < rows.count[row]; tap++) {
        addScaled(
            narrowed,
            (rows.first[row] + tap - firstRow) * rowValues,
            rows.weights[weightAt + tap],
            sums);
      }
      int outAt = row * rowValues;
      for (int i = 0; i < rowValues; i++) {
        out[outAt + i] = (byte) level(sums[i]);
      }
    }
    return new RgbImage(width, height, out);
  }

  private static void resizeRow(RgbImage image, int row, Weights columns, int[] out, int outAt) {
    byte[] pixels = image.pixels();
    int rowAt = row * image.width() * RgbImage.CHANNELS;
    int to = outAt;
    for (int column = 0; column < columns.first.length; column++) {
      int from = rowAt + columns.first[column] * RgbImage.CHANNELS;
      int red = HALF;
      int green = HALF;
      int blue = HALF;
      int weightAt = column * columns.stride;
      int weightEnd = weightAt + columns.count[column];
      for (int k = weightAt; k < weightEnd; k++) {
        int weight = columns.weights[k];
        red += (pixels[from] & 0xff) * weight;
        green += (pixels[from + 1] & 0xff) * weight;
        blue += (pixels[from + 2] & 0xff) * weight;
        from += RgbImage.CHANNELS;
      }
      out[to] = level(red);
      out[to + 1] = level(green);
      out[to + 2] = level(blue);
      to += RgbImage.CHANNELS;
    }
  }

  /** Rounded and clipped: a cubic's weights may be negative, and overshoot at edges. */
  private static int level(int sum) {
    return Math.max(0, Math.min(255, sum >> PRECISION_BITS));
  }

  private static void addScaled(int[] values, int at, int weight, int[] sums) {
    for (int i = 0; i < sums.length; i++) {
      sums[i] += values[at + i] * weight;
    }
  }

  /**
   * For each output position of a side: the first input position, how many follow, and their
   * weights from {@code position * stride}.
   */
  private static final class Weights {
    private final int[] first;
    private final int[] count;
    private final int[] weights;
    private final int stride;

    private Weights(int[] first, int[] count, int[] weights, int stride) {
      this.first = first;
      this.count = count;
      this.weights = weights;
      this.stride = stride;
    }

    /** Pillow's {@code precompute_coeffs} and {@code normalize_coeffs_8bpc} for some positions. */
    static Weights of(
        Interpolation interpolation, int inSize, long outSize, long from, int length) {
      double scale = (double) inSize / outSize;
      double filterScale = Math.max(scale, 1.0);
      double support = interpolation.support() * filterScale;
      int stride = (int) Math.ceil(support) * 2 + 1;
      int[] first = new int[length];
      int[] count = new int[length];
      int[] weights = new int[Math.multiplyExact(length, stride)];
      double[] heights = new double[stride];
      for (int i = 0; i < length; i++) {
        double center = (from + i + 0.5) * scale;
        int min = Math.max((int) (center - support + 0.5), 0);
        int max = Math.min((int) (center + support + 0.5), inSize);
        double sum = 0;
        for (int k = 0; k < max - min; k++) {
          double distance = Math.abs((k + min - center + 0.5) * (1.0 / filterScale));
          heights[k] = interpolation.weight(distance);
          sum += heights[k];
        }
        for (int k = 0; k < max - min; k++) {
          double weight = sum == 0.0 ? heights[k] : heights[k] / sum;
          weights[i * stride + k] =
              (int) (Math.copySign(0.5, weight) + weight * (1 << PRECISION_BITS));
        }
        first[i] = min;
        count[i] = max - min;
      }
      return new Weights(first, count, weights, stride);
    }
  }
}
