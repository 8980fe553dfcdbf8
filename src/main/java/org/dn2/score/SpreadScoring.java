package org.dn2.score;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.lit;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.dn2.group.Groups;
import org.dn2.table.Tables;

/** Scores groups without a detector: by the trace of their embeddings' covariance (section 4.5). */
public final class SpreadScoring {
  private SpreadScoring() {}

  /**
   * The groups' scores, lazily: rows of {@link Tables#SCORES} but for scored_at. What comes from a
   * detector is null, the neighbors are empty.
   *
   * @param features rows of {@link Tables#EMBEDDINGS}, mapped
   * @throws org.dn2.table.UserDataException if an image belongs to no group
   */
  public static Dataset<Row> of(Dataset<Row> features) {
    return ScoreRows.of(
        new Groups(features)
            .spreads()
            .withColumn(Tables.PATH, lit(null).cast(DataTypes.StringType))
            .withColumn(Tables.THRESHOLD, lit(null).cast(DataTypes.DoubleType))
            .withColumn(Tables.IS_ANOMALY, lit(null).cast(DataTypes.BooleanType))
            .withColumn(Tables.P_VALUE, lit(null).cast(DataTypes.DoubleType))
            .withColumn(Tables.NEIGHBOR_IDS, array().cast("array<string>"))
            .withColumn(Tables.NEIGHBOR_DISTANCES, array().cast("array<double>"))
            .withColumn(Tables.DETECTOR_ID, lit(null).cast(DataTypes.StringType)));
  }
}
