import java.util.Collection;
import java.util.Locale;
import org.dn2.neighbors.Kernels;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

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
        "%,d queries, %,d rows of %,d numbers; one thread%n",
        Kernels.QUERIES,
        Kernels.ROWS,
        Kernels.DIMENSION);
    System.out.println("10^9 pairs/s      yardstick    ours          ratio");
    try (Yardstick yardstick =
        new Yardstick(
            "src/bench/kernels_yardstick.py",
            Integer.toString(Kernels.QUERIES),
            Integer.toString(Kernels.ROWS),
            Integer.toString(Kernels.DIMENSION))) {
      for (RunResult result : results) {
        Result<?> ours = result.getPrimaryResult();
        double theirs = yardstick.measure(ours.getLabel());
        System.out.printf(
            Locale.ROOT,
            "%-16s %10.1f  %6.1f ± %-4.1f %7.2f%n",
            ours.getLabel(),
            theirs,
            ours.getScore(),
            ours.getScoreError(),
            ours.getScore() / theirs);
      }
    }
  }
}
