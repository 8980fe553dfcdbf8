import java.nio.file.Files;
import org.dn2.store.Destination;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.dn2.embedding.ComputeDevice;
import org.dn2.embedding.EmbeddingSettings;
import org.dn2.image.DecodeLimits;
import org.dn2.image.ExifOrientation;
import org.dn2.image.ImageInput;
import org.dn2.image.ImageListing;
import org.dn2.model.BackboneImport;
import org.dn2.pipeline.BackboneFolder;
import org.dn2.pipeline.EmbedJob;
import org.dn2.store.ExistingOutput;
import org.dn2.store.RunId;

/**
 * Lists many tiny files, then embeds files of very unlike sizes with a backbone that costs nothing,
 * and prints how long the longest task took against the median one.
 *
 * <p>Run by {@code src/bench/run ManyFilesBenchmark [FILES SKEWED_FILES]}.
 */
public final class ManyFilesBenchmark {
  private static final int[] SIDES = {48, 96, 200, 400, 4000};

  /** Of a hundred files, how many have each side: most are small, a few hold most of the bytes. */
  private static final int[] SHARES = {40, 30, 20, 9, 1};

  private ManyFilesBenchmark() {}

  public static void main(String[] args) throws Exception {
    int files = args.length > 0 ? Integer.parseInt(args[0]) : 100_000;
    int skewed = args.length > 1 ? Integer.parseInt(args[1]) : 30_000;
    Path folder = Files.createTempDirectory("dn2-files");
    SparkSession spark = BenchSessions.local();
    try {
      list(spark, folder.resolve("tiny"), files);
      embed(spark, folder, skewed);
    } finally {
      spark.stop();
      TemporaryFolder.delete(folder);
    }
  }

  private static void list(SparkSession spark, Path folder, int files) throws Exception {
    TemporaryFolder.fill(folder, files, Photographs.jpeg(16, 1));
    long start = System.nanoTime();
    Dataset<Row> listing = ImageListing.list(spark, ImageInput.of(folder.toString())).cache();
    long listed = listing.count();
    System.out.printf(
        Locale.ROOT,
        "listing: %,d files in %.1f s, %d partitions%n",
        listed,
        (System.nanoTime() - start) / 1e9,
        listing.rdd().getNumPartitions());
    listing.unpersist();
  }

  private static void embed(SparkSession spark, Path folder, int files) throws Exception {
    Path model = folder.resolve("model");
    new BackboneImport(model).rawPixels(32);
    Path images = folder.resolve("skewed");
    long bytes = 0;
    for (int kind = 0; kind < SIDES.length; kind++) {
      byte[] jpeg = Photographs.jpeg(SIDES[kind], kind);
      int count = files * SHARES[kind] / 100;
      TemporaryFolder.fill(images.resolve("side-" + SIDES[kind]), count, jpeg);
      System.out.printf(
          Locale.ROOT, "%,d files of %,d bytes%n", count, jpeg.length);
      bytes += (long) count * jpeg.length;
    }
    System.out.printf(Locale.ROOT, "%,.0f MB in all%n", bytes / 1e6);
    run(spark, model, images.resolve("side-96"), folder.resolve("warm-up"));
    Durations durations = new Durations();
    spark.sparkContext().addSparkListener(durations);
    long start = System.nanoTime();
    EmbedJob.Counts counts = run(spark, model, images, folder.resolve("out"));
    double seconds = (System.nanoTime() - start) / 1e9;
    List<Long> tasks = durations.ofLongestStage();
    System.out.printf(
        Locale.ROOT,
        "embedding: %s, %.1f s; %d tasks, median %.1f s, longest %.1f s: %.2f of the median%n",
        counts,
        seconds,
        tasks.size(),
        tasks.get(tasks.size() / 2) / 1e3,
        tasks.get(tasks.size() - 1) / 1e3,
        (double) tasks.get(tasks.size() - 1) / tasks.get(tasks.size() / 2));
  }

  private static EmbedJob.Counts run(SparkSession spark, Path model, Path images, Path output) {
    return new EmbedJob(spark)
        .run(
            new EmbedJob.Settings(
                ImageInput.of(images.toString()),
                BackboneFolder.open(model.toString(), spark.sessionState().newHadoopConf()),
                new EmbeddingSettings(
                    16, ComputeDevice.CPU, DecodeLimits.DEFAULT, ExifOrientation.IGNORE),
                0,
                new Destination(output.toString(), new RunId("benchmark"), ExistingOutput.REPLACE)));
  }

  /** How long tasks ran, in milliseconds. */
  private static final class Durations extends SparkListener {
    private final Map<Integer, List<Long>> byStage = new ConcurrentHashMap<>();

    @Override
    public void onTaskEnd(SparkListenerTaskEnd task) {
      byStage
          .computeIfAbsent(task.stageId(), stage -> new ArrayList<>())
          .add(task.taskMetrics().executorRunTime());
    }

    /** Of the stage whose tasks took longest in all, ascending. */
    List<Long> ofLongestStage() {
      List<Long> longest = List.of();
      for (List<Long> durations : byStage.values()) {
        if (sum(durations) > sum(longest)) {
          longest = durations;
        }
      }
      return longest.stream().sorted().toList();
    }

    private static long sum(List<Long> durations) {
      return durations.stream().mapToLong(Long::longValue).sum();
    }
  }
}
