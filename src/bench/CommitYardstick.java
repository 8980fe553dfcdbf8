import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RuntimeConfig;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.dn2.store.CommittedFolder;
import org.dn2.store.Destination;
import org.dn2.store.ExistingOutput;
import org.dn2.store.RunId;
import org.dn2.store.WholeFolder;

/**
 * A table of many small files, committed twice: by Spark's usual committer (Hadoop's
 * FileOutputCommitter, algorithm 1) into a staging folder that is then renamed, as dn2 did before
 * docs/decisions/0023; and by dn2 as it is. Then both are read.
 */
final class CommitYardstick {
  private static final Map<String, String> BY_RENAMES =
      Map.of(
          "spark.sql.sources.commitProtocolClass",
          "org.apache.spark.sql.execution.datasources.SQLHadoopMapReduceCommitProtocol",
          "spark.sql.parquet.output.committer.class",
          "org.apache.parquet.hadoop.ParquetOutputCommitter");

  private CommitYardstick() {}

  /**
   * Measures both, a first output and one that replaces it, and what reading them takes.
   *
   * @param folder an S3 address without anything
   * @param files of the table, a task each
   */
  static void measure(SparkSession spark, String folder, int files) throws Exception {
    FileSystem store =
        FileSystem.get(URI.create(folder), spark.sparkContext().hadoopConfiguration());
    Dataset<Row> rows = spark.range(0, files, 1, files).toDF("id");
    for (String what : new String[] {"first", "replacing"}) {
      StoreRequests.Cost before =
          StoreRequests.measure(
              what + ", staged and renamed",
              () -> stageAndRename(rows, new Path(folder + "/renamed/out"), store));
      StoreRequests.Cost now =
          StoreRequests.measure(
              what + ", by dn2", () -> byDn2(rows, folder + "/now/out", what));
      System.out.printf(
          Locale.ROOT,
          "%s: %,d files; renamed / dn2: %.2f of the requests, %.2f of the seconds%n",
          what,
          files,
          (double) before.requests() / now.requests(),
          before.seconds() / now.seconds());
    }
    StoreRequests.measure(
        "read as plain Parquet",
        () -> spark.read().parquet(folder + "/renamed/out").count() + " rows");
    StoreRequests.measure(
        "read by dn2",
        () ->
            WholeFolder.open(
                        new Path(folder + "/now/out"),
                        "embed",
                        spark.sessionState().newHadoopConf())
                    .table("", spark)
                    .count()
                + " rows");
  }

  private static Object stageAndRename(Dataset<Row> rows, Path target, FileSystem store)
      throws IOException {
    Path staging = new Path(target.getParent(), ".out.benchmark.staging");
    Path old = new Path(target.getParent(), ".out.benchmark.old");
    store.delete(staging, true);
    store.mkdirs(staging);
    writeByRenames(rows, staging);
    try (OutputStream out = store.create(new Path(staging, "_DN2_RUN"))) {
      out.write("benchmark\n".getBytes(StandardCharsets.UTF_8));
    }
    store.delete(old, true);
    if (store.exists(target) && !store.rename(target, old)) {
      throw new IOException(target + " cannot be moved aside");
    }
    if (!store.rename(staging, target)) {
      throw new IOException(staging + " cannot be moved to its place");
    }
    store.delete(old, true);
    store.delete(staging, true);
    return "committed";
  }

  /** By what Spark takes where no cloud module is on its class path. */
  private static void writeByRenames(Dataset<Row> rows, Path folder) {
    RuntimeConfig settings = rows.sparkSession().conf();
    Map<String, String> usual = new TreeMap<>();
    BY_RENAMES.forEach(
        (setting, value) -> {
          usual.put(setting, settings.get(setting));
          settings.set(setting, value);
        });
    try {
      rows.write()
          .mode(SaveMode.Append)
          .option("compression", "zstd")
          .option("mapreduce.fileoutputcommitter.algorithm.version", "1")
          .parquet(folder.toString());
    } finally {
      usual.forEach(settings::set);
    }
  }

  private static Object byDn2(Dataset<Row> rows, String target, String run) {
    Configuration hadoop = rows.sparkSession().sessionState().newHadoopConf();
    return CommittedFolder.claim(
            new Destination(target, new RunId(run), ExistingOutput.REPLACE), "embed", hadoop)
        .write(
            draft -> {
              draft.table("", rows);
              return "committed";
            });
  }
}
