package org.dn2.cli;

import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import org.dn2.embedding.ComputeDevice;
import org.dn2.embedding.EmbeddingSettings;
import org.dn2.features.FeatureMap;
import org.dn2.image.DecodeLimits;
import org.dn2.image.ExifOrientation;
import org.dn2.pipeline.BackboneFolder;
import org.dn2.pipeline.ReproduceJob;
import org.dn2.pipeline.Sessions;
import org.dn2.reproduction.Experiment;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code dn2 reproduce}. */
@Command(
    name = "reproduce",
    description = "Measure the paper's tables and figures on datasets at hand.",
    footerHeading = "%nExample:%n",
    footer = {
      "  dn2 reproduce --what all --data src/demo/fashion-mnist --out out/reproduction",
      "  dn2 reproduce --what table1 --data datasets/cifar10 --out out/reproduction"
    })
final class ReproduceCommand implements Callable<Integer> {
  /** The size of CIFAR's images; others are resized to it. */
  private static final int PIXELS = 32;

  @Option(
      names = "--what",
      split = ",",
      paramLabel = "NAME",
      defaultValue = "all",
      description =
          "all, table1 to table6, figure1, figure2, figure4, figure5, figure6, or: unimodal,"
              + " multimodal, neighbors, few-shot, impurity, centers, groups, group-spread, rivals,"
              + " tsne. Several with commas. Default: ${DEFAULT-VALUE}.")
  private List<String> names;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "FOLDER",
      description =
          "A dataset or a folder of datasets. A dataset is a tree train|test/class/image, or a"
              + " table of images with the column split. Its folder's name is the dataset's"
              + " (cifar10, fashion-mnist, ...).")
  private String data;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "FOLDER",
      description =
          "The report goes to report/, embeddings to embeddings/, where later runs find them.")
  private String output;

  @Option(
      names = "--model",
      descriptionKey = "dn2.model",
      paramLabel = "FOLDER",
      description =
          "A backbone; may be repeated to compare depths. The first takes part in every experiment,"
              + " the others in the unimodal one. Default: the one that dn2 model fetch gets.")
  private List<String> models;

  @Option(
      names = "--features",
      split = ",",
      paramLabel = "MAP",
      description =
          "Maps of the embeddings, side by side in every table: none, l2, root, root-l2, log-l2."
              + " Default: the one that the backbone's model.json names, and none, the paper's own.")
  private List<String> features = List.of();

  @Mixin private ViewOptions viewOptions;

  @Option(
      names = "--train-per-class",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "Take only so many training images of each class, chosen by a hash of their ids; 0 takes"
              + " all. Default: ${DEFAULT-VALUE}.")
  private int trainPerClass;

  @Option(
      names = "--device",
      descriptionKey = "dn2.device",
      paramLabel = "DEVICE",
      description = "${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
  private ComputeDevice device;

  @Option(
      names = "--batch-size",
      descriptionKey = "dn2.batch-size",
      paramLabel = "N",
      description = "Images per pass through the network. Default: ${DEFAULT-VALUE}.")
  private int batchSize;

  @Option(
      names = "--max-reject-fraction",
      descriptionKey = "dn2.max-reject-fraction",
      paramLabel = "FRACTION",
      description = "More rejected images than this fail the run. Default: ${DEFAULT-VALUE}.")
  private double maxRejectFraction;

  @Mixin private LongOutputOptions outputOptions;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    Set<Experiment> experiments = EnumSet.noneOf(Experiment.class);
    names.forEach(
        name -> experiments.addAll(UsageException.named("--what", name, Experiment::named)));
    try (Sessions.Lent session = Sessions.start()) {
      SparkSession spark = session.spark();
      List<BackboneFolder> backbones =
          models.stream()
              .map(model -> BackboneFolder.named(model, viewOptions.views(), spark))
              .toList();
      String report =
          new ReproduceJob(spark)
              .run(
                  new ReproduceJob.Settings(
                      experiments,
                      data,
                      backbones,
                      features.stream()
                          .map(name -> UsageException.named("--features", name, FeatureMap::named))
                          .toList(),
                      BackboneFolder.rawPixels(PIXELS, spark),
                      new EmbeddingSettings(
                          batchSize, device, DecodeLimits.DEFAULT, ExifOrientation.IGNORE),
                      maxRejectFraction,
                      trainPerClass,
                      outputOptions.destination(output, spark)));
      spec.commandLine().getOut().print(report);
      spec.commandLine().getOut().flush();
    }
    return ExitCode.DONE;
  }
}
