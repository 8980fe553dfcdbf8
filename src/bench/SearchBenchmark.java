import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.dn2.neighbors.Distance;
import org.dn2.neighbors.ExactNeighbors;
import org.dn2.neighbors.Neighbors;
import org.dn2.neighbors.ReferenceRows;

/**
 * Exact search of random queries among random rows, k = 2, on two threads, in turns with FAISS's
 * {@code IndexFlatL2} on the same numbers.
 *
 * <p>Run by {@code src/bench/run SearchBenchmark [ROWS QUERIES DIMENSION ROUNDS]}.
 */
public final class SearchBenchmark {
  private static final int K = 2;
  private static final int THREADS = 2;

  private SearchBenchmark() {}

  public static void main(String[] args) throws Exception {
    int rows = args.length > 0 ? Integer.parseInt(args[0]) : 50_000;
    int queries = args.length > 1 ? Integer.parseInt(args[1]) : 10_000;
    int dimension = args.length > 2 ? Integer.parseInt(args[2]) : 2048;
    int rounds = args.length > 3 ? Integer.parseInt(args[3]) : 3;
    Path folder = Files.createTempDirectory("dn2-search");
    try {
      float[] reference = LikeEmbeddings.of(1, rows, dimension);
      float[] asked = LikeEmbeddings.of(2, queries, dimension);
      Path found = folder.resolve("found.i64");
      String[] files = {
        LikeEmbeddings.write(folder.resolve("rows.f32"), reference),
        LikeEmbeddings.write(folder.resolve("queries.f32"), asked),
        Integer.toString(dimension),
        Integer.toString(K),
        found.toString()
      };
      ReferenceRows set = set(reference, dimension);
      reference = null;
      System.out.printf("%,d queries, %,d rows of %,d numbers, k = %d%n", queries, rows, dimension, K);
      System.out.println("FAISS, s    ours, s  ratio  ours, GFLOP/s");
      double operations = 2.0 * rows * queries * dimension;
      List<Double> ratios = new ArrayList<>();
      Neighbors[] ours = null;
      try (Yardstick faiss = new Yardstick("src/bench/faiss_yardstick.py", files)) {
        search(set, asked, Math.min(queries, 2 * THREADS * ExactNeighbors.QUERY_BLOCK));
        for (int round = 0; round < rounds; round++) {
          double theirs = faiss.measure("search");
          long start = System.nanoTime();
          ours = search(set, asked, queries);
          double seconds = (System.nanoTime() - start) / 1e9;
          ratios.add(theirs / seconds);
          System.out.printf(
              Locale.ROOT,
              "%8.2f  %9.2f  %5.2f  %13.0f%n",
              theirs,
              seconds,
              theirs / seconds,
              operations / seconds / 1e9);
        }
      }
      System.out.printf(
          Locale.ROOT,
          "median ratio: %.2f; the same neighbors for %.3f %% of the queries%n",
          Yardstick.median(ratios),
          100 * agreement(ours, found));
    } finally {
      for (Path file : Files.list(folder).toList()) {
        Files.delete(file);
      }
      Files.delete(folder);
    }
  }

  private static ReferenceRows set(float[] values, int dimension) {
    ReferenceRows.Builder rows = ReferenceRows.builder(dimension, Distance.SQUARED_EUCLIDEAN);
    for (int start = 0; start < values.length; start += dimension) {
      rows.add(Arrays.copyOfRange(values, start, start + dimension));
    }
    return rows.build();
  }

  private static Neighbors[] search(ReferenceRows set, float[] queries, int count)
      throws Exception {
    int dimension = set.dimension();
    int block = ExactNeighbors.QUERY_BLOCK;
    Neighbors[] found = new Neighbors[count];
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    List<Future<?>> parts = new ArrayList<>();
    for (int thread = 0; thread < THREADS; thread++) {
      int begin = (int) ((long) count * thread / THREADS);
      int end = (int) ((long) count * (thread + 1) / THREADS);
      parts.add(
          threads.submit(
              () -> {
                ExactNeighbors search = new ExactNeighbors(set);
                for (int first = begin; first < end; first += block) {
                  int size = Math.min(block, end - first);
                  float[] part =
                      Arrays.copyOfRange(queries, first * dimension, (first + size) * dimension);
                  int[] excluded = new int[size];
                  Arrays.fill(excluded, ExactNeighbors.NONE_EXCLUDED);
                  System.arraycopy(search.search(part, size, K, excluded), 0, found, first, size);
                }
              }));
    }
    for (Future<?> part : parts) {
      part.get();
    }
    threads.shutdown();
    return found;
  }

  private static double agreement(Neighbors[] ours, Path found) throws IOException {
    LongBuffer theirs =
        ByteBuffer.wrap(Files.readAllBytes(found)).order(ByteOrder.LITTLE_ENDIAN).asLongBuffer();
    int same = 0;
    for (int query = 0; query < ours.length; query++) {
      boolean isSame = true;
      for (int place = 0; place < K; place++) {
        isSame &= ours[query].rows()[place] == theirs.get(query * K + place);
      }
      same += isSame ? 1 : 0;
    }
    return (double) same / ours.length;
  }
}
