import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.dn2.ml.ImageEmbedder;

/** Embeds the images of a folder, and keeps the features and what could not be read. */
public final class EmbedImages {
  private EmbedImages() {}

  /**
   * @param arguments folder of images, backbone ({@code default}), folder that is written
   */
  public static void main(String[] arguments) {
    SparkSession spark = SparkSession.builder().getOrCreate();
    Dataset<Row> files = spark.read().format("binaryFile").load(arguments[0]).select("path");
    // A task embeds a partition; four for each core keep all cores busy to the end.
    Dataset<Row> spread = files.repartition(4 * spark.sparkContext().defaultParallelism());
    new ImageEmbedder().setModel(arguments[1]).transform(spread).write().parquet(arguments[2]);
    Dataset<Row> embedded = spark.read().parquet(arguments[2]);
    System.out.printf(
        "%d embedded, %d rejected%n",
        embedded.filter("features is not null").count(),
        embedded.filter("reason is not null").count());
    spark.stop();
  }
}
