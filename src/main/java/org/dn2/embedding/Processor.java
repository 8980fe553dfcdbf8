package org.dn2.embedding;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.dn2.doctor.Finding;

/**
 * What a processor has for the network.
 *
 * @param architecture as Java names it
 * @param description as Linux gives it in {@code /proc/cpuinfo}
 */
record Processor(String architecture, String description) {
  private static final String WHAT = "processor";
  private static final List<String> SETS = List.of("avx2", "avx512f", "avx512_bf16", "amx_bf16");

  /** Measured: docs/benchmarks.md. */
  private static final String GAIN = "1.9 (Zen 4) to 3.5 (Zen 5)";

  /** That of this machine. */
  static Processor here() {
    return new Processor(System.getProperty("os.arch"), Precision.processors());
  }

  /**
   * Whether the network runs, and how fast.
   *
   * @param precision of the model that a job would use; null if that is not known
   */
  Finding finding(Precision precision) {
    if (!architecture.equals("amd64")) {
      return Finding.fail(
          WHAT,
          architecture + "; the native libraries are for x86-64 alone",
          "Use machines with Linux on x86-64.");
    }
    List<String> sets = sets();
    boolean hasBf16 = Precision.hasBf16(description);
    String detail = sets.isEmpty() ? "no vector instructions known" : String.join(", ", sets);
    if (precision == Precision.BF16) {
      return hasBf16
          ? Finding.ok(WHAT, detail + "; the model computes in bf16")
          : Finding.fail(
              WHAT,
              detail + "; the model computes in bf16, for which there are no instructions",
              "Set model = default, or use machines with avx512_bf16 or amx_bf16.");
    }
    if (!sets.contains("avx2")) {
      return Finding.warn(
          WHAT, detail + "; without avx2 the network is slow", "Use a processor with avx2.");
    }
    return Finding.ok(
        WHAT,
        hasBf16
            ? detail
                + "; it has bf16: model = default-bf16 would be "
                + GAIN
                + " times as fast as default (docs/benchmarks.md), with a detector of its own"
            : detail + "; no bf16");
  }

  private List<String> sets() {
    Set<String> flags =
        description
            .lines()
            .filter(line -> line.startsWith("flags"))
            .findFirst()
            .map(line -> line.substring(line.indexOf(':') + 1).trim().split(" "))
            .map(Arrays::stream)
            .orElseGet(Stream::empty)
            .collect(java.util.stream.Collectors.toSet());
    List<String> found = new ArrayList<>(SETS);
    found.retainAll(flags);
    return found;
  }
}
