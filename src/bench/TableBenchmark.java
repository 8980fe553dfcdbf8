import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerBlockUpdated;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.sql.SparkSession;
import org.dn2.image.DecodeLimits;
import org.dn2.image.ImageInput;
import org.dn2.pipeline.PackJob;
import org.dn2.store.Destination;
import org.dn2.store.ExistingOutput;
import org.dn2.store.RunId;

/**
 * Packs a table of images once more, which reads, shares out and writes every byte and decodes none,
 * beside the yardstick: Spark's own copy of the same table. Prints megabytes a second of both, their
 * ratio, and the bytes that shuffles and caches took.
 *
 * <p>Run by {@code src/bench/run TableBenchmark [IMAGES KILOBYTES ROUNDS]}.
 */
public final class TableBenchmark {
  private TableBenchmark() {}

  public static void main(String[] args) throws Exception {
    int images = args.length > 0 ? Integer.parseInt(args[0]) : 6000;
    int kilobytes = args.length > 1 ? Integer.parseInt(args[1]) : 150;
    int rounds = args.length > 2 ? Integer.parseInt(args[2]) : 3;
    Path folder = Files.createTempDirectory("dn2-table");
    SparkSession spark = BenchSessions.local();
    Moved moved = new Moved();
    try {
      byte[] noise = new byte[kilobytes << 10];
      new Random(1).nextBytes(noise);
      TemporaryFolder.fill(folder.resolve("files"), images, noise);
      pack(spark, folder.resolve("files"), folder.resolve("table"), "first");
      double megabytes = (double) images * kilobytes / 1024;
      System.out.printf(Locale.ROOT, "%,d images of %d kB%n", images, kilobytes);
      System.out.println("MB/s: Spark's copy  pack from the table  ratio  shuffled MB  cached MB");
      List<Double> ratios = new ArrayList<>();
      for (int round = 0; round <= rounds; round++) {
        String run = "round-" + round;
        double copied =
            megabytes
                / seconds(
                    () ->
                        spark
                            .read()
                            .parquet(folder + "/table")
                            .write()
                            .mode("overwrite")
                            .parquet(folder + "/copy"));
        spark.sparkContext().addSparkListener(moved);
        double packed =
            megabytes
                / seconds(() -> pack(spark, folder.resolve("table"), folder.resolve("again"), run));
        spark.sparkContext().removeSparkListener(moved);
        // The first round warms up.
        if (round > 0) {
          ratios.add(packed / copied);
          System.out.printf(
              Locale.ROOT,
              "%18.1f  %19.1f  %5.2f  %11.1f  %9.1f%n",
              copied,
              packed,
              packed / copied,
              moved.shuffled.get() / 1e6,
              moved.cached.get() / 1e6);
        }
        moved.shuffled.set(0);
        moved.cached.set(0);
      }
      System.out.printf(Locale.ROOT, "median ratio: %.2f%n", Yardstick.median(ratios));
    } finally {
      spark.stop();
      TemporaryFolder.delete(folder);
    }
  }

  private static double seconds(Runnable work) {
    long start = System.nanoTime();
    work.run();
    return (System.nanoTime() - start) / 1e9;
  }

  private static void pack(SparkSession spark, Path input, Path output, String run) {
    new PackJob(spark)
        .run(
            new PackJob.Settings(
                ImageInput.of(input.toString()),
                DecodeLimits.DEFAULT,
                0,
                new Destination(output.toString(), new RunId(run), ExistingOutput.REPLACE)));
  }

  /** Bytes that went over shuffles and into caches. */
  private static final class Moved extends SparkListener {
    private final AtomicLong shuffled = new AtomicLong();
    private final AtomicLong cached = new AtomicLong();

    @Override
    public void onTaskEnd(SparkListenerTaskEnd task) {
      shuffled.addAndGet(task.taskMetrics().shuffleWriteMetrics().bytesWritten());
    }

    @Override
    public void onBlockUpdated(SparkListenerBlockUpdated block) {
      if (block.blockUpdatedInfo().blockId().isRDD()) {
        cached.addAndGet(block.blockUpdatedInfo().memSize() + block.blockUpdatedInfo().diskSize());
      }
    }
  }
}
