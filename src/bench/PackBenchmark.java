import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.SparkSession;
import org.dn2.embedding.ComputeDevice;
import org.dn2.embedding.EmbeddingSettings;
import org.dn2.image.DecodeLimits;
import org.dn2.image.ExifOrientation;
import org.dn2.image.ImageInput;
import org.dn2.model.BackboneImport;
import org.dn2.pipeline.BackboneFolder;
import org.dn2.pipeline.EmbedJob;
import org.dn2.pipeline.ExistingOutput;
import org.dn2.pipeline.PackJob;
import org.dn2.pipeline.RunId;

/**
 * Embeds small files one by one and from the table that packing makes of them, with a backbone that
 * costs nothing, from a store that waits before every request ({@link SlowStore}), and prints
 * seconds and requests of each.
 *
 * <p>Run by {@code src/bench/run PackBenchmark [FILES WAIT_MILLISECONDS]}.
 */
public final class PackBenchmark {
  private PackBenchmark() {}

  private interface Job {
    Object run();
  }

  public static void main(String[] args) throws Exception {
    int files = args.length > 0 ? Integer.parseInt(args[0]) : 4000;
    int wait = args.length > 1 ? Integer.parseInt(args[1]) : 20;
    Path folder = Files.createTempDirectory("dn2-pack");
    SparkSession spark =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.ui.enabled", "false")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.ui.showConsoleProgress", "false")
            .config("spark.sql.shuffle.partitions", "8")
            .config("spark.hadoop.fs.slow.impl", SlowStore.class.getName())
            .config("spark.hadoop." + SlowStore.WAIT_MILLISECONDS, wait)
            .getOrCreate();
    try {
      Path model = folder.resolve("model");
      new BackboneImport(model).rawPixels(32);
      TemporaryFolder.fill(folder.resolve("files"), files, Photographs.jpeg(96, 1));
      embed(spark, model, folder.resolve("files").toString(), folder.resolve("warm-up"));
      String store = "slow:" + folder;
      System.out.printf("%,d files, %d ms before every request%n", files, wait);
      for (int round = 0; round < 2; round++) {
        measure("embed the files", () -> embed(spark, model, store + "/files", folder.resolve("a")));
        measure("pack them", () -> pack(spark, store + "/files", store + "/packed"));
        measure(
            "embed the table", () -> embed(spark, model, store + "/packed", folder.resolve("b")));
      }
      List<?> different =
          spark
              .read()
              .parquet(folder + "/a/embeddings")
              .selectExpr("image_id", "embedding", "content_sha256")
              .exceptAll(
                  spark
                      .read()
                      .parquet(folder + "/b/embeddings")
                      .selectExpr("image_id", "embedding", "content_sha256"))
              .takeAsList(1);
      System.out.println(different.isEmpty() ? "the same embeddings" : "different: " + different);
    } finally {
      spark.stop();
      TemporaryFolder.delete(folder);
    }
  }

  private static void measure(String what, Job job) {
    long requests = SlowStore.REQUESTS.get();
    long start = System.nanoTime();
    Object counts = job.run();
    System.out.printf(
        Locale.ROOT,
        "%-16s %7.1f s %,8d requests; %s%n",
        what,
        (System.nanoTime() - start) / 1e9,
        SlowStore.REQUESTS.get() - requests,
        counts);
  }

  private static Object pack(SparkSession spark, String input, String output) {
    return new PackJob(spark)
        .run(
            new PackJob.Settings(
                ImageInput.of(input),
                DecodeLimits.DEFAULT,
                0,
                output,
                new RunId("benchmark"),
                ExistingOutput.REPLACE));
  }

  private static Object embed(SparkSession spark, Path model, String images, Path output) {
    return new EmbedJob(spark)
        .run(
            new EmbedJob.Settings(
                ImageInput.of(images),
                BackboneFolder.open(model.toString(), spark.sessionState().newHadoopConf()),
                new EmbeddingSettings(
                    16, ComputeDevice.CPU, DecodeLimits.DEFAULT, ExifOrientation.IGNORE),
                0,
                output.toString(),
                new RunId("benchmark"),
                ExistingOutput.REPLACE));
  }
}
