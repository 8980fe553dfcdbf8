package org.dn2.heat;

import java.util.Arrays;
import java.util.List;

/**
 * From squared distances to heat, by what normal images have among themselves and never by an
 * image's own extremes: so a normal image is cold all over, and two images can be compared.
 *
 * @param cold up to which a place is as normal images are; 0 or more
 * @param hot from which it is as hot as can be, above {@code cold}
 */
public record HeatScale(double cold, double hot) {
  /** Of the normal images' pixels, this part is cold. */
  public static final double COLD_PART = 0.99;

  /** The hot end by the cold one. */
  public static final double HOT_MULTIPLE = 2;

  public HeatScale {
    if (!(cold >= 0) || !(hot > cold)) {
      throw new IllegalArgumentException(
          "The scale from %s to %s must ascend from 0 or more.".formatted(cold, hot));
    }
  }

  /**
   * The scale on which normal images are cold.
   *
   * @param leaveOneOut maps of normal images, each by others alone; one or more
   */
  public static HeatScale of(List<HeatMap> leaveOneOut) {
    int count = leaveOneOut.stream().mapToInt(map -> map.squaredDistances().length).sum();
    float[] all = new float[count];
    int next = 0;
    for (HeatMap map : leaveOneOut) {
      System.arraycopy(map.squaredDistances(), 0, all, next, map.squaredDistances().length);
      next += map.squaredDistances().length;
    }
    Arrays.sort(all);
    // Copies of one image are at 0 from each other; anything else is then hot.
    double cold = Math.max(Float.MIN_NORMAL, all[(int) Math.ceil(COLD_PART * count) - 1]);
    return new HeatScale(cold, HOT_MULTIPLE * cold);
  }

  /** 0 for what normal images have among themselves, 1 from the hot end, in proportion between. */
  public double heat(double squaredDistance) {
    return Math.min(1, Math.max(0, (squaredDistance - cold) / (hot - cold)));
  }
}
