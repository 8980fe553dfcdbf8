package org.dn2.table;

import java.io.Serializable;
import org.apache.spark.sql.Row;

/**
 * A part of an image, in pixels of the decoded image in full size.
 *
 * @param x of the upper left corner, 0 or more
 * @param y of the upper left corner, 0 or more
 * @param width 1 or more
 * @param height 1 or more
 */
public record Crop(int x, int y, int width, int height) implements Serializable {

  /**
   * The part that a listing means.
   *
   * @param image a row with the crop's columns of {@link Tables#LISTING}
   * @return null for the whole image
   */
  public static Crop of(Row image) {
    return image.getAs(Tables.CROP_X) == null
        ? null
        : new Crop(
            image.<Integer>getAs(Tables.CROP_X),
            image.<Integer>getAs(Tables.CROP_Y),
            image.<Integer>getAs(Tables.CROP_WIDTH),
            image.<Integer>getAs(Tables.CROP_HEIGHT));
  }
}
