package org.dn2.pipeline;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.dn2.store.RunRecord;
import org.dn2.table.PlantColumns;

/** Where the scores of a plant go. */
interface NightlyScores {
  /**
   * Columns image_id, image_version, file_version, model_fingerprint and detector_id of all scores
   * that count. Where a file_version is null, the image_version tells which file it was.
   */
  Dataset<Row> scored();

  /**
   * Adds scores; those that this run gave the same images before are replaced.
   *
   * @param scores rows of {@link PlantColumns#SCORES} and file_version, lazily
   * @param keys columns image_id and image_version of the same rows, cached
   * @param images how many rows there are
   * @return how many of them are anomalies
   */
  long add(Dataset<Row> scores, Dataset<Row> keys, long images);

  /** What a run that has ended scored, rows of {@link PlantColumns#SCORES}. */
  Dataset<Row> rows(RunRecord run);
}
