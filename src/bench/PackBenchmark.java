import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.fs.FileSystem;
import org.apache.spark.sql.SparkSession;
import org.dn2.embedding.ComputeDevice;
import org.dn2.embedding.EmbeddingSettings;
import org.dn2.image.DecodeLimits;
import org.dn2.image.ExifOrientation;
import org.dn2.image.ImageInput;
import org.dn2.model.BackboneImport;
import org.dn2.pipeline.BackboneFolder;
import org.dn2.pipeline.EmbedJob;
import org.dn2.pipeline.PackJob;
import org.dn2.store.Destination;
import org.dn2.store.ExistingOutput;
import org.dn2.store.RunId;
import org.dn2.testing.S3Server;

/**
 * Embeds small files one by one and from the table that packing makes of them, with a backbone that
 * costs nothing, from an S3 server on this machine that waits before every answer; then commits a
 * table of many files there, as {@link CommitYardstick} says. Prints seconds and requests of each.
 *
 * <p>Run by {@code src/bench/run PackBenchmark [FILES WAIT_MILLISECONDS ROUNDS COMMITTED_FILES]}; 0
 * files or 0 committed files leave a part out.
 */
public final class PackBenchmark {
  private static final String BUCKET = "s3a://images";

  private PackBenchmark() {}

  public static void main(String[] args) throws Exception {
    int files = args.length > 0 ? Integer.parseInt(args[0]) : 4000;
    int wait = args.length > 1 ? Integer.parseInt(args[1]) : 20;
    int rounds = args.length > 2 ? Integer.parseInt(args[2]) : 2;
    int committed = args.length > 3 ? Integer.parseInt(args[3]) : 1000;
    Path folder = Files.createTempDirectory("dn2-pack");
    try (S3Server s3 = S3Server.start(Files.createDirectory(folder.resolve("s3")), wait)) {
      s3.makeBucket("images");
      SparkSession.Builder builder = BenchSessions.builder();
      s3.hadoopSettings()
          .forEach((key, value) -> builder.config("spark.hadoop." + key, value));
      SparkSession spark =
          builder
              .config("spark.hadoop.fs.s3a.access.key", S3Server.ACCESS_KEY)
              .config("spark.hadoop.fs.s3a.secret.key", S3Server.SECRET_KEY)
              .config("spark.hadoop." + StoreRequests.SETTING, StoreRequests.class.getName())
              .getOrCreate();
      if (files > 0) {
        packAndEmbed(spark, folder, files, wait, rounds);
      }
      if (committed > 0) {
        CommitYardstick.measure(spark, BUCKET + "/commits", committed);
      }
      spark.stop();
    } finally {
      TemporaryFolder.delete(folder);
    }
  }

  private static void packAndEmbed(
      SparkSession spark, Path folder, int files, int wait, int rounds)
      throws Exception {
    Path model = folder.resolve("model");
    new BackboneImport(model).rawPixels(32);
    TemporaryFolder.fill(folder.resolve("files"), files, Photographs.jpeg(96, 1));
    FileSystem store =
        FileSystem.get(URI.create(BUCKET), spark.sparkContext().hadoopConfiguration());
    store.copyFromLocalFile(
        new org.apache.hadoop.fs.Path(folder + "/files"),
        new org.apache.hadoop.fs.Path(BUCKET + "/files"));
    embed(spark, model, folder.resolve("files").toString(), folder.resolve("warm-up"), "warm-up");
    System.out.printf("%,d files, %d ms before every answer%n", files, wait);
    for (int round = 0; round < rounds; round++) {
      // Another run each time: one that is repeated has nothing to do.
      String run = "round-" + round;
      StoreRequests.measure(
          "embed the files",
          () -> embed(spark, model, BUCKET + "/files", folder.resolve("a"), run));
      StoreRequests.measure(
          "pack them", () -> pack(spark, BUCKET + "/files", BUCKET + "/packed", run));
      StoreRequests.measure(
          "embed the table",
          () -> embed(spark, model, BUCKET + "/packed", folder.resolve("b"), run));
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
  }

  private static Object pack(SparkSession spark, String input, String output, String run) {
    return new PackJob(spark)
        .run(
            new PackJob.Settings(
                ImageInput.of(input),
                DecodeLimits.DEFAULT,
                0,
                new Destination(output, new RunId(run), ExistingOutput.REPLACE)));
  }

  private static Object embed(
      SparkSession spark, Path model, String images, Path output, String run) {
    return new EmbedJob(spark)
        .run(
            new EmbedJob.Settings(
                ImageInput.of(images),
                BackboneFolder.open(model.toString(), spark.sessionState().newHadoopConf()),
                new EmbeddingSettings(
                    16, ComputeDevice.CPU, DecodeLimits.DEFAULT, ExifOrientation.IGNORE),
                0,
                new Destination(output.toString(), new RunId(run), ExistingOutput.REPLACE)));
  }
}
