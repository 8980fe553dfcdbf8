package org.dn2.neighbors;

import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The search's inner loops on one thread: a block of queries and 4,096 rows of 2,048 numbers. Scores
 * are thousands of pairs of numbers per microsecond; a pair is a multiplication and an addition in the matrix
 * product, and a difference, its absolute value and an addition in the Manhattan distance.
 */
@State(Scope.Thread)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 9, time = 1)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class Kernels {
  public static final int QUERIES = ExactNeighbors.QUERY_BLOCK;
  public static final int ROWS = 4096;
  public static final int DIMENSION = 2048;

  /** Thousands of pairs of numbers that meet in one invocation. */
  static final int PAIRS = QUERIES * ROWS / 1000 * DIMENSION;

  /** Fewer queries where a pair takes longer; for each its own work is the same. */
  public static final int MANHATTAN_QUERIES = 64;

  static final int MANHATTAN_PAIRS = MANHATTAN_QUERIES * ROWS / 1000 * DIMENSION;

  private static final int K = 2;

  private final int[] excluded = new int[QUERIES];
  private float[] queries;
  private float[] rows;
  private MatrixProduct product;
  private ExactNeighbors euclidean;
  private ExactNeighbors manhattan;

  @Setup
  public void fill() {
    Random random = new Random(1);
    queries = numbers(random, QUERIES);
    rows = numbers(random, ROWS);
    product = new MatrixProduct(DIMENSION);
    euclidean = search(Distance.SQUARED_EUCLIDEAN);
    manhattan = search(Distance.MANHATTAN);
    Arrays.fill(excluded, ExactNeighbors.NONE_EXCLUDED);
  }

  private static float[] numbers(Random random, int lines) {
    float[] numbers = new float[lines * DIMENSION];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = random.nextFloat();
    }
    return numbers;
  }

  private ExactNeighbors search(Distance distance) {
    ReferenceRows.Builder builder = ReferenceRows.builder(DIMENSION, distance);
    for (int row = 0; row < ROWS; row++) {
      builder.add(Arrays.copyOfRange(rows, row * DIMENSION, (row + 1) * DIMENSION));
    }
    return new ExactNeighbors(builder.build());
  }

  /** The matrix product alone, packing included. */
  @Benchmark
  @OperationsPerInvocation(PAIRS)
  public float matrixProduct() {
    product.take(queries, 0, QUERIES);
    for (int row = 0; row < ROWS; row += MatrixProduct.MOST_ROWS) {
      product.multiply(rows, row, Math.min(MatrixProduct.MOST_ROWS, ROWS - row));
    }
    return product.product(0, 0);
  }

  /** From embeddings to the nearest rows with their exact distances. */
  @Benchmark
  @OperationsPerInvocation(PAIRS)
  public Neighbors[] euclideanSearch() {
    return euclidean.search(queries, QUERIES, K, excluded);
  }

  /** The same for the Manhattan distance, which is no matrix product. */
  @Benchmark
  @OperationsPerInvocation(MANHATTAN_PAIRS)
  public Neighbors[] manhattanSearch() {
    return manhattan.search(queries, MANHATTAN_QUERIES, K, excluded);
  }
}
