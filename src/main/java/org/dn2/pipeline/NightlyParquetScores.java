package org.dn2.pipeline;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import java.time.LocalDate;
import java.util.Set;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.dn2.store.Lease;
import org.dn2.store.Plant;
import org.dn2.store.PlantTable;
import org.dn2.store.RunId;
import org.dn2.store.RunRecord;
import org.dn2.table.PlantColumns;
import org.dn2.table.Tables;

/** The plant's own table of scores. */
record NightlyParquetScores(
    Plant plant, Set<PlantTable.RunKey> runs, PlantTable.RunKey run, Lease lease)
    implements NightlyScores {
  private static final String[] VERSION = {Tables.IMAGE_ID, PlantColumns.IMAGE_VERSION};

  @Override
  public Dataset<Row> scored() {
    return plant
        .scores()
        .keys(
            runs,
            Tables.IMAGE_ID,
            PlantColumns.IMAGE_VERSION,
            PlantColumns.MODEL_FINGERPRINT,
            Tables.DETECTOR_ID)
        .withColumn(PlantColumns.FILE_VERSION, lit(null).cast(DataTypes.StringType));
  }

  @Override
  public long add(Dataset<Row> scores, Dataset<Row> keys, long images) {
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

  @Override
  public Dataset<Row> rows(RunRecord of) {
    Set<PlantTable.RunKey> counted =
        of.isSuccess()
            ? Set.of(new PlantTable.RunKey(LocalDate.parse(of.runDate()), new RunId(of.runId())))
            : Set.of();
    return plant.scores().rows(counted);
  }
}
