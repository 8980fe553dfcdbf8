package org.dn2.cli;

import java.io.IOException;
import java.time.LocalDate;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import org.dn2.pipeline.BackboneFolder;
import org.dn2.pipeline.ReportJob;
import org.dn2.pipeline.Sessions;
import org.dn2.store.Destination;
import org.dn2.store.ExistingOutput;
import org.dn2.store.RunChoice;
import org.dn2.store.RunId;
import org.dn2.store.ScoredRun;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code dn2 report}. */
@Command(
    name = "report",
    description =
        "Show one run's strangest images, scores and rejects on a page: one HTML file of at most"
            + " 2 MB, whatever the run's size, that needs no network and no other file.",
    footerHeading = "%nExample:%n",
    footer =
        "  dn2 report --scores out/scores --detector out/detector --embeddings out/test --heat-maps"
            + " --out out/page")
final class ReportCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--scores",
      required = true,
      paramLabel = "FOLDER",
      description = "What dn2 score wrote: the table of scores, or one run_id=... folder in it.")
  private String scores;

  @Option(
      names = "--detector",
      paramLabel = "FOLDER",
      description =
          "The detector that gave the scores: for the pictures of normal images, and for how many"
              + " false alarms a threshold gives.")
  private String detector;

  @Option(
      names = "--embeddings",
      paramLabel = "FOLDER",
      description = "What dn2 embed wrote of the images: for those that it rejected.")
  private String embeddings;

  @Option(
      names = "--normal-label",
      paramLabel = "LABEL",
      description =
          "A label that counts as normal; may be repeated. All others are anomalous. With it the"
              + " page has ROC and precision-recall curves.")
  private List<String> normalLabels = List.of();

  @Option(
      names = "--heat-maps",
      descriptionKey = "dn2.heat-maps",
      description =
          "Add to each image where it differs from the normal ones nearest to it. Needs --detector"
              + " and its --model; takes one to two minutes on two cores.")
  private boolean heatMaps;

  @Option(
      names = "--model",
      descriptionKey = "dn2.model",
      paramLabel = "FOLDER",
      description =
          "For --heat-maps: the backbone that the detector was fitted to, as for dn2 embed. Default:"
              + " ${DEFAULT-VALUE}.")
  private String model;

  @Option(
      names = "--title",
      paramLabel = "TEXT",
      description = "The page's heading. Default: one that names the scores.")
  private String title;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "FOLDER",
      description = "Written whole or not at all: " + ReportJob.FILE + ".")
  private String output;

  @Option(
      names = "--run-id",
      paramLabel = "ID",
      description = "The run that is shown. Default: the one that was scored last.")
  private String runId;

  @Option(
      names = "--run-date",
      paramLabel = "YYYY-MM-DD",
      description =
          "The date under which it was scored. Default: of several the one that was scored last.")
  private LocalDate runDate;

  @Option(
      names = "--overwrite",
      description = "Replace the page of another run. What dn2 did not write is never replaced.")
  private boolean overwrite;

  @Override
  public Integer call() throws IOException {
    if (heatMaps && detector == null) {
      throw new ParameterException(
          spec.commandLine(),
          "--heat-maps compares images with the detector's normal ones. Give --detector.");
    }
    try (Sessions.Lent session = Sessions.start()) {
      SparkSession spark = session.spark();
      ReportJob job = new ReportJob(spark);
      ScoredRun run =
          job.open(scores, new RunChoice(runId == null ? null : new RunId(runId), runDate));
      Path page =
          job.run(
              run,
              new ReportJob.Settings(
                  scores,
                  detector,
                  embeddings,
                  normalLabels,
                  title,
                  heatMaps ? BackboneFolder.named(model, null, spark) : null,
                  null,
                  new Destination(
                      output,
                      run.runId(),
                      overwrite ? ExistingOutput.REPLACE : ExistingOutput.KEEP)));
      spec.commandLine().getOut().println("Page: " + page.toUri().getPath());
    }
    return ExitCode.DONE;
  }
}
