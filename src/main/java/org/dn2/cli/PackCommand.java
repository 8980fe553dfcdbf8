package org.dn2.cli;

import java.io.IOException;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import org.dn2.image.DecodeLimits;
import org.dn2.pipeline.PackJob;
import org.dn2.pipeline.Sessions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code dn2 pack}. */
@Command(
    name = "pack",
    description =
        "Put many image files, unchanged, into a Parquet table of images, which every command that"
            + " takes images reads: a few large files instead of many small ones.",
    footerHeading = "%nExample:%n",
    footer = "  dn2 pack --input photos --label-pattern '([^/]+)/[^/]+$$' --out packed/photos")
final class PackCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--input",
      required = true,
      paramLabel = "PATH",
      description = "A folder, manifest or table on any Hadoop path.")
  private String input;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "TABLE",
      description =
          "The folder of the table; written whole or not at all. Files that cannot be read are"
              + " listed in a table beside it, TABLE_rejects.")
  private String output;

  @Mixin private ImageOptions imageOptions;
  @Mixin private LongOutputOptions outputOptions;

  @Override
  public Integer call() throws IOException {
    try (Sessions.Lent session = Sessions.start()) {
      SparkSession spark = session.spark();
      PackJob.Counts counts =
          new PackJob(spark)
              .run(
                  new PackJob.Settings(
                      imageOptions.of(input),
                      DecodeLimits.DEFAULT,
                      imageOptions.maxRejectFraction(),
                      outputOptions.destination(output, spark)));
      spec.commandLine().getOut().println(counts);
      spec.commandLine().getOut().flush();
    }
    return ExitCode.DONE;
  }
}
