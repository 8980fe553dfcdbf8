package org.dn2.pipeline;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_distinct;
import static org.apache.spark.sql.functions.lit;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.dn2.datasets.DatasetImport;
import org.dn2.datasets.PaperDataset;
import org.dn2.store.CommittedFolder;
import org.dn2.store.Destination;
import org.dn2.store.Separation;
import org.dn2.table.ColumnWords;
import org.dn2.table.Tables;
import org.dn2.work.Stage;

/** A downloaded dataset in, a committed table of images out. */
public final class DatasetJob {
  private final SparkSession spark;

  public DatasetJob(SparkSession spark) {
    this.spark = spark;
  }

  /** What became of a split. */
  public record Split(String name, long images, long classes) {
    @Override
    public String toString() {
      return String.format(Locale.ROOT, "%s: %,d images of %,d classes", name, images, classes);
    }
  }

  /**
   * Writes the table.
   *
   * @param from the folder of the download
   * @return the splits, by name
   * @throws org.dn2.table.UserDataException naming what is missing or damaged
   */
  public List<Split> run(PaperDataset dataset, String from, Destination destination) {
    Configuration hadoop = spark.sessionState().newHadoopConf();
    Separation.require(hadoop, destination.folder(), from);
    CommittedFolder table = CommittedFolder.claim(destination, "dataset import", hadoop);
    return new Stage(spark, "import", "Import " + dataset.id())
        .run(
            () -> {
              Dataset<Row> images = DatasetImport.images(spark, dataset, from);
              return table.write(
                  draft -> {
                    draft.table("", ColumnWords.written(images, Tables.IMAGES));
                    return splits(draft.read("", spark));
                  });
            },
            splits ->
                splits.stream().map(Split::toString).collect(Collectors.joining(", "))
                    + " -> "
                    + table.target());
  }

  private static List<Split> splits(Dataset<Row> images) {
    return images
        .groupBy(Tables.SPLIT)
        .agg(count(lit(1)), count_distinct(col(Tables.LABEL)))
        .orderBy(Tables.SPLIT)
        .collectAsList()
        .stream()
        .map(row -> new Split(row.getString(0), row.getLong(1), row.getLong(2)))
        .toList();
  }
}
