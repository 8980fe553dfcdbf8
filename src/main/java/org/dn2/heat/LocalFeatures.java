package org.dn2.heat;

/**
 * An image's features by position: the maps of two stages on the finer one's grid, side by side
 * (SPADE: Cohen and Hoshen 2020, arXiv 2005.02357, section 3.3).
 *
 * <p>Each stage is divided by the root of its positions' mean squared length in this image, times
 * the root of two: so each gives half of the whole, however large its numbers or many its channels.
 * SPADE joins the stages as they are.
 *
 * @param map {@code float[height][width][channels of both]}; the mean squared length of a position
 *     is about 1
 */
public record LocalFeatures(StageMap map) {

  /**
   * Joins two stages.
   *
   * @param fine gives the grid
   * @param coarse is brought to it, bilinear
   */
  public static LocalFeatures of(StageMap fine, StageMap coarse) {
    StageMap upper = coarse.resized(fine.height(), fine.width());
    int fineChannels = fine.channels();
    int coarseChannels = upper.channels();
    int channels = fineChannels + coarseChannels;
    float fineScale = scale(fine);
    // By what the stage gave: between its positions, lengths are shorter.
    float coarseScale = scale(coarse);
    float[] joined = new float[fine.positions() * channels];
    for (int position = 0; position < fine.positions(); position++) {
      int start = position * channels;
      for (int i = 0; i < fineChannels; i++) {
        joined[start + i] = fineScale * fine.values()[position * fineChannels + i];
      }
      for (int i = 0; i < coarseChannels; i++) {
        joined[start + fineChannels + i] =
            coarseScale * upper.values()[position * coarseChannels + i];
      }
    }
    return new LocalFeatures(new StageMap(fine.height(), fine.width(), channels, joined));
  }

  /** A map of zeros stays as it is. */
  private static float scale(StageMap map) {
    double squares = 0;
    for (float value : map.values()) {
      squares += (double) value * value;
    }
    double meanSquaredLength = squares / map.positions();
    return meanSquaredLength > 0 ? (float) Math.sqrt(0.5 / meanSquaredLength) : 0;
  }
}
