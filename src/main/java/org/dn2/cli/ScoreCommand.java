package org.dn2.cli;

import java.io.IOException;
import java.time.LocalDate;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import org.dn2.features.FeatureMap;
import org.dn2.pipeline.EmbedJob;
import org.dn2.pipeline.ScoreJob;
import org.dn2.pipeline.ScoreRun;
import org.dn2.pipeline.Sessions;
import org.dn2.search.SelfNeighbor;
import org.dn2.store.Destination;
import org.dn2.store.RunId;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code dn2 score}. */
@Command(
    name = "score",
    description = "Score images, or embeddings of them, by a detector.",
    footerHeading = "%nExample:%n",
    footer = {
      "  dn2 score --embeddings out/new --detector out/detector --out out/scores",
      "  dn2 score --input photos/new --detector out/detector --out out/scores"
    })
final class ScoreCommand implements Callable<Integer> {
  @ArgGroup(multiplicity = "1")
  private Source source;

  @ArgGroup(multiplicity = "1")
  private Yardstick yardstick;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "FOLDER",
      description = "The table of scores; this run's rows go to run_date=.../run_id=... in it.")
  private String output;

  @Option(
      names = "--leave-one-out",
      description =
          "An image that is itself in the reference set, by its id, is not its own neighbor: for"
              + " the images that the detector was fitted to. Default: it finds itself, at distance"
              + " 0.")
  private boolean isLeaveOneOut;

  @Mixin private ScoresOptions scoresOptions;
  @Mixin private SearchOptions searchOptions;
  @Mixin private EmbedOptions embedOptions;
  @Mixin private OutputOptions outputOptions;

  /** What the images are scored by. */
  static final class Yardstick {
    @Option(names = "--detector", paramLabel = "FOLDER", description = "What dn2 fit wrote.")
    private String detector;

    @ArgGroup(exclusive = false)
    private Trace trace;
  }

  /** Groups scored without a detector. */
  static final class Trace {
    @Option(
        names = "--covariance-trace",
        required = true,
        description =
            "Score each group of images by the trace of its embeddings' covariance, without a"
                + " detector: high where its images differ.")
    @SuppressWarnings("unused") // That it was given is what counts, and picocli sees to that.
    private boolean covarianceTrace;

    @Option(
        names = "--features",
        paramLabel = "MAP",
        description =
            "What each image's embedding becomes first: none, l2, root, root-l2 or log-l2. Default:"
                + " what the backbone's model.json names. A detector has its own.")
    private String features;
  }

  /** Where the embeddings come from. */
  static final class Source {
    @Option(names = "--embeddings", paramLabel = "FOLDER", description = "What dn2 embed wrote.")
    private String embeddings;

    @ArgGroup(exclusive = false)
    private Images images;
  }

  /** Images that are embedded first. */
  static final class Images {
    @Option(
        names = "--input",
        required = true,
        paramLabel = "PATH",
        description = "Images to embed first: a folder, manifest or table on any Hadoop path.")
    private String input;

    @Option(
        names = "--embeddings-out",
        paramLabel = "FOLDER",
        description =
            "Where their embeddings and rejects are kept. Default: below the table of scores' name"
                + " with _embeddings added, a folder per date and run.")
    private String embeddings;
  }

  @Override
  public Integer call() throws IOException {
    RunId runId = outputOptions.runId();
    try (Sessions.Lent session = Sessions.start()) {
      SparkSession spark = session.spark();
      if (source.images == null) {
        new ScoreJob(spark).run(scores(source.embeddings, runId, scoresOptions.date()));
      } else {
        LocalDate date = scoresOptions.date();
        String embeddings = embeddings(runId, date);
        ScoreJob.Settings scores = scores(embeddings, runId, date);
        new ScoreRun(spark).run(images(spark, embeddings, runId), scores);
      }
    }
    return ExitCode.DONE;
  }

  private String embeddings(RunId runId, LocalDate date) {
    return source.images.embeddings == null
        ? "%s_embeddings/%s/%s".formatted(output, date, runId.value())
        : source.images.embeddings;
  }

  private EmbedJob.Settings images(SparkSession spark, String embeddings, RunId runId)
      throws IOException {
    return embedOptions.settings(
        spark, source.images.input, new Destination(embeddings, runId, outputOptions.existing()));
  }

  private ScoreJob.Settings scores(String embeddings, RunId runId, LocalDate date) {
    return new ScoreJob.Settings(
        embeddings,
        yardstick.detector,
        yardstick.trace == null || yardstick.trace.features == null
            ? null
            : UsageException.named("--features", yardstick.trace.features, FeatureMap::named),
        output,
        date,
        runId,
        scoresOptions.otherDates(),
        searchOptions.plan(),
        isLeaveOneOut ? SelfNeighbor.EXCLUDED : SelfNeighbor.COUNTS);
  }
}
