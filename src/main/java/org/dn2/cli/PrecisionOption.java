package org.dn2.cli;

import org.dn2.embedding.Precision;
import picocli.CommandLine.Option;

/** In which numbers a backbone shall compute. */
final class PrecisionOption {
  @Option(
      names = "--precision",
      paramLabel = "PRECISION",
      defaultValue = "FP32",
      description =
          "${COMPLETION-CANDIDATES} of the convolutions. BF16 is faster on processors with"
              + " avx512_bf16 or amx_bf16 and needs one; its embeddings are a little off and do not"
              + " mix with others. Default: ${DEFAULT-VALUE}.")
  private Precision precision;

  Precision value() {
    return precision;
  }
}
