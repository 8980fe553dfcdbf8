import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Locale;
import java.util.stream.IntStream;
import org.apache.spark.ml.clustering.KMeans;
import org.apache.spark.ml.clustering.KMeansModel;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.ml.linalg.SQLDataTypes;

/**
 * MLlib's k-means with the solver of {@code dn2 fit --centers}, beside scikit-learn's on the same numbers:
 * two threads each, so many iterations each from a random start.
 *
 * <p>Run by {@code src/bench/run KMeansBenchmark [ROWS CENTERS ITERATIONS DIMENSION]}.
 */
public final class KMeansBenchmark {
  private KMeansBenchmark() {}

  public static void main(String[] args) throws Exception {
    int rows = args.length > 0 ? Integer.parseInt(args[0]) : 50_000;
    int centers = args.length > 1 ? Integer.parseInt(args[1]) : 10;
    int iterations = args.length > 2 ? Integer.parseInt(args[2]) : 10;
    int dimension = args.length > 3 ? Integer.parseInt(args[3]) : 2048;
    Path folder = Files.createTempDirectory("dn2-kmeans");
    try {
      float[] values = LikeEmbeddings.of(1, rows, dimension);
      Path file = folder.resolve("rows.f32");
      LikeEmbeddings.write(file, values);
      SparkSession spark = BenchSessions.local();
      Iterator<Row> iterator =
          IntStream.range(0, rows)
              .mapToObj(
                  row -> {
                    double[] vector = new double[dimension];
                    for (int i = 0; i < dimension; i++) {
                      vector[i] = values[row * dimension + i];
                    }
                    return RowFactory.create(Vectors.dense(vector));
                  })
              .iterator();
      Dataset<Row> vectors = parquet(spark, iterator, folder);
      long start = System.nanoTime();
      KMeansModel model =
          new KMeans()
              .setK(centers)
              .setSeed(0)
              .setInitMode("random")
              .setTol(0)
              .setMaxIter(iterations)
              .setSolver("row")
              .fit(vectors);
      double ours = (System.nanoTime() - start) / 1e9;
      System.out.printf("%,d rows of %,d numbers, %,d centers%n", rows, dimension, centers);
      System.out.println("                 s  iterations          cost  peak MiB");
      System.out.printf(
          Locale.ROOT,
          "MLlib     %8.1f  %10d  %12.6g  %8d%n",
          ours,
          model.summary().numIter(),
          model.summary().trainingCost(),
          peakMebibytes());
      spark.stop();
      try (Yardstick scikit =
          new Yardstick(
              "src/bench/scikit_yardstick.py",
              file.toString(),
              Integer.toString(dimension),
              Integer.toString(centers),
              Integer.toString(iterations))) {
        double theirs = scikit.measure("fit");
        System.out.printf(
            Locale.ROOT,
            "scikit    %8.1f  %10.0f  %12.6g  %8.0f%nMLlib takes %.1f times as long%n",
            theirs,
            scikit.measure("iterations"),
            scikit.measure("cost"),
            scikit.measure("peak"),
            ours / theirs);
      }
    } finally {
      TemporaryFolder.delete(folder);
    }
  }

  /** By way of a file, as embeddings come, so that the heap holds what MLlib keeps and no more. */
  private static Dataset<Row> parquet(SparkSession spark, Iterator<Row> rows, Path folder) {
    StructType schema = new StructType().add("features", SQLDataTypes.VectorType(), false);
    int part = 0;
    while (rows.hasNext()) {
      java.util.List<Row> some = new java.util.ArrayList<>();
      while (some.size() < 2048 && rows.hasNext()) {
        some.add(rows.next());
      }
      spark
          .createDataFrame(some, schema)
          .coalesce(1)
          .write()
          .parquet(folder.resolve("vectors").resolve("part=" + part++).toString());
    }
    return spark.read().parquet(folder.resolve("vectors").toString()).select("features");
  }

  private static long peakMebibytes() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("VmHWM:")) {
        return Long.parseLong(line.replaceAll("[^0-9]", "")) >> 10;
      }
    }
    throw new IOException("/proc/self/status has no VmHWM");
  }
}
