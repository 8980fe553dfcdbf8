package org.dn2.image;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.xxhash64;

import java.util.EnumMap;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.dn2.table.Tables;

/**
 * The images of the split and of the labels that were asked for, no more of them than were asked
 * for, and how many others there are.
 */
final class ImageListingChoice {
  private ImageListingChoice() {}

  /**
   * Chooses; counts in a job of its own where there is something to choose.
   *
   * @param listed rows of {@link Tables#LISTING}
   */
  static ImageListing.Found of(ImageListing.Found listed, ImageInput input) {
    return limited(ofSplitAndLabels(listed, input), input.limit());
  }

  /** Other images do not change how one compares with a third: the choice grows with the limit. */
  private static ImageListing.Found limited(ImageListing.Found found, Integer limit) {
    if (limit == null) {
      return found;
    }
    long beyond = found.images().count() - limit;
    if (beyond <= 0) {
      return found;
    }
    Column id = col(Tables.IMAGE_ID);
    return new ImageListing.Found(
        found.images().orderBy(xxhash64(id), id).limit(limit),
        found.leftOut().and(LeftOut.of(Map.of(LeftOutRule.LIMIT, beyond))));
  }

  private static ImageListing.Found ofSplitAndLabels(ImageListing.Found listed, ImageInput input) {
    if (input.split() == null && input.labels().isEmpty()) {
      return listed;
    }
    Column ofSplit = isOfSplit(input);
    Column ofLabel =
        input.labels().isEmpty()
            ? lit(true)
            : coalesce(col(Tables.LABEL).isin(input.labels().toArray()), lit(false));
    Dataset<Row> images = listed.images();
    Row counts =
        images.agg(count(lit(1)), count_if(ofSplit), count_if(ofSplit.and(ofLabel))).head();
    Map<LeftOutRule, Long> leftOut = new EnumMap<>(LeftOutRule.class);
    leftOut.put(LeftOutRule.SPLIT, counts.getLong(0) - counts.getLong(1));
    leftOut.put(LeftOutRule.LABEL, counts.getLong(1) - counts.getLong(2));
    return new ImageListing.Found(
        images.where(ofSplit.and(ofLabel)), listed.leftOut().and(LeftOut.of(leftOut)));
  }

  /** The images of the split that was asked for, of whatever label. */
  static Dataset<Row> ofSplit(Dataset<Row> images, ImageInput input) {
    return images.where(isOfSplit(input));
  }

  private static Column isOfSplit(ImageInput input) {
    return input.split() == null
        ? lit(true)
        : coalesce(col(Tables.SPLIT).equalTo(input.split()), lit(false));
  }
}
