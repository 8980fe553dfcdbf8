import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.dn2.neighbors.Distance;
import org.dn2.score.Scorer;
import org.dn2.search.Neighborhood;
import org.dn2.search.SearchPlan;
import org.dn2.search.SelfNeighbor;
import org.dn2.testing.LocalCluster;

/**
 * Exact search in a reference set that no executor can hold: a standalone cluster of this machine
 * with two executors of one core and 3 GB of heap each. Every query is a row of the set with a little
 * noise, so that its nearest neighbor is known. The plan that was chosen stands in the log.
 *
 * <p>Run by {@code src/bench/run BlocksBenchmark [ROWS QUERIES DIMENSION]}.
 */
public final class BlocksBenchmark {
  private static final int K = 2;
  private static final StructType SCHEMA =
      new StructType()
          .add("image_id", DataTypes.StringType, false)
          .add("embedding", DataTypes.createArrayType(DataTypes.FloatType, false), false);

  private BlocksBenchmark() {}

  public static void main(String[] args) throws Exception {
    int rows = args.length > 0 ? Integer.parseInt(args[0]) : 1_000_000;
    int queries = args.length > 1 ? Integer.parseInt(args[1]) : 1_000;
    int dimension = args.length > 2 ? Integer.parseInt(args[2]) : 2048;
    Path folder = Files.createTempDirectory("dn2-blocks");
    try (LocalCluster cluster = BenchSessions.startCluster(folder);
        SparkSession spark = BenchSessions.on(cluster, "3g").getOrCreate()) {
      measure(spark, folder, rows, queries, dimension);
    } finally {
      TemporaryFolder.delete(folder);
    }
  }

  private static void measure(
      SparkSession spark, Path folder, int rows, int queries, int dimension) throws IOException {
    String reference = folder.resolve("reference").toString();
    String asked = folder.resolve("asked").toString();
    int step = rows / queries;
    spark
        .range(0, rows, 1, 64)
        .mapPartitions(new Embeddings(dimension, false), Encoders.row(SCHEMA))
        .write()
        .parquet(reference);
    spark
        .range(0, (long) queries * step, step, 4)
        .mapPartitions(new Embeddings(dimension, true), Encoders.row(SCHEMA))
        .write()
        .parquet(asked);
    long start = System.nanoTime();
    try (Scorer scorer =
        Scorer.of(
            spark.read().parquet(reference),
            new Neighborhood(dimension, Distance.SQUARED_EUCLIDEAN, K),
            SearchPlan.AUTO)) {
      Dataset<Row> scores =
          scorer.score(spark.read().parquet(asked), SelfNeighbor.COUNTS);
      List<Row> found = scores.select("image_id", "neighbor_ids").collectAsList();
      double seconds = (System.nanoTime() - start) / 1e9;
      long right =
          found.stream().filter(row -> row.getList(1).get(0).equals(row.getString(0))).count();
      System.out.printf(
          Locale.ROOT,
          "%,d queries, %,d rows of %,d numbers (%,d MiB): %.1f s, laying out the blocks included,"
              + " %.0f GFLOP/s%n",
          queries,
          rows,
          dimension,
          ((long) rows * dimension * Float.BYTES) >> 20,
          seconds,
          2.0 * rows * queries * dimension / seconds / 1e9);
      System.out.printf("%,d of %,d queries found their own row first%n", right, queries);
      System.out.println("most resident memory of an executor: " + executorPeakMebibytes() + " MiB");
    }
  }

  /** Rows of a seeded generator: none negative, half of them zero, as a ResNet's are. */
  private record Embeddings(int dimension, boolean noisy)
      implements MapPartitionsFunction<Long, Row> {
    @Override
    public Iterator<Row> call(Iterator<Long> ids) {
      return new Iterator<>() {
        @Override
        public boolean hasNext() {
          return ids.hasNext();
        }

        @Override
        public Row next() {
          return embedding(ids.next());
        }
      };
    }

    private Row embedding(long id) {
      Random random = new Random(id * 0x9E3779B97F4A7C15L);
      Random noise = new Random(id);
      Float[] values = new Float[dimension];
      for (int i = 0; i < dimension; i++) {
        float value = Math.max(0, random.nextFloat() - 0.5f);
        values[i] = noisy ? value + 0.01f * noise.nextFloat() : value;
      }
      return RowFactory.create("row-%08d".formatted(id), values);
    }
  }

  private static long executorPeakMebibytes() throws IOException {
    long most = 0;
    for (ProcessHandle process : ProcessHandle.allProcesses().toList()) {
      Path folder = Path.of("/proc", Long.toString(process.pid()));
      try {
        if (!Files.readString(folder.resolve("cmdline")).contains("CoarseGrainedExecutorBackend")) {
          continue;
        }
        try (Stream<String> lines = Files.lines(folder.resolve("status"))) {
          most =
              Math.max(
                  most,
                  lines
                      .filter(line -> line.startsWith("VmHWM:"))
                      .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) >> 10)
                      .findFirst()
                      .orElse(0));
        }
      } catch (java.nio.file.NoSuchFileException e) {
        // The process has ended meanwhile.
        continue;
      }
    }
    return most;
  }
}
