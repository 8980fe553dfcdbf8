package org.dn2.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import org.dn2.datasets.PaperDataset;
import org.dn2.pipeline.DatasetJob;
import org.dn2.pipeline.Sessions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dn2 dataset}. */
@Command(
    name = "dataset",
    description = "Make a table of images of a published dataset.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = DatasetCommand.ImportCommand.class)
final class DatasetCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Name a command: import.");
  }

  /** {@code dn2 dataset import}. */
  @Command(
      name = "import",
      description =
          "Read a dataset in the form in which its owners publish it, and write a Parquet table of"
              + " images with labels and splits, which dn2 embed and dn2 reproduce read.",
      footerHeading = "%nExample:%n",
      footer = "  dn2 dataset import cifar10 --from downloads/cifar10 --out datasets/cifar10")
  static final class ImportCommand implements Callable<Integer> {
    @Parameters(paramLabel = "NAME", description = "One of the datasets below.")
    private String name;

    @Option(
        names = "--from",
        required = true,
        paramLabel = "DIR",
        description = "Where the download was unpacked, on any Hadoop path.")
    private String from;

    @Option(
        names = "--out",
        required = true,
        paramLabel = "TABLE",
        description = "The folder of the table; written whole or not at all.")
    private String output;

    @Mixin private OutputOptions outputOptions;

    private CommandSpec spec;

    @Spec
    void listDatasets(CommandSpec commandSpec) {
      spec = commandSpec;
      Map<String, String> datasets = new LinkedHashMap<>();
      for (PaperDataset dataset : PaperDataset.values()) {
        datasets.put(dataset.id(), dataset.files());
      }
      UsageMessageSpec usage = commandSpec.usageMessage();
      usage
          .sectionMap()
          .put("datasets", help -> "%nDatasets:%n".formatted() + help.createTextTable(datasets));
      List<String> sections = new ArrayList<>(usage.sectionKeys());
      sections.add(sections.indexOf(UsageMessageSpec.SECTION_KEY_FOOTER_HEADING), "datasets");
      usage.sectionKeys(sections);
    }

    @Override
    public Integer call() throws IOException {
      PaperDataset dataset = UsageException.named("NAME", name, PaperDataset::named);
      try (Sessions.Lent session = Sessions.start()) {
        SparkSession spark = session.spark();
        for (DatasetJob.Split split :
            new DatasetJob(spark).run(dataset, from, outputOptions.destination(output))) {
          spec.commandLine().getOut().println(split);
        }
        spec.commandLine().getOut().flush();
      }
      return ExitCode.DONE;
    }
  }
}
