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
import org.dn2.embedding.PlainLoop;
import org.dn2.image.DecodeLimits;
import org.dn2.image.ExifOrientation;
import org.dn2.image.ImageInput;
import org.dn2.image.ImageListing;
import org.dn2.table.Tables;

/**
 * Embeds a folder inside Spark on two threads, decoding included, in turns with a plain loop over
 * the same images and with PyTorch's frozen and optimized ResNet-50 on ready tensors.
 *
 * <p>Run by {@code src/bench/run EmbeddingBenchmark MODEL_FOLDER IMAGE_FOLDER [IMAGES ROUNDS
 * BATCH]}, where IMAGES is for one pass, a task for each thread; a smaller folder's are repeated. A
 * job's own tasks are of about 10 seconds of a core, 70 images of ResNet-50 here.
 */
public final class EmbeddingBenchmark {
  private static final int THREADS = 2;

  private EmbeddingBenchmark() {}

  public static void main(String[] args) throws Exception {
    Path model = Path.of(args[0]);
    int perPass = args.length > 2 ? Integer.parseInt(args[2]) : 128;
    int rounds = args.length > 3 ? Integer.parseInt(args[3]) : 7;
    int batchSize = args.length > 4 ? Integer.parseInt(args[4]) : 16;
    ModelSpec spec = ModelSpec.fromJson(Files.readString(model.resolve(ModelSpec.FILE_NAME)));
    EmbeddingSettings settings =
        new EmbeddingSettings(
            batchSize, ComputeDevice.CPU, DecodeLimits.DEFAULT, ExifOrientation.IGNORE);
    SparkSession spark = BenchSessions.local();
    try (Embedder embedder =
            Embedder.broadcasting(spark, spec, model.resolve(spec.file()), settings);
        Yardstick pytorch =
            new Yardstick("src/bench/pytorch_yardstick.py", Integer.toString(batchSize))) {
      List<Row> listed =
          ImageListing.list(spark, ImageInput.of(args[1]))
              .orderBy(Tables.IMAGE_ID)
              .limit(perPass)
              .collectAsList();
      List<Row> rows = new ArrayList<>(perPass);
      for (int i = 0; i < perPass; i++) {
        rows.add(listed.get(i % listed.size()));
      }
      Dataset<Row> listing =
          spark.createDataFrame(rows, Tables.LISTING).repartition(THREADS).cache();
      System.out.printf("%s, batches of %d, %d images%n", spec.id(), batchSize, rows.size());
      System.out.println("images/s: PyTorch  plain loop  in Spark   Spark/PyTorch  Spark/loop");
      List<Double> toPytorch = new ArrayList<>();
      List<Double> toLoop = new ArrayList<>();
      inSpark(embedder, listing, rows.size());
      PlainLoop.embed(rows, spec, settings, THREADS);
      for (int round = 0; round < rounds; round++) {
        double theirs = pytorch.measure("frozen");
        double spark1 = inSpark(embedder, listing, rows.size());
        long start = System.nanoTime();
        int embedded = PlainLoop.embed(rows, spec, settings, THREADS);
        double loop = embedded / ((System.nanoTime() - start) / 1e9);
        // On either side of the loop, so that a machine that slows down favors neither.
        double ours = (spark1 + inSpark(embedder, listing, rows.size())) / 2;
        toPytorch.add(ours / theirs);
        toLoop.add(ours / loop);
        System.out.printf(
            Locale.ROOT,
            "%17.2f  %10.2f  %8.2f  %14.2f  %10.3f%n",
            theirs,
            loop,
            ours,
            ours / theirs,
            ours / loop);
      }
      System.out.printf(
          Locale.ROOT,
          "median: %.2f of PyTorch frozen and optimized, %.3f of the plain loop%n",
          Yardstick.median(toPytorch),
          Yardstick.median(toLoop));
      System.out.printf(Locale.ROOT, "PyTorch eager: %.2f images/s%n", pytorch.measure("eager"));
    }
    spark.stop();
  }

  private static double inSpark(Embedder embedder, Dataset<Row> listing, int count) {
    long start = System.nanoTime();
    long embedded =
        embedder
            .embed(listing)
            .filter("reason is null")
            .selectExpr("sum(embedding[0])", "count(embedding)")
            .head()
            .getLong(1);
    double seconds = (System.nanoTime() - start) / 1e9;
    if (embedded != count) {
      throw new IllegalStateException(embedded + " of " + count + " images were embedded");
    }
    return count / seconds;
  }
}
