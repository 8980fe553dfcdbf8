package org.dn2.pipeline;

import static org.apache.spark.sql.functions.col;

import java.util.Set;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.dn2.store.Lease;
import org.dn2.store.Plant;
import org.dn2.store.PlantTable;
import org.dn2.table.PlantColumns;
import org.dn2.table.Tables;

/** The plant's own table of scores. */
record NightlyScores(Plant plant, Set<PlantTable.RunKey> runs, PlantTable.RunKey run, Lease lease) {
  private static final String[] VERSION = {Tables.IMAGE_ID, PlantColumns.IMAGE_VERSION};

  /** Columns image_id, image_version, model_fingerprint and detector_id of all scores. */
  Dataset<Row> scored() {
    return plant
        .scores()
        .keys(
            runs,
            Tables.IMAGE_ID,
            PlantColumns.IMAGE_VERSION,
            PlantColumns.MODEL_FINGERPRINT,
            Tables.DETECTOR_ID);
  }

  /**
   * Adds scores; those that this run gave the same images before are replaced.
   *
   * @param scores rows of {@link PlantColumns#SCORES}, lazily
   * @param keys columns image_id and image_version of the same rows, cached
   * @param images how many rows there are
   * @return how many of them are anomalies
   */
  long add(Dataset<Row> scores, Dataset<Row> keys, long images) {
    Dataset<Row> all = scores.select(PackJob.columns(PlantColumns.SCORES));
    long before = 0;
    if (runs.contains(run)) {
      Dataset<Row> kept =
          plant
              .scores()
              .rows(Set.of(run))
              .join(keys, VERSION, "left_anti")
              .select(PackJob.columns(PlantColumns.SCORES));
      before = kept.count();
      all = before == 0 ? all : kept.union(all);
    }
    long written = plant.scores().write(run, all, before + images, 0, lease);
    if (written != before + images) {
      throw new IllegalStateException(
          "images were lost or doubled on the way (%,d to score, %,d scored)"
              .formatted(before + images, written));
    }
    return plant
        .scores()
        .rows(Set.of(run))
        .filter(col(Tables.IS_ANOMALY))
        .join(keys, VERSION, "left_semi")
        .count();
  }
}
