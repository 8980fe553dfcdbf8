package org.dn2.pipeline;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_distinct;
import static org.apache.spark.sql.functions.lit;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.dn2.datasets.DatasetImport;
import org.dn2.datasets.PaperDataset;
import org.dn2.table.Tables;
import org.dn2.table.UserDataException;

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
   * @param output the table's folder
   * @return the splits, by name
   * @throws UserDataException naming what is missing or damaged
   */
  public List<Split> run(
      PaperDataset dataset, String from, String output, RunId runId, ExistingOutput existing) {
    Configuration hadoop = spark.sessionState().newHadoopConf();
    CommittedFolder table = new CommittedFolder(new Path(output), runId, existing, hadoop);
    Stage stage = Stage.begin(spark, "import", "Import " + dataset.id());
    Dataset<Row> images = DatasetImport.images(spark, dataset, from);
    table.write(staging -> images.write().mode(SaveMode.Append).parquet(staging.toString()));
    List<Split> splits = splits(table.target());
    stage.end(
        splits.stream().map(Split::toString).collect(Collectors.joining(", "))
            + " -> "
            + table.target());
    return splits;
  }

  private List<Split> splits(Path table) {
    return spark
        .read()
        .parquet(table.toString())
        .groupBy(Tables.SPLIT)
        .agg(count(lit(1)), count_distinct(col(Tables.LABEL)))
        .orderBy(Tables.SPLIT)
        .collectAsList()
        .stream()
        .map(row -> new Split(row.getString(0), row.getLong(1), row.getLong(2)))
        .toList();
  }
}
