package org.dn2.heat;

/**
 * What one stage of a network gives for an image.
 *
 * @param height in positions, 1 or more
 * @param width in positions, 1 or more
 * @param channels numbers of a position, 1 or more
 * @param values {@code float[height][width][channels]}, row-major; not copied
 */
public record StageMap(int height, int width, int channels, float[] values) {
  public StageMap {
    if (height < 1
        || width < 1
        || channels < 1
        || values.length != (long) height * width * channels) {
      throw new IllegalArgumentException(
          "A map of %d x %d positions with %d channels needs as many numbers and sizes of 1 or more, not %d numbers."
              .formatted(height, width, channels, values.length));
    }
  }

  /** How many positions there are. */
  int positions() {
    return height * width;
  }

  /**
   * The same map on another grid, bilinear between the centers of its positions; beyond the
   * outermost centers the outermost values.
   */
  StageMap resized(int newHeight, int newWidth) {
    Lerp[] rows = Lerp.along(height, newHeight);
    Lerp[] columns = Lerp.along(width, newWidth);
    float[] resized = new float[newHeight * newWidth * channels];
    int next = 0;
    for (Lerp row : rows) {
      for (Lerp column : columns) {
        int upperLeft = (row.first() * width + column.first()) * channels;
        int upperRight = (row.first() * width + column.second()) * channels;
        int lowerLeft = (row.second() * width + column.first()) * channels;
        int lowerRight = (row.second() * width + column.second()) * channels;
        for (int channel = 0; channel < channels; channel++) {
          resized[next++] =
              row.between(
                  column.between(values[upperLeft + channel], values[upperRight + channel]),
                  column.between(values[lowerLeft + channel], values[lowerRight + channel]));
        }
      }
    }
    return new StageMap(newHeight, newWidth, channels, resized);
  }

  /** Between two neighbors on a line, by the second one's share. */
  private record Lerp(int first, int second, float share) {
    static Lerp[] along(int from, int to) {
      Lerp[] places = new Lerp[to];
      for (int i = 0; i < to; i++) {
        double place = Math.min(Math.max((i + 0.5) * from / to - 0.5, 0), from - 1);
        int first = (int) place;
        places[i] = new Lerp(first, Math.min(first + 1, from - 1), (float) (place - first));
      }
      return places;
    }

    float between(float one, float other) {
      return one + share * (other - one);
    }
  }
}
