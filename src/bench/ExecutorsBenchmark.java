import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.dn2.embedding.ComputeDevice;
import org.dn2.embedding.Embedder;
import org.dn2.embedding.EmbeddingSettings;
import org.dn2.embedding.ModelSpec;
import org.dn2.image.DecodeLimits;
import org.dn2.image.ExifOrientation;
import org.dn2.image.ImageInput;
import org.dn2.image.ImageListing;
import org.dn2.table.Tables;
import org.dn2.testing.LocalCluster;

/**
 * Embeds images on a standalone cluster of this machine with two executors of one core each, every
 * one a process of its own: a task on one of them while the other rests, then a task on each, in
 * turns. Prints images per second and the efficiency: the second rate over twice the first. The
 * executors share the machine's memory and clock.
 *
 * <p>Run by {@code src/bench/run ExecutorsBenchmark MODEL_FOLDER IMAGE_FOLDER [IMAGES ROUNDS]}, where
 * IMAGES is for one task.
 */
public final class ExecutorsBenchmark {
  private static final int BATCH_SIZE = 16;

  private ExecutorsBenchmark() {}

  public static void main(String[] args) throws Exception {
    Path model = Path.of(args[0]);
    String images = Path.of(args[1]).toAbsolutePath().toString();
    int perTask = args.length > 2 ? Integer.parseInt(args[2]) : 64;
    int rounds = args.length > 3 ? Integer.parseInt(args[3]) : 7;
    System.setProperty("dn2.spark.home", Path.of("target/spark").toAbsolutePath().toString());
    System.setProperty("dn2.jar", Path.of("target/dn2.jar").toAbsolutePath().toString());
    Path folder = Files.createTempDirectory("dn2-executors");
    try (LocalCluster cluster = LocalCluster.start(folder);
        SparkSession spark = start(cluster)) {
      measure(spark, model, images, perTask, rounds);
    } finally {
      TemporaryFolder.delete(folder);
    }
  }

  private static SparkSession start(LocalCluster cluster) {
    return SparkSession.builder()
        .master(cluster.masterAddress())
        .config("spark.cores.max", 2)
        .config("spark.executor.cores", 1)
        .config("spark.task.cpus", 1)
        .config("spark.executor.memory", "1g")
        .config("spark.executor.extraClassPath", System.getProperty("dn2.jar"))
        .config("spark.scheduler.minRegisteredResourcesRatio", "1.0")
        .config("spark.scheduler.maxRegisteredResourcesWaitingTime", "120s")
        .config("spark.sql.shuffle.partitions", 2)
        .config("spark.ui.enabled", "false")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.ui.showConsoleProgress", "false")
        .getOrCreate();
  }

  private static void measure(
      SparkSession spark, Path model, String images, int perTask, int rounds) throws Exception {
    ModelSpec spec = ModelSpec.fromJson(Files.readString(model.resolve(ModelSpec.FILE_NAME)));
    EmbeddingSettings settings =
        new EmbeddingSettings(
            BATCH_SIZE, ComputeDevice.CPU, DecodeLimits.DEFAULT, ExifOrientation.IGNORE);
    List<Double> efficiencies = new ArrayList<>();
    try (Embedder embedder =
        Embedder.broadcasting(spark, spec, model.resolve(spec.file()), settings)) {
      List<Row> rows =
          ImageListing.list(spark, ImageInput.of(images))
              .orderBy(Tables.IMAGE_ID)
              .limit(2 * perTask)
              .collectAsList();
      rate(spark, embedder, rows, 2);
      rate(spark, embedder, rows, 2);
      System.out.println("1 executor, images/s  2 executors, images/s  efficiency");
      for (int round = 0; round < rounds; round++) {
        double one = rate(spark, embedder, rows.subList(0, perTask), 1);
        double two = rate(spark, embedder, rows, 2);
        efficiencies.add(two / (2 * one));
        System.out.printf(
            Locale.ROOT, "%20.2f  %21.2f  %10.3f%n", one, two, efficiencies.get(round));
      }
    }
    System.out.printf(Locale.ROOT, "median efficiency: %.3f%n", Yardstick.median(efficiencies));
  }

  private static double rate(SparkSession spark, Embedder embedder, List<Row> rows, int tasks) {
    Dataset<Row> listing = spark.createDataFrame(rows, Tables.LISTING).repartition(tasks);
    long start = System.nanoTime();
    Row sums =
        embedder
            .embed(listing)
            .filter("reason is null")
            .selectExpr("sum(embedding[0])", "count(embedding)")
            .head();
    double seconds = (System.nanoTime() - start) / 1e9;
    if (sums.getLong(1) != rows.size()) {
      throw new IllegalStateException(sums.getLong(1) + " of " + rows.size() + " were embedded");
    }
    return rows.size() / seconds;
  }
}
