package org.dn2.image;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.when;

import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.dn2.table.Printable;
import org.dn2.table.Tables;
import org.dn2.table.UserDataException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether a listing has the labels and groups that its input speaks of. */
final class ImageListingLabels {
  private static final Logger LOG = LoggerFactory.getLogger(ImageListingLabels.class);

  private ImageListingLabels() {}

  /**
   * Checks what came of the input's patterns; warns where they left images out.
   *
   * @param listed the images of the input's split, with their labels and groups
   * @throws UserDataException if a pattern gave no image a label or a group
   */
  static void requireMatches(Dataset<Row> listed, ImageInput input) {
    if (input.labelPattern() == null && input.groupPattern() == null) {
      return;
    }
    Row counts =
        listed
            .agg(
                count(lit(1)),
                count_if(col(Tables.LABEL).isNull()),
                firstWithout(Tables.LABEL),
                count_if(col(Tables.GROUP_ID).isNull()),
                firstWithout(Tables.GROUP_ID))
            .head();
    long images = counts.getLong(0);
    require("label", input.labelPattern(), input, images, counts.getLong(1), counts.getString(2));
    require("group", input.groupPattern(), input, images, counts.getLong(3), counts.getString(4));
  }

  private static Column firstWithout(String name) {
    return min(when(col(name).isNull(), col(Tables.IMAGE_ID)));
  }

  private static void require(
      String what, String pattern, ImageInput input, long images, long without, String example) {
    if (pattern == null || without == 0) {
      return;
    }
    if (without == images) {
      throw new UserDataException(
          String.format(
              Locale.ROOT,
              "The %1$s pattern %2$s gives none of the %3$,d images at %4$s a %1$s, such as %5$s. It is searched in the image's path below the input, and its first group is the %1$s. Mend it or leave it out.",
              what,
              pattern,
              images,
              input.path(),
              Printable.of(example)));
    }
    LOG.warn(
        "list: {} of {} images at {} have no {}: the {} pattern {} does not match them, such as {}",
        String.format(Locale.ROOT, "%,d", without),
        String.format(Locale.ROOT, "%,d", images),
        input.path(),
        what,
        what,
        pattern,
        Printable.of(example));
  }

  /**
   * Checks that each label that the input is limited to occurs.
   *
   * @param kept the images of these labels, of which there are some
   * @throws UserDataException naming a label that does not, and those that do
   */
  static void requireEach(Dataset<Row> kept, ImageInput input) {
    if (input.labels().size() < 2) {
      return;
    }
    List<String> found =
        kept.select(Tables.LABEL)
            .distinct()
            .orderBy(Tables.LABEL)
            .as(Encoders.STRING())
            .collectAsList();
    for (String label : input.labels()) {
      if (!found.contains(label)) {
        throw new UserDataException(
            "No image at %s has the label %s; of the labels that are asked for there are: %s."
                .formatted(input.path(), label, String.join(", ", found)));
      }
    }
  }
}
