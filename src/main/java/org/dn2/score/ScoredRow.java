package org.dn2.score;

import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.dn2.table.EmbeddedImage;
import org.dn2.table.Tables;

/** What a search says of one image. */
final class ScoredRow {
  static final StructType SCHEMA =
      new StructType()
          .add(Tables.SCORES.apply(Tables.IMAGE_ID))
          .add(Tables.SCORES.apply(Tables.PATH))
          .add(Tables.SCORES.apply(Tables.LABEL))
          .add(Tables.SCORES.apply(Tables.GROUP_ID))
          .add(Tables.SCORES.apply(Tables.SCORE))
          .add(Tables.SCORES.apply(Tables.P_VALUE))
          .add(Tables.SCORES.apply(Tables.NEIGHBOR_IDS))
          .add(Tables.SCORES.apply(Tables.NEIGHBOR_DISTANCES));

  private ScoredRow() {}

  static Row of(EmbeddedImage image, NearestImages nearest, Calibration calibration) {
    double score = AnomalyScore.of(nearest.distances());
    return RowFactory.create(
        image.getImageId(),
        image.getPath(),
        image.getLabel(),
        image.getGroupId(),
        score,
        calibration.pValue(score),
        nearest.ids(),
        nearest.distances());
  }
}
