package org.dn2.pipeline;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.not;

import java.util.Set;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.dn2.image.RejectReason;
import org.dn2.store.Plant;
import org.dn2.store.PlantTable;
import org.dn2.table.PlantColumns;
import org.dn2.table.Tables;

/**
 * What a plant's runs have made of the images of a source.
 *
 * @param runs whose rows count
 * @param fingerprint of the model: what was embedded under another is to be embedded again
 */
record NightlyHistory(Plant plant, Set<PlantTable.RunKey> runs, String source, String fingerprint) {
  private static final String SAME = "_same";
  private static final String NEWEST = "_newest";

  /** Of files that may be there, and readable, the next time. */
  private static final Object[] TRIED_AGAIN = {
    RejectReason.GONE.columnValue(), RejectReason.UNREADABLE.columnValue()
  };

  /** Columns image_id, file_version, image_version and model_fingerprint of all that was tried. */
  private Dataset<Row> tried(Dataset<Row> keys) {
    return keys.filter(col(PlantColumns.SOURCE).equalTo(source))
        .select(
            PlantColumns.FILE_VERSION,
            Tables.IMAGE_ID,
            PlantColumns.IMAGE_VERSION,
            PlantColumns.MODEL_FINGERPRINT);
  }

  private Dataset<Row> embedded() {
    return tried(
        plant
            .embeddings()
            .keys(
                runs,
                PlantColumns.SOURCE,
                Tables.IMAGE_ID,
                PlantColumns.FILE_VERSION,
                PlantColumns.IMAGE_VERSION,
                PlantColumns.MODEL_FINGERPRINT));
  }

  private Dataset<Row> rejected(Column which) {
    return tried(
        plant
            .rejects()
            .keys(
                runs,
                PlantColumns.SOURCE,
                Tables.IMAGE_ID,
                PlantColumns.FILE_VERSION,
                PlantColumns.IMAGE_VERSION,
                PlantColumns.MODEL_FINGERPRINT,
                Tables.REASON)
            .filter(which));
  }

  /**
   * The listed images that no run has embedded or rejected for good as they are now, each with its
   * image_version.
   *
   * @param listed columns image_id and file_version, among others
   */
  Dataset<Row> missing(Dataset<Row> listed) {
    Dataset<Row> done =
        embedded()
            .union(rejected(not(col(Tables.REASON).isin(TRIED_AGAIN))))
            .filter(col(PlantColumns.MODEL_FINGERPRINT).equalTo(fingerprint))
            .select(Tables.IMAGE_ID, PlantColumns.FILE_VERSION);
    String[] key = {Tables.IMAGE_ID, PlantColumns.FILE_VERSION};
    return listed.join(done, key, "left_anti");
  }

  /**
   * Images with their image_version, which counts the versions of a file from 1, and whether there
   * was another one before.
   *
   * @param missing as {@link #missing} gives them, cached
   */
  Dataset<Row> numbered(Dataset<Row> missing) {
    Dataset<Row> before =
        embedded()
            .union(rejected(lit(true)))
            .filter(col(PlantColumns.FILE_VERSION).isNotNull())
            .join(missing.select(Tables.IMAGE_ID), new String[] {Tables.IMAGE_ID}, "left_semi");
    Dataset<Row> same =
        before
            .groupBy(Tables.IMAGE_ID, PlantColumns.FILE_VERSION)
            .agg(max(PlantColumns.IMAGE_VERSION).as(SAME));
    Dataset<Row> newest =
        before.groupBy(Tables.IMAGE_ID).agg(max(PlantColumns.IMAGE_VERSION).as(NEWEST));
    return missing
        .join(same, new String[] {Tables.IMAGE_ID, PlantColumns.FILE_VERSION}, "left")
        .join(newest, new String[] {Tables.IMAGE_ID}, "left")
        .withColumn(PlantColumns.IMAGE_VERSION, coalesce(col(SAME), col(NEWEST).plus(1), lit(1)))
        .drop(SAME, NEWEST);
  }
}
