package org.dn2.cli;

import java.io.PrintWriter;
import org.dn2.embedding.Precision;
import org.dn2.pipeline.BackboneFolder;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** By which backbone images are embedded where the user need not care. */
final class FastBackboneOption {
  @ArgGroup private Choice choice = new Choice();

  /** One of them. */
  static final class Choice {
    @Option(
        names = "--precision",
        paramLabel = "PRECISION",
        description =
            "${COMPLETION-CANDIDATES}: of the convolutions of the backbone that dn2 model fetch gets."
                + " Default: BF16 where this processor has instructions for it, 1.9 to 3.5 times as"
                + " fast and, where both were measured, within 0.01 point of ROCAUC"
                + " (docs/benchmarks.md); else FP32.")
    private Precision precision;

    @Option(
        names = "--model",
        paramLabel = "FOLDER",
        description = "Another backbone: a folder with a model.json on any Hadoop path.")
    private String model;
  }

  /** The backbone's name; says which one it is, and why. */
  String model(PrintWriter out) {
    if (choice.model != null) {
      return choice.model;
    }
    Precision asked = choice.precision;
    Precision chosen = asked == null ? Precision.fastestHere() : asked;
    String why =
        asked != null
            ? "as asked for"
            : chosen == Precision.BF16
                ? "the fastest: this processor has instructions for bf16; --precision fp32 for the other"
                : "this processor has no instructions for bf16";
    out.println("Backbone: " + BackboneFolder.defaultName(chosen) + " (" + why + ")");
    out.flush();
    return BackboneFolder.defaultName(chosen);
  }
}
