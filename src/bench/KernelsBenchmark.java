import java.util.Collection;
import java.util.Locale;
import org.dn2.neighbors.Kernels;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;
import org.openjdk.jmh.util.Statistics;

/**
 * The search's kernels on one thread, measured by JMH, beside PyTorch's matrix product and FAISS's
 * exact search of the same size.
 *
 * <p>Run by {@code src/bench/run KernelsBenchmark}.
 */
public final class KernelsBenchmark {
  private KernelsBenchmark() {}

  public static void main(String[] args) throws Exception {
    Collection<RunResult> results =
        new Runner(
                new OptionsBuilder()
                    .include(Kernels.class.getName())
                    .verbosity(VerboseMode.SILENT)
                    .build())
            .run();
    System.out.printf(
        Locale.ROOT,
        "%,d queries (Manhattan: %d), %,d rows of %,d numbers; one thread%n",
        Kernels.QUERIES,
        Kernels.MANHATTAN_QUERIES,
        Kernels.ROWS,
        Kernels.DIMENSION);
    System.out.println("10^9 pairs/s      yardstick    ours                 ratio, of medians");
    try (Yardstick yardstick =
        new Yardstick(
            "src/bench/kernels_yardstick.py",
            Integer.toString(Kernels.QUERIES),
            Integer.toString(Kernels.MANHATTAN_QUERIES),
            Integer.toString(Kernels.ROWS),
            Integer.toString(Kernels.DIMENSION))) {
      for (RunResult result : results) {
        Statistics ours = result.getPrimaryResult().getStatistics();
        double median = ours.getPercentile(50);
        String kernel = result.getPrimaryResult().getLabel();
        double theirs = yardstick.measure(kernel);
        System.out.printf(
            Locale.ROOT,
            "%-16s %10.1f  %6.1f (%.1f to %.1f) %7.2f%n",
            kernel,
            theirs,
            median,
            ours.getMin(),
            ours.getMax(),
            median / theirs);
      }
    }
  }
}
