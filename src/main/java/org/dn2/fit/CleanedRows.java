package org.dn2.fit;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.dn2.detector.Detector;
import org.dn2.search.Neighborhood;
import org.dn2.table.Tables;

/**
 * The rows that the cleaning stage kept.
 *
 * @param rows columns image_id, path, label and embedding
 * @param table columns image_id, path, label, score and dropped, of all rows; null where nothing
 *     was cleaned
 * @param description null where nothing was cleaned
 */
record CleanedRows(Dataset<Row> rows, Dataset<Row> table, Detector.CleaningDone description) {

  /** Cleans (section 3.2). */
  static CleanedRows of(PooledRows pooled, FitMethod method, Kept kept) {
    Cleaning cleaning = method.cleaning();
    if (cleaning.fraction() == 0) {
      return new CleanedRows(pooled.rows(), null, null);
    }
    Cleaner cleaner =
        kept.add(
            new Cleaner(
                cleaning,
                new Neighborhood(pooled.dimension(), method.distance(), method.k()),
                method.search()));
    Cleaner.Cleaned cleaned = cleaner.clean(pooled.rows());
    return new CleanedRows(
        kept.persist(cleaned.kept()),
        pooled.rows().drop(Tables.EMBEDDING).join(cleaned.marked(), Tables.IMAGE_ID),
        new Detector.CleaningDone(
            cleaning.fraction(),
            cleaned.scored(),
            cleaning.droppedOf(cleaned.scored()),
            cleaned.neighbors(),
            cleaned.rounds()));
  }
}
