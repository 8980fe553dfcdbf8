import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.Locale;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.spark.sql.SparkSession;
import org.dn2.model.BackboneImport;
import org.dn2.pipeline.BackboneFolder;
import org.dn2.pipeline.NightlyConfig;
import org.dn2.pipeline.NightlyRun;
import org.dn2.pipeline.NightlySettings;
import org.dn2.store.RunId;
import org.dn2.store.RunRecord;
import org.dn2.testing.LocalCluster;

/**
 * Nights of a plant that knows many images already: how long they take beyond embedding, and how
 * much of the heap is in use after the collector has run. The backbone costs nothing.
 *
 * <p>Run by {@code src/bench/run NightlyBenchmark [KNOWN NEW [driver]]}. With {@code driver}, the
 * executors are other processes, and the collector runs every two seconds: the heap is what the
 * driver itself holds, and the times mean nothing.
 */
public final class NightlyBenchmark {
  private static final String DRIVER = "driver";
  private static final int NORMAL_IMAGES = 100;
  private static final int FILES_PER_FOLDER = 1000;
  private static final LocalDate FIRST = LocalDate.parse("2026-11-01");

  private NightlyBenchmark() {}

  public static void main(String[] args) throws Exception {
    int known = args.length > 0 ? Integer.parseInt(args[0]) : 100_000;
    int added = args.length > 1 ? Integer.parseInt(args[1]) : 10_000;
    Path folder = Files.createTempDirectory("dn2-nightly");
    try {
      if (args.length > 2 && args[2].equals(DRIVER)) {
        Path work = Files.createDirectory(folder.resolve("cluster"));
        try (LocalCluster cluster = BenchSessions.startCluster(work);
            SparkSession spark = BenchSessions.on(cluster, "2g").getOrCreate()) {
          nights(spark, folder, known, added, true);
        }
      } else {
        try (SparkSession spark = BenchSessions.local()) {
          nights(spark, folder, known, added, false);
        }
      }
    } finally {
      TemporaryFolder.delete(folder);
    }
  }

  private static void nights(
      SparkSession spark, Path folder, int known, int added, boolean isDriverOnly)
      throws IOException {
    new BackboneImport(folder.resolve("model")).rawPixels(8);
    fill(folder.resolve("normal"), 0, NORMAL_IMAGES);
    fill(folder.resolve("inbox"), 1, known);
    NightlyConfig config = NightlyConfig.read(conf(folder).toFile());
    night(spark, folder, config, 0, "first night", isDriverOnly);
    night(spark, folder, config, 1, "nothing new", isDriverOnly);
    fill(folder.resolve("inbox/more"), 1 + known / FILES_PER_FOLDER, added);
    night(spark, folder, config, 2, "new images", isDriverOnly);
  }

  private static Path conf(Path folder) throws IOException {
    return Files.writeString(
        folder.resolve("nightly.conf"),
        """
        nightly {
          plant = "%1$s/plant"
          inbox { path = "%1$s/inbox" }
          reference { path = "%1$s/normal" }
          model = "%1$s/model"
        }
        """
            .formatted(folder));
  }

  /** Writes files, a thousand to a folder; those of one folder have one content. */
  private static void fill(Path folder, int seed, int count) throws IOException {
    byte[] jpeg = Photographs.jpeg(16, 1);
    for (int first = 0; first < count; first += FILES_PER_FOLDER) {
      int number = seed + first / FILES_PER_FOLDER;
      // What follows the end of a JPEG is not looked at: each folder's files have a size of its own.
      byte[] content = Arrays.copyOf(jpeg, jpeg.length + number);
      TemporaryFolder.fill(
          folder.resolve("%05d".formatted(number)),
          Math.min(FILES_PER_FOLDER, count - first),
          content);
    }
  }

  private static void night(
      SparkSession spark,
      Path folder,
      NightlyConfig config,
      int day,
      String what,
      boolean isDriverOnly) {
    BackboneFolder model =
        BackboneFolder.open(
            folder.resolve("model").toString(), spark.sessionState().newHadoopConf());
    LocalDate date = FIRST.plusDays(day);
    NightlySettings settings =
        new NightlySettings(config, model, date, new RunId(date.toString()));
    try (Heap heap = new Heap(isDriverOnly)) {
      long start = System.nanoTime();
      RunRecord record = new NightlyRun(spark).run(settings);
      double seconds = (System.nanoTime() - start) / 1e9;
      System.out.printf(
          Locale.ROOT,
          "%s: %,d listed, %,d embedded, %,d scored: %.1f s, %.1f s of them beyond embedding (%s); heap %,d MB%n",
          what,
          record.inbox().listed(),
          record.inbox().embedded(),
          record.scored(),
          seconds,
          seconds - record.secondsByStage().getOrDefault("embed", 0.0),
          stages(record),
          heap.largestMegabytes());
    }
  }

  private static String stages(RunRecord record) {
    StringBuilder text = new StringBuilder();
    new TreeMap<>(record.secondsByStage())
        .forEach(
            (stage, seconds) ->
                text.append(text.isEmpty() ? "" : ", ")
                    .append(String.format(Locale.ROOT, "%s %.1f", stage, seconds)));
    return text.toString();
  }

  /** Looks at what the collector leaves of the heap. */
  private static final class Heap implements AutoCloseable {
    private final AtomicLong largest = new AtomicLong();
    private final ScheduledExecutorService looks = Executors.newSingleThreadScheduledExecutor();

    Heap(boolean collects) {
      System.gc();
      Runnable look = collects ? this::collect : this::look;
      long pause = collects ? 2_000 : 100;
      looks.scheduleWithFixedDelay(look, pause, pause, TimeUnit.MILLISECONDS);
    }

    private void collect() {
      System.gc();
      MemoryUsage now = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
      largest.accumulateAndGet(now.getUsed(), Math::max);
    }

    private void look() {
      long used = 0;
      for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
        MemoryUsage left = pool.getCollectionUsage();
        if (pool.getType() == MemoryType.HEAP && left != null) {
          used += left.getUsed();
        }
      }
      largest.accumulateAndGet(used, Math::max);
    }

    long largestMegabytes() {
      for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
        if (collector.getCollectionCount() < 0) {
          throw new IllegalStateException("the collector does not count");
        }
      }
      return largest.get() / 1_000_000;
    }

    @Override
    public void close() {
      looks.shutdownNow();
    }
  }
}
