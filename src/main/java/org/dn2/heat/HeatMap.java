package org.dn2.heat;

import java.util.Arrays;
import java.util.List;
import org.dn2.neighbors.Distance;
import org.dn2.neighbors.ExactNeighbors;
import org.dn2.neighbors.Neighbors;
import org.dn2.neighbors.ReferenceRows;

/**
 * How far each place of an image is from what normal images show.
 *
 * @param height in places, 1 or more
 * @param width in places, 1 or more
 * @param squaredDistances {@code float[height][width]}, row-major, 0 or more; higher is stranger
 */
public record HeatMap(int height, int width, float[] squaredDistances) {
  /** The Gaussian's standard deviation by the map's longer side: SPADE's 4 pixels of 224. */
  private static final double BLUR = 4.0 / 224;

  private static final double REACH = 3;

  public HeatMap {
    if (height < 1 || width < 1 || squaredDistances.length != (long) height * width) {
      throw new IllegalArgumentException(
          "A map of %d x %d places needs as many numbers, not %d."
              .formatted(height, width, squaredDistances.length));
    }
  }

  /** The squared distance at a place. */
  public float at(int row, int column) {
    return squaredDistances[row * width + column];
  }

  /**
   * Of each position the squared Euclidean distance to the nearest position of any of the normal
   * images, wherever it lies in them (SPADE, section 3.3, with one nearest position).
   *
   * @param normals one or more, with as many channels; grids may differ
   * @throws org.dn2.table.UserDataException if a number is NaN or infinite
   */
  public static HeatMap of(LocalFeatures image, List<LocalFeatures> normals) {
    int channels = image.map().channels();
    ReferenceRows.Builder rows = ReferenceRows.builder(channels, Distance.SQUARED_EUCLIDEAN);
    float[] row = new float[channels];
    for (LocalFeatures normal : normals) {
      for (int position = 0; position < normal.map().positions(); position++) {
        System.arraycopy(normal.map().values(), position * channels, row, 0, channels);
        rows.add(row);
      }
    }
    int positions = image.map().positions();
    int[] noneExcluded = new int[positions];
    Arrays.fill(noneExcluded, ExactNeighbors.NONE_EXCLUDED);
    Neighbors[] nearest =
        new ExactNeighbors(rows.build()).search(image.map().values(), positions, 1, noneExcluded);
    float[] distances = new float[positions];
    for (int position = 0; position < positions; position++) {
      distances[position] = (float) nearest[position].distances()[0];
    }
    return new HeatMap(image.map().height(), image.map().width(), distances);
  }

  /**
   * The map in as many pixels, bilinear and then smoothed by a Gaussian of 4 pixels in 224, as
   * SPADE's are; at the edges by what is inside.
   */
  public HeatMap smooth(int newHeight, int newWidth) {
    float[] pixels =
        new StageMap(height, width, 1, squaredDistances).resized(newHeight, newWidth).values();
    double[] kernel = kernel(BLUR * Math.max(newHeight, newWidth));
    float[] along = blurred(pixels, newHeight, newWidth, 1, newWidth, kernel);
    return new HeatMap(
        newHeight, newWidth, blurred(along, newWidth, newHeight, newWidth, 1, kernel));
  }

  /** From the center outwards. */
  private static double[] kernel(double sigma) {
    double[] weights = new double[(int) Math.ceil(REACH * sigma) + 1];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = Math.exp(-i * i / (2 * sigma * sigma));
    }
    return weights;
  }

  private static float[] blurred(
      float[] values, int lines, int length, int step, int lineStep, double[] kernel) {
    float[] blurred = new float[values.length];
    for (int line = 0; line < lines; line++) {
      for (int i = 0; i < length; i++) {
        double sum = 0;
        double weights = 0;
        for (int j = Math.max(0, i - kernel.length + 1);
            j <= Math.min(length - 1, i + kernel.length - 1);
            j++) {
          double weight = kernel[Math.abs(j - i)];
          sum += weight * values[line * lineStep + j * step];
          weights += weight;
        }
        blurred[line * lineStep + i * step] = (float) (sum / weights);
      }
    }
    return blurred;
  }
}
