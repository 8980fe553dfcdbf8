package org.dn2.cleaning;

import static org.apache.spark.sql.functions.col;

import java.io.Serializable;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.dn2.table.Tables;
import org.dn2.table.UserDataException;

/**
 * Drops the training images that are least like the others, so that a few anomalies among them do
 * no harm (section 3.2; the paper drops half).
 *
 * @param fraction of the images to drop, from 0 to below 1
 */
public record Cleaning(double fraction) implements Serializable {
  /** The column that says whether an image is dropped. */
  public static final String DROPPED = "dropped";

  public Cleaning {
    if (!(fraction >= 0 && fraction < 1)) {
      throw new UserDataException(
          "The fraction to clean away is " + fraction + "; it must be from 0 to below 1.");
    }
  }

  /** How many of some images are dropped: the fraction of them, rounded down. */
  public long droppedOf(long images) {
    // Rounding must not push 0.3 * 10 below 3.
    return (long) Math.floor(fraction * images + 1e-9);
  }

  /**
   * Marks the images with the largest scores; at the same score, ids that come first.
   *
   * @param leaveOneOut columns image_id and score
   * @return columns image_id, score and dropped
   */
  public Dataset<Row> mark(Dataset<Row> leaveOneOut) {
    long dropped = droppedOf(leaveOneOut.count());
    JavaRDD<Row> ranked =
        leaveOneOut
            .select(Tables.IMAGE_ID, Tables.SCORE)
            .orderBy(col(Tables.SCORE).desc(), col(Tables.IMAGE_ID))
            .javaRDD()
            .zipWithIndex()
            .map(row -> RowFactory.create(row._1().get(0), row._1().get(1), row._2() < dropped));
    return leaveOneOut
        .sparkSession()
        .createDataFrame(
            ranked,
            new StructType()
                .add(Tables.IMAGE_ID, DataTypes.StringType, false)
                .add(Tables.SCORE, DataTypes.DoubleType, false)
                .add(DROPPED, DataTypes.BooleanType, false));
  }
}
