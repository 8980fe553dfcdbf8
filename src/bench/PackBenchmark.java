import java.net.URI;
import org.dn2.store.Destination;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.statistics.IOStatisticsSupport;
import org.apache.spark.sql.SparkSession;
import org.dn2.embedding.ComputeDevice;
import org.dn2.embedding.EmbeddingSettings;
import org.dn2.image.DecodeLimits;
import org.dn2.image.ExifOrientation;
import org.dn2.image.ImageInput;
import org.dn2.model.BackboneImport;
import org.dn2.pipeline.BackboneFolder;
import org.dn2.pipeline.EmbedJob;
import org.dn2.store.ExistingOutput;
import org.dn2.pipeline.PackJob;
import org.dn2.store.RunId;
import org.dn2.testing.S3Server;

/**
 * Embeds small files one by one and from the table that packing makes of them, with a backbone that
 * costs nothing, from an S3 server on this machine that waits before every answer, and prints
 * seconds and requests of each.
 *
 * <p>Run by {@code src/bench/run PackBenchmark [FILES WAIT_MILLISECONDS ROUNDS]}.
 */
public final class PackBenchmark {
  private static final String BUCKET = "s3a://images";

  /** S3A's counters of what it asked the store, by the store's own words. */
  private static final Map<String, String> REQUESTS =
      Map.of(
          "action_http_get_request", "GET",
          "action_http_head_request", "HEAD",
          "object_list_request", "LIST",
          "object_put_request", "PUT",
          "object_copy_requests", "COPY",
          "object_delete_request", "DELETE",
          "object_bulk_delete_request", "DELETE many");

  private PackBenchmark() {}

  private interface Job {
    Object run();
  }

  public static void main(String[] args) throws Exception {
    int files = args.length > 0 ? Integer.parseInt(args[0]) : 4000;
    int wait = args.length > 1 ? Integer.parseInt(args[1]) : 20;
    int rounds = args.length > 2 ? Integer.parseInt(args[2]) : 2;
    Path folder = Files.createTempDirectory("dn2-pack");
    Path model = folder.resolve("model");
    new BackboneImport(model).rawPixels(32);
    TemporaryFolder.fill(folder.resolve("files"), files, Photographs.jpeg(96, 1));
    try (S3Server s3 = S3Server.start(Files.createDirectory(folder.resolve("s3")), wait)) {
      s3.makeBucket("images");
      SparkSession.Builder builder = BenchSessions.builder();
      s3.hadoopSettings()
          .forEach((key, value) -> builder.config("spark.hadoop." + key, value));
      SparkSession spark =
          builder
              .config("spark.hadoop.fs.s3a.access.key", S3Server.ACCESS_KEY)
              .config("spark.hadoop.fs.s3a.secret.key", S3Server.SECRET_KEY)
              .getOrCreate();
      FileSystem store =
          FileSystem.get(URI.create(BUCKET), spark.sparkContext().hadoopConfiguration());
      store.copyFromLocalFile(
          new org.apache.hadoop.fs.Path(folder + "/files"),
          new org.apache.hadoop.fs.Path(BUCKET + "/files"));
      embed(spark, model, folder.resolve("files").toString(), folder.resolve("warm-up"));
      System.out.printf("%,d files, %d ms before every answer%n", files, wait);
      for (int round = 0; round < rounds; round++) {
        measure(
            "embed the files",
            store,
            () -> embed(spark, model, BUCKET + "/files", folder.resolve("a")));
        measure("pack them", store, () -> pack(spark, BUCKET + "/files", BUCKET + "/packed"));
        measure(
            "embed the table",
            store,
            () -> embed(spark, model, BUCKET + "/packed", folder.resolve("b")));
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
      spark.stop();
    } finally {
      TemporaryFolder.delete(folder);
    }
  }

  private static void measure(String what, FileSystem store, Job job) {
    Map<String, Long> before = requests(store);
    long start = System.nanoTime();
    Object counts = job.run();
    double seconds = (System.nanoTime() - start) / 1e9;
    Map<String, Long> after = requests(store);
    long all = 0;
    StringBuilder kinds = new StringBuilder();
    for (Map.Entry<String, Long> kind : after.entrySet()) {
      long made = kind.getValue() - before.get(kind.getKey());
      all += made;
      kinds.append(made == 0 ? "" : " %s %,d".formatted(kind.getKey(), made));
    }
    System.out.printf(
        Locale.ROOT, "%-16s %7.1f s %,8d requests:%s; %s%n", what, seconds, all, kinds, counts);
  }

  private static Map<String, Long> requests(FileSystem store) {
    Map<String, Long> counters = IOStatisticsSupport.retrieveIOStatistics(store).counters();
    Map<String, Long> requests = new TreeMap<>();
    REQUESTS.forEach((counter, kind) -> requests.put(kind, counters.get(counter)));
    return requests;
  }

  private static Object pack(SparkSession spark, String input, String output) {
    return new PackJob(spark)
        .run(
            new PackJob.Settings(
                ImageInput.of(input),
                DecodeLimits.DEFAULT,
                0,
                new Destination(output, new RunId("benchmark"), ExistingOutput.REPLACE)));
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
                new Destination(output.toString(), new RunId("benchmark"), ExistingOutput.REPLACE)));
  }
}
