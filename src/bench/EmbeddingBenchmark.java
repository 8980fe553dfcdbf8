import java.io.IOException;
import java.lang.management.ManagementFactory;
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

/**
 * Embeds a folder again and again inside Spark, on two threads, decoding included, and prints images
 * per second, the heap after a collection and the process's resident memory after each pass. Flat
 * columns mean that nothing is kept.
 *
 * <p>Run by {@code src/bench/run EmbeddingBenchmark MODEL_FOLDER IMAGE_FOLDER IMAGES [BATCH]}.
 */
public final class EmbeddingBenchmark {
  private EmbeddingBenchmark() {}

  public static void main(String[] args) throws Exception {
    Path model = Path.of(args[0]);
    String images = args[1];
    long wanted = Long.parseLong(args[2]);
    int batchSize = args.length > 3 ? Integer.parseInt(args[3]) : 16;
    ModelSpec spec = ModelSpec.fromJson(Files.readString(model.resolve(ModelSpec.FILE_NAME)));
    EmbeddingSettings settings =
        new EmbeddingSettings(
            batchSize, ComputeDevice.CPU, DecodeLimits.DEFAULT, ExifOrientation.IGNORE);
    SparkSession spark =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.ui.enabled", "false")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.ui.showConsoleProgress", "false")
            .getOrCreate();
    try (Embedder embedder =
        Embedder.broadcasting(spark, spec, model.resolve(spec.file()), settings)) {
      Dataset<Row> listing = ImageListing.list(spark, ImageInput.of(images)).repartition(8).cache();
      long perPass = listing.count();
      System.out.printf("%s, batches of %d, %d images a pass%n", spec.id(), batchSize, perPass);
      System.out.println("images  images/s  heap MiB  resident MiB");
      List<Double> rates = new ArrayList<>();
      for (long done = 0; done < wanted; done += perPass) {
        long start = System.nanoTime();
        long embedded =
            embedder
                .embed(listing)
                .filter("reason is null")
                .selectExpr("sum(embedding[0])", "count(embedding)")
                .head()
                .getLong(1);
        double seconds = (System.nanoTime() - start) / 1e9;
        if (embedded != perPass) {
          throw new IllegalStateException(embedded + " of " + perPass + " images were embedded");
        }
        rates.add(perPass / seconds);
        System.gc();
        System.out.printf(
            Locale.ROOT,
            "%6d  %8.2f  %8d  %12d%n",
            done + perPass,
            perPass / seconds,
            ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() >> 20,
            residentMebibytes());
      }
      rates.sort(null);
      System.out.printf(Locale.ROOT, "median images/s: %.2f%n", rates.get(rates.size() / 2));
    }
    spark.stop();
  }

  /** What Linux counts as this process's memory, native libraries' allocations included. */
  private static long residentMebibytes() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("[^0-9]", "")) >> 10;
      }
    }
    throw new IOException("/proc/self/status has no VmRSS");
  }
}
