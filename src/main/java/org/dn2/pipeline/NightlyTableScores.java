package org.dn2.pipeline;

import static org.apache.spark.sql.functions.col;

import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.dn2.store.CatalogScores;
import org.dn2.store.Lease;
import org.dn2.store.Plant;
import org.dn2.store.PlantTable;
import org.dn2.store.RunRecord;
import org.dn2.table.PlantColumns;
import org.dn2.table.Tables;

/**
 * A table of one of Spark's catalogs. Rows of a run that died before its record stay: the next run
 * finds them and scores what is missing, unless the file has changed in between.
 *
 * @param unrecorded the numbers of runs without a record of success
 */
record NightlyTableScores(
    Plant plant, CatalogScores table, List<Long> unrecorded, PlantTable.RunKey run, Lease lease)
    implements NightlyScores {
  private static final String KEPT = "scores";

  /** Runs without success whose rows are looked for; those before them were looked for before. */
  private static final int RUNS_LOOKED_AT = 100;

  /** Opens the table, which is made if it is missing. */
  static NightlyTableScores open(
      SparkSession spark,
      String name,
      Plant plant,
      List<RunRecord> records,
      PlantTable.RunKey run,
      Lease lease) {
    List<Long> unrecorded =
        records.stream()
            .skip(Math.max(0, records.size() - RUNS_LOOKED_AT))
            .filter(record -> !record.isSuccess())
            .map(RunRecord::sequence)
            .toList();
    CatalogScores table = CatalogScores.open(spark, name, plant);
    table.removeDoubled(unrecorded);
    return new NightlyTableScores(plant, table, unrecorded, run, lease);
  }

  @Override
  public Dataset<Row> scored() {
    return table
        .rows()
        .select(
            Tables.IMAGE_ID,
            PlantColumns.IMAGE_VERSION,
            PlantColumns.FILE_VERSION,
            PlantColumns.MODEL_FINGERPRINT,
            Tables.DETECTOR_ID);
  }

  @Override
  public long add(Dataset<Row> scores, Dataset<Row> keys, long images) {
    // Worked out before the last look at the lease, so that little time passes until the commit.
    Dataset<Row> kept =
        plant.keep(
            KEPT,
            scores.select(
                PackJob.columns(
                    PlantColumns.SCORES.add(
                        PlantColumns.CATALOG_SCORES.apply(PlantColumns.FILE_VERSION)))),
            lease);
    long written = kept.count();
    if (written != images) {
      throw new IllegalStateException(
          "images were lost or doubled on the way (%,d to score, %,d scored)"
              .formatted(images, written));
    }
    table.add(run, kept, unrecorded, lease);
    return kept.filter(col(Tables.IS_ANOMALY)).count();
  }

  @Override
  public Dataset<Row> rows(RunRecord of) {
    return table.rows().filter(col(PlantColumns.RUN_SEQUENCE).equalTo(of.sequence()));
  }
}
