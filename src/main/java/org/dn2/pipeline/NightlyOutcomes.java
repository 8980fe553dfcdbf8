package org.dn2.pipeline;

import static org.apache.spark.sql.functions.col;

import java.util.List;
import java.util.Set;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;
import org.dn2.store.Lease;
import org.dn2.store.Plant;
import org.dn2.store.PlantTable;
import org.dn2.table.PlantColumns;
import org.dn2.table.Tables;

/**
 * Writes what became of a run's images to the plant's tables.
 *
 * @param runs whose rows count
 */
record NightlyOutcomes(
    Plant plant, NightlySettings settings, Lease lease, Set<PlantTable.RunKey> runs) {
  private static final String[] IMAGE = {PlantColumns.SOURCE, Tables.IMAGE_ID};

  /** Writes; the rows of a run that is repeated stay, but for rejects that were tried again. */
  void write(List<NightlyImages> sources) {
    Dataset<Row> outcomes =
        sources.stream().map(NightlyImages::outcomes).reduce(Dataset::union).orElseThrow();
    long embedded =
        sources.stream()
            .mapToLong(images -> images.counts().embedded() + images.counts().reused())
            .sum();
    long rejected = sources.stream().mapToLong(images -> images.counts().rejected()).sum();
    boolean isRepeat = runs.contains(settings.key());
    long dimensionBytes = (long) settings.model().spec().dimension() * Float.BYTES;
    // First: what dies after this leaves no image in both tables.
    if (rejected > 0 || (isRepeat && embedded > 0)) {
      Dataset<Row> rows = of(outcomes.filter(col(Tables.REASON).isNotNull()), PlantColumns.REJECTS);
      Dataset<Row> before =
          isRepeat
              ? plant
                  .rejects()
                  .rows(Set.of(settings.key()))
                  .join(outcomes.select(PlantColumns.SOURCE, Tables.IMAGE_ID), IMAGE, "left_anti")
              : null;
      write(plant.rejects(), before, rows, rejected, 0);
    }
    if (embedded > 0) {
      Dataset<Row> rows = of(outcomes.filter(col(Tables.REASON).isNull()), PlantColumns.EMBEDDINGS);
      Dataset<Row> before = isRepeat ? plant.embeddings().rows(Set.of(settings.key())) : null;
      write(plant.embeddings(), before, rows, embedded, dimensionBytes);
    }
  }

  private static Dataset<Row> of(Dataset<Row> outcomes, StructType schema) {
    return outcomes.select(PackJob.columns(schema));
  }

  private void write(
      PlantTable table, Dataset<Row> before, Dataset<Row> rows, long count, long bytesPerRow) {
    long kept = before == null ? 0 : before.count();
    Dataset<Row> all = kept == 0 ? rows : of(before, rows.schema()).union(rows);
    long written = table.write(settings.key(), all, kept + count, bytesPerRow, lease);
    if (written != kept + count) {
      throw new IllegalStateException(
          "images were lost or doubled on the way (%,d to write to %s, %,d written)"
              .formatted(kept + count, table.folder(), written));
    }
  }
}
