package org.dn2.embedding;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import org.dn2.table.UserDataException;

/** In which numbers a backbone's convolutions are computed; embeddings are single precision. */
public enum Precision {
  /** Single precision: the paper's. */
  @JsonProperty("fp32")
  FP32,
  /**
   * Bfloat16 with sums in single precision: faster where the processor has instructions for it, and
   * a little off. Its embeddings do not mix with those of single precision.
   */
  @JsonProperty("bf16")
  BF16;

  private static final Path PROCESSORS = Path.of("/proc/cpuinfo");
  private static final Set<String> BF16_FLAGS = Set.of("avx512_bf16", "amx_bf16");

  /** The name in files and on the command line. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** What is added to the id of a model that computes so. */
  public String suffix() {
    return this == FP32 ? "" : "-" + id();
  }

  /** The fastest that this host's processor has instructions for. */
  public static Precision fastestHere() {
    return hasBf16(processors()) ? BF16 : FP32;
  }

  /**
   * Refuses a processor that would be slower this way than in single precision.
   *
   * @throws UserDataException if this host's processor has no instructions for it
   */
  void requireProcessor() {
    if (this == BF16 && !hasBf16(processors())) {
      throw new UserDataException(
          "The model computes in bf16, for which the processor of this host has no instructions"
              + " (neither avx512_bf16 nor amx_bf16). Take the model in fp32.");
    }
  }

  /**
   * Whether every processor has instructions for bf16.
   *
   * @param processors as Linux describes them in {@code /proc/cpuinfo}
   */
  static boolean hasBf16(String processors) {
    return processors
        .lines()
        .filter(line -> line.startsWith("flags"))
        .map(line -> Arrays.asList(line.substring(line.indexOf(':') + 1).trim().split(" ")))
        .map(flags -> flags.stream().anyMatch(BF16_FLAGS::contains))
        .reduce(Boolean::logicalAnd)
        .orElse(false);
  }

  /** As Linux describes them; empty where it does not. */
  static String processors() {
    try {
      return Files.readString(PROCESSORS);
    } catch (IOException e) {
      return "";
    }
  }
}
