package org.dn2.detector;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.dn2.table.DetectorTables;
import org.dn2.table.Tables;

/**
 * A detector with its tables, wherever they are.
 *
 * @param description what is said of it
 * @param reference columns image_id and embedding (features), among others; one row per reference
 *     image, group or center
 * @param calibration columns image_id and score: of each image or group of the fit, by what it took
 *     no part in; null where there is none
 * @param whitening rows of {@link DetectorTables#WHITENING}; null where the detector has none
 * @param cleaning columns image_id, score and dropped, among others: what the cleaning stage scored
 *     and dropped; null where nothing was cleaned, or where it was not kept
 * @param members columns image_id and center_id: the images that centers stand for; null where the
 *     reference set is the images
 */
public record FittedDetector(
    Detector description,
    Dataset<Row> reference,
    Dataset<Row> calibration,
    Dataset<Row> whitening,
    Dataset<Row> cleaning,
    Dataset<Row> members) {

  /** Checks the tables' columns. */
  public FittedDetector {
    Tables.requireColumns(reference, "The reference set", Tables.IMAGE_ID, Tables.EMBEDDING);
    if (calibration != null) {
      Tables.requireColumns(calibration, "The calibration", Tables.IMAGE_ID, Tables.SCORE);
    }
  }

  /** A detector without centers. */
  public FittedDetector(
      Detector description,
      Dataset<Row> reference,
      Dataset<Row> calibration,
      Dataset<Row> whitening,
      Dataset<Row> cleaning) {
    this(description, reference, calibration, whitening, cleaning, null);
  }
}
