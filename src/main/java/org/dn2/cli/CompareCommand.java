package org.dn2.cli;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import org.dn2.features.FeatureMap;
import org.dn2.neighbors.Distance;
import org.dn2.pipeline.CompareJob;
import org.dn2.pipeline.Sessions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code dn2 compare}. */
@Command(
    name = "compare",
    description =
        "Compare backbones, feature maps, distances and k on labeled images: ROCAUC with intervals, and"
            + " differences by DeLong's method for paired curves.",
    footerHeading = "%nExample:%n",
    footer = {
      "  dn2 compare --embeddings out/test --reference out/train --normal-label sneaker",
      "  dn2 compare --embeddings out/resnet50 --embeddings out/dinov2 --normal-label ok"
    })
final class CompareCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--embeddings",
      required = true,
      paramLabel = "FOLDER",
      description =
          "What dn2 embed wrote, with labels; may be repeated for other backbones or views of the same"
              + " images.")
  private List<String> embeddings;

  @Option(
      names = "--reference",
      paramLabel = "FOLDER",
      description =
          "The embeddings of normal images to compare with, one for each --embeddings in the same"
              + " order; of images with labels, those of a normal label. Default: each image is judged"
              + " by the other normal ones of --embeddings.")
  private List<String> references = List.of();

  @Option(
      names = "--labels",
      paramLabel = "FILE",
      description =
          "A CSV file whose first row names the columns, image_id and label among them. Images"
              + " that are not in it are left out. Default: the embeddings' own labels.")
  private String labels;

  @Option(
      names = "--normal-label",
      required = true,
      paramLabel = "LABEL",
      description = "A label that counts as normal; may be repeated. All others are anomalous.")
  private List<String> normalLabels;

  @Option(
      names = "--features",
      split = ",",
      paramLabel = "MAP",
      description = "Of none, l2, root, root-l2, log-l2. Default: all.")
  private List<String> features = List.of();

  @Option(
      names = "--distance",
      split = ",",
      paramLabel = "NAME",
      defaultValue = "squared_euclidean,cosine",
      description =
          "Of squared_euclidean, cosine, manhattan. Cosine ranks as squared_euclidean does on the same"
              + " map at unit length, and is left out where that is compared. Default:"
              + " ${DEFAULT-VALUE}.")
  private List<String> distances;

  @Option(
      names = "--k",
      split = ",",
      paramLabel = "N",
      defaultValue = "1,2,5,10",
      description = "Numbers of neighbors, from one search. Default: ${DEFAULT-VALUE}.")
  private List<Integer> neighbors;

  @Option(
      names = "--out",
      paramLabel = "FOLDER",
      description =
          "Written whole or not at all: comparison/ and comparison.json. Default: the table is printed"
              + " only.")
  private String output;

  @Mixin private SearchOptions searchOptions;
  @Mixin private OutputOptions outputOptions;

  @Override
  public Integer call() throws IOException {
    try (Sessions.Lent session = Sessions.start()) {
      SparkSession spark = session.spark();
      String table =
          new CompareJob(spark)
              .run(
                  new CompareJob.Settings(
                      embeddings,
                      references,
                      labels,
                      normalLabels,
                      features.stream()
                          .map(name -> UsageException.named("--features", name, FeatureMap::named))
                          .toList(),
                      distances.stream()
                          .map(name -> UsageException.named("--distance", name, Distance::named))
                          .toList(),
                      neighbors,
                      searchOptions.plan(),
                      output == null ? null : outputOptions.destination(output)))
              .toTable();
      spec.commandLine().getOut().println(table);
      spec.commandLine().getOut().flush();
    }
    return ExitCode.DONE;
  }
}
