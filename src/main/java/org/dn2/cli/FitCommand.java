package org.dn2.cli;

import java.io.IOException;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import org.dn2.fit.ThresholdRule;
import org.dn2.pipeline.FitJob;
import org.dn2.pipeline.RunConfig;
import org.dn2.pipeline.Sessions;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code dn2 fit}. */
@Command(
    name = "fit",
    description = "Make a detector of the embeddings of normal images.",
    footerHeading = "%nExample:%n",
    footer = {
      "  dn2 fit --embeddings out/normal --out out/detector",
      "  dn2 fit --embeddings out/mixed --clean 0.5 --out out/detector"
    })
final class FitCommand implements Callable<Integer> {
  @Option(
      names = "--embeddings",
      required = true,
      paramLabel = "FOLDER",
      description = "What dn2 embed wrote.")
  private String embeddings;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "FOLDER",
      description = "The detector's folder, written whole or not at all.")
  private String output;

  @Option(
      names = "--normal-label",
      paramLabel = "LABEL",
      description = "Take only images of this label; may be repeated. Default: take all.")
  private List<String> normalLabels = List.of();

  @Mixin private MethodOptions methodOptions;

  @ArgGroup private ThresholdOptions thresholdOptions = new ThresholdOptions();

  @Mixin private OutputOptions outputOptions;

  /** One way to the threshold. */
  static final class ThresholdOptions {
    @Option(
        names = "--threshold-quantile",
        descriptionKey = "dn2.fit.threshold-quantile",
        paramLabel = "Q",
        description =
            "The threshold is this quantile of the images' own scores, each judged by others only;"
                + " above 0 and below 1. Default: ${DEFAULT-VALUE}.")
    // Said once more, for picocli fills in a group's defaults only where one of its options is
    // given.
    private double quantile = RunConfig.defaults().getDouble("dn2.fit.threshold-quantile");

    @Option(
        names = "--threshold",
        descriptionKey = "dn2.fit.threshold",
        paramLabel = "SCORE",
        description = "The threshold itself, a score.")
    private Double threshold;

    @Option(
        names = "--threshold-deviations",
        descriptionKey = "dn2.fit.threshold-deviations",
        paramLabel = "D",
        description =
            "For images of which none is known to be normal: the threshold is this many robust"
                + " standard deviations above the median of the logarithms of their scores, each"
                + " judged by the others; above 0, such as 2.5. Scores then have no p-value.")
    private Double deviations;

    ThresholdRule rule() {
      return new ThresholdRule(
          threshold == null ? OptionalDouble.empty() : OptionalDouble.of(threshold),
          quantile,
          deviations);
    }
  }

  @Override
  public Integer call() throws IOException {
    try (Sessions.Lent session = Sessions.start()) {
      SparkSession spark = session.spark();
      new FitJob(spark)
          .run(
              new FitJob.Settings(
                  embeddings,
                  normalLabels,
                  methodOptions.method(),
                  thresholdOptions.rule(),
                  outputOptions.destination(output)));
    }
    return ExitCode.DONE;
  }
}
