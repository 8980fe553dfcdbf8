import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.dn2.neighbors.Distance;
import org.dn2.score.Scorer;
import org.dn2.search.Neighborhood;
import org.dn2.search.SearchPlan;
import org.dn2.search.SelfNeighbor;
import org.dn2.table.EmbeddedImage;

/**
 * Time against recall of the search in lists, inside Spark {@code local[2]}, beside the exact plans
 * and JVector's graph index on the same embeddings.
 *
 * <p>Run by {@code src/bench/run ListsBenchmark REFERENCE QUERIES [QUERY_COUNT ROW_COUNT PLAN...]}:
 * folders of embeddings in Parquet, and how many of them. {@code DN2_BENCH_JAVA} names the Java that
 * runs JVector, whose vector code needs 20 or newer; without one, JVector is left out.
 */
public final class ListsBenchmark {
  private static final int K = 2;
  private static final int WARM_UP = 1000;
  private static final int JVECTOR_JAVA = 20;
  private static final List<String> PLANS =
      List.of("broadcast", "blocks", "lists", "lists:1", "lists:4", "lists:16");
  private static final int[] CANDIDATES = {2, 20, 200};

  private ListsBenchmark() {}

  public static void main(String[] args) throws Exception {
    SparkSession spark = BenchSessions.local();
    Dataset<Row> queries = read(spark, args[1], args.length > 2 ? args[2] : null);
    Dataset<Row> reference = read(spark, args[0], args.length > 3 ? args[3] : null);
    Dataset<Row> someQueries = queries.orderBy("image_id").limit(WARM_UP).cache();
    int dimension = reference.first().getList(1).size();
    System.out.printf(
        "%,d queries, %,d rows of %,d numbers, k = %d%n",
        queries.count(), reference.count(), dimension, K);
    System.out.println("plan             build s   search s   recall   score above exact");
    Map<String, Row> exact = null;
    List<String> plans = args.length > 4 ? List.of(args).subList(4, args.length) : PLANS;
    for (String plan : plans) {
      long start = System.nanoTime();
      try (Scorer scorer =
          Scorer.of(
              reference,
              new Neighborhood(dimension, Distance.SQUARED_EUCLIDEAN, K),
              SearchPlan.named(plan))) {
        double build = (System.nanoTime() - start) / 1e9;
        score(scorer, someQueries);
        start = System.nanoTime();
        List<Row> scores = score(scorer, queries);
        double search = (System.nanoTime() - start) / 1e9;
        Map<String, Row> found = new HashMap<>();
        scores.forEach(row -> found.put(row.getString(0), row));
        exact = exact == null ? found : exact;
        print(plan, build, search, found, exact);
      }
    }
    if (Yardstick.javaVersion() >= JVECTOR_JAVA) {
      jvector(reference, queries, dimension, exact);
    } else {
      System.out.printf(
          "JVector: LEFT OUT, its vector code needs Java %d: set DN2_BENCH_JAVA%n", JVECTOR_JAVA);
    }
    spark.stop();
  }

  private static Dataset<Row> read(SparkSession spark, String embeddings, String most) {
    Dataset<Row> all = spark.read().parquet(embeddings).select("image_id", "embedding");
    return (most == null ? all : some(all, Integer.parseInt(most))).cache();
  }

  /** In partitions for both threads; a limit leaves one. */
  private static Dataset<Row> some(Dataset<Row> all, int most) {
    return all.orderBy("image_id").limit(most).repartition(8);
  }

  private static List<Row> score(Scorer scorer, Dataset<Row> queries) {
    return scorer
        .score(queries, SelfNeighbor.COUNTS)
        .select("image_id", "score", "neighbor_ids")
        .collectAsList();
  }

  private static void print(
      String plan, double build, double search, Map<String, Row> found, Map<String, Row> exact) {
    int same = 0;
    double excess = 0;
    for (Row row : exact.values()) {
      Row other = found.get(row.getString(0));
      Set<Object> neighbors = new HashSet<>(row.getList(2));
      neighbors.retainAll(other.getList(2));
      same += neighbors.size();
      excess += row.getDouble(1) == 0 ? 0 : other.getDouble(1) / row.getDouble(1) - 1;
    }
    System.out.printf(
        Locale.ROOT,
        "%-16s %7.2f   %8.2f   %6.4f   %.4f %%%n",
        plan,
        build,
        search,
        (double) same / (K * exact.size()),
        100 * excess / exact.size());
  }

  private static void jvector(
      Dataset<Row> reference, Dataset<Row> queries, int dimension, Map<String, Row> exact)
      throws Exception {
    Path folder = Files.createTempDirectory("dn2-lists");
    try {
      List<String> rowIds = write(reference, folder.resolve("rows.f32"));
      List<String> queryIds = write(queries, folder.resolve("queries.f32"));
      Path found = folder.resolve("found.i64");
      try (Yardstick jvector =
          Yardstick.java(
              "JVectorYardstick",
              folder.resolve("rows.f32").toString(),
              folder.resolve("queries.f32").toString(),
              Integer.toString(dimension),
              Integer.toString(K),
              found.toString())) {
        double build = jvector.measure("build");
        for (int candidates : CANDIDATES) {
          jvector.measure(Integer.toString(candidates));
          double search = jvector.measure(Integer.toString(candidates));
          LongBuffer rows =
              ByteBuffer.wrap(Files.readAllBytes(found))
                  .order(ByteOrder.LITTLE_ENDIAN)
                  .asLongBuffer();
          int same = 0;
          for (int query = 0; query < queryIds.size(); query++) {
            List<Object> neighbors = exact.get(queryIds.get(query)).getList(2);
            for (int i = 0; i < K; i++) {
              long row = rows.get(query * K + i);
              same += row >= 0 && neighbors.contains(rowIds.get((int) row)) ? 1 : 0;
            }
          }
          System.out.printf(
              Locale.ROOT,
              "JVector, %-7d %7.2f   %8.2f   %6.4f%n",
              candidates,
              build,
              search,
              (double) same / (K * queryIds.size()));
        }
      }
    } finally {
      for (Path file : Files.list(folder).toList()) {
        Files.delete(file);
      }
      Files.delete(folder);
    }
  }

  private static List<String> write(Dataset<Row> images, Path file) throws Exception {
    List<String> ids = new ArrayList<>();
    try (FileChannel out =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      Iterator<EmbeddedImage> rows = EmbeddedImage.in(images).toLocalIterator();
      while (rows.hasNext()) {
        EmbeddedImage image = rows.next();
        ids.add(image.getImageId());
        ByteBuffer bytes =
            ByteBuffer.allocate(image.getEmbedding().length * Float.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(image.getEmbedding());
        out.write(bytes);
      }
    }
    return ids;
  }
}
