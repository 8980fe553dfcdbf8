package org.dn2.cli;

import java.io.File;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import org.dn2.pipeline.BackboneFolder;
import org.dn2.pipeline.RunConfig;
import org.dn2.pipeline.RunJob;
import org.dn2.pipeline.Sessions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code dn2 run}. */
@Command(
    name = "run",
    description = "Embed, fit, score and evaluate as one configuration file says.",
    footerHeading = "%nExample:%n",
    footer = "  dn2 run --conf conf/cifar10-sample.conf")
final class RunCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--conf",
      required = true,
      paramLabel = "FILE",
      description = "A HOCON file; the folder conf holds examples.")
  private File file;

  @Mixin private ScoresOptions scoresOptions;
  @Mixin private LongOutputOptions outputOptions;

  @Override
  public Integer call() throws IOException {
    RunConfig config = RunConfig.read(file);
    try (Sessions.Lent session = Sessions.start()) {
      SparkSession spark = session.spark();
      RunJob.Result result =
          new RunJob(spark)
              .run(
                  new RunJob.Settings(
                      config,
                      BackboneFolder.named(config.model(), config.views(), spark),
                      scoresOptions.runDate(),
                      scoresOptions.otherDates(),
                      outputOptions.runId(config.output(), spark),
                      outputOptions.existing()));
      new RunSummary(result, spec.commandLine().getOut()).print(config);
    }
    return ExitCode.DONE;
  }
}
