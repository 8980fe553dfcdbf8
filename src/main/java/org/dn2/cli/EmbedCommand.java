package org.dn2.cli;

import java.io.IOException;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import org.dn2.pipeline.EmbedJob;
import org.dn2.pipeline.Sessions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code dn2 embed}. */
@Command(
    name = "embed",
    description = "Turn images into embeddings.",
    footerHeading = "%nExample:%n",
    footer = "  dn2 embed --input photos/normal --out out/normal")
final class EmbedCommand implements Callable<Integer> {
  @Option(
      names = "--input",
      required = true,
      paramLabel = "PATH",
      description = "A folder, manifest or table on any Hadoop path.")
  private String input;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "FOLDER",
      description = "Written whole or not at all: embeddings/, rejects/ and embed.json.")
  private String output;

  @Mixin private EmbedOptions embedOptions;
  @Mixin private LongOutputOptions outputOptions;

  @Override
  public Integer call() throws IOException {
    try (Sessions.Lent session = Sessions.start()) {
      SparkSession spark = session.spark();
      new EmbedJob(spark)
          .run(embedOptions.settings(spark, input, outputOptions.destination(output, spark)));
    }
    return ExitCode.DONE;
  }
}
