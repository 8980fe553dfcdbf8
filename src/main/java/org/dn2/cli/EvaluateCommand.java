package org.dn2.cli;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import org.dn2.pipeline.EvaluateJob;
import org.dn2.pipeline.Sessions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code dn2 evaluate}. */
@Command(
    name = "evaluate",
    description = "Compare scores with labels: ROCAUC, average precision, FPR at 95 %% TPR.",
    footerHeading = "%nExample:%n",
    footer = "  dn2 evaluate --scores out/scores --normal-label sneaker --out out/evaluation")
final class EvaluateCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--scores",
      required = true,
      paramLabel = "FOLDER",
      description = "What dn2 score wrote: the table of scores, or one run_id=... folder in it.")
  private String scores;

  @Option(
      names = "--normal-label",
      required = true,
      paramLabel = "LABEL",
      description = "A label that counts as normal; may be repeated. All others are anomalous.")
  private List<String> normalLabels;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "FOLDER",
      description = "Written whole or not at all: metrics.json, metrics/ and roc/.")
  private String output;

  @Mixin private OutputOptions outputOptions;

  @Override
  public Integer call() throws IOException {
    try (SparkSession spark = Sessions.start()) {
      EvaluateJob job = new EvaluateJob(spark);
      job.requireApart(outputOptions.destination(output), scores);
      spec.commandLine()
          .getOut()
          .println(
              job.evaluate(job.open(scores), normalLabels, outputOptions.destination(output))
                  .toTable());
    }
    return ExitCode.DONE;
  }
}
