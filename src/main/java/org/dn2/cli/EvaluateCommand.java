package org.dn2.cli;

import java.io.IOException;
import java.time.LocalDate;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import org.dn2.evaluation.EvaluationResult;
import org.dn2.pipeline.EvaluateJob;
import org.dn2.pipeline.Sessions;
import org.dn2.store.Destination;
import org.dn2.store.ExistingOutput;
import org.dn2.store.RunChoice;
import org.dn2.store.RunId;
import org.dn2.store.ScoredRun;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code dn2 evaluate}. */
@Command(
    name = "evaluate",
    description =
        "Compare the scores of one run with labels: ROCAUC, average precision, FPR at 95 %% TPR.",
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

  @Option(
      names = "--run-id",
      paramLabel = "ID",
      description =
          "The run whose scores are evaluated; the output is this run's. Default: the one that was"
              + " scored last.")
  private String runId;

  @Option(
      names = "--run-date",
      paramLabel = "YYYY-MM-DD",
      description =
          "The date under which it was scored. Default: of several the one that was scored last.")
  private LocalDate runDate;

  @Option(
      names = "--overwrite",
      description =
          "Replace the evaluation of another run. What dn2 did not write is never replaced.")
  private boolean overwrite;

  @Override
  public Integer call() throws IOException {
    try (Sessions.Lent session = Sessions.start()) {
      SparkSession spark = session.spark();
      EvaluateJob job = new EvaluateJob(spark);
      ScoredRun run =
          job.open(scores, new RunChoice(runId == null ? null : new RunId(runId), runDate));
      Destination destination =
          new Destination(
              output, run.runId(), overwrite ? ExistingOutput.REPLACE : ExistingOutput.KEEP);
      job.requireApart(destination, scores);
      EvaluationResult result = job.evaluate(run, normalLabels, destination);
      spec.commandLine().getOut().println("Run: " + run.inWords());
      spec.commandLine().getOut().println(result.toTable());
    }
    return ExitCode.DONE;
  }
}
