import io.github.jbellis.jvector.graph.GraphIndexBuilder;
import io.github.jbellis.jvector.graph.GraphSearcher;
import io.github.jbellis.jvector.graph.ImmutableGraphIndex;
import io.github.jbellis.jvector.graph.ListRandomAccessVectorValues;
import io.github.jbellis.jvector.graph.RandomAccessVectorValues;
import io.github.jbellis.jvector.graph.SearchResult;
import io.github.jbellis.jvector.graph.similarity.DefaultSearchScoreProvider;
import io.github.jbellis.jvector.util.Bits;
import io.github.jbellis.jvector.vector.VectorSimilarityFunction;
import io.github.jbellis.jvector.vector.VectorizationProvider;
import io.github.jbellis.jvector.vector.types.VectorFloat;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * JVector's graph index, on two threads: a yardstick of {@link ListsBenchmark}.
 *
 * <p>Arguments: ROWS.f32 QUERIES.f32 DIMENSION K FOUND.i64. Each line of the standard input is
 * answered with seconds: {@code build}, or a number of candidates for one search of all queries.
 */
public final class JVectorYardstick {
  private static final int THREADS = 2;
  private static final VectorSimilarityFunction DISTANCE = VectorSimilarityFunction.EUCLIDEAN;

  private JVectorYardstick() {}

  public static void main(String[] args) throws Exception {
    int dimension = Integer.parseInt(args[2]);
    int k = Integer.parseInt(args[3]);
    RandomAccessVectorValues rows =
        new ListRandomAccessVectorValues(read(Path.of(args[0]), dimension), dimension);
    List<VectorFloat<?>> queries = read(Path.of(args[1]), dimension);
    System.err.println("JVector by " + VectorizationProvider.getInstance().getClass().getSimpleName());
    ImmutableGraphIndex graph = null;
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      long start = System.nanoTime();
      if (line.equals("build")) {
        graph = new GraphIndexBuilder(rows, DISTANCE, 32, 100, 1.2f, 1.2f, false).build(rows);
        System.out.println((System.nanoTime() - start) / 1e9);
      } else {
        int[][] found = search(graph, rows, queries, k, Integer.parseInt(line));
        double seconds = (System.nanoTime() - start) / 1e9;
        write(Path.of(args[4]), found, k);
        System.out.println(seconds);
      }
    }
  }

  private static int[][] search(
      ImmutableGraphIndex graph,
      RandomAccessVectorValues rows,
      List<VectorFloat<?>> queries,
      int k,
      int candidates)
      throws Exception {
    int[][] found = new int[queries.size()][];
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    List<Future<?>> parts = new ArrayList<>();
    for (int thread = 0; thread < THREADS; thread++) {
      int first = thread;
      parts.add(
          threads.submit(
              () -> {
                try (GraphSearcher searcher = new GraphSearcher(graph)) {
                  for (int query = first; query < found.length; query += THREADS) {
                    SearchResult result =
                        searcher.search(
                            DefaultSearchScoreProvider.exact(queries.get(query), DISTANCE, rows),
                            k,
                            candidates,
                            0f,
                            0f,
                            Bits.ALL);
                    found[query] = new int[result.getNodes().length];
                    for (int i = 0; i < found[query].length; i++) {
                      found[query][i] = result.getNodes()[i].node;
                    }
                  }
                }
                return null;
              }));
    }
    for (Future<?> part : parts) {
      part.get();
    }
    threads.shutdown();
    return found;
  }

  private static void write(Path file, int[][] found, int k) throws Exception {
    ByteBuffer bytes =
        ByteBuffer.allocate(found.length * k * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int[] rows : found) {
      for (int i = 0; i < k; i++) {
        bytes.putLong(i < rows.length ? rows[i] : -1);
      }
    }
    Files.write(file, bytes.array());
  }

  private static List<VectorFloat<?>> read(Path file, int dimension) throws Exception {
    List<VectorFloat<?>> vectors = new ArrayList<>();
    var types = VectorizationProvider.getInstance().getVectorTypeSupport();
    ByteBuffer bytes =
        ByteBuffer.allocate(dimension * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    try (FileChannel channel = FileChannel.open(file)) {
      while (channel.read(bytes) > 0) {
        if (!bytes.hasRemaining()) {
          float[] values = new float[dimension];
          bytes.flip();
          bytes.asFloatBuffer().get(values);
          vectors.add(types.createFloatVector(values));
          bytes.clear();
        }
      }
    }
    return vectors;
  }
}
