package org.dn2.cli;

import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.dn2.embedding.ComputeDevice;
import org.dn2.embedding.EmbeddingSettings;
import org.dn2.image.DecodeLimits;
import org.dn2.image.ExifOrientation;
import org.dn2.image.ImageInput;
import org.dn2.pipeline.EmbedJob;
import org.dn2.pipeline.ExistingOutput;
import org.dn2.pipeline.RunConfig;
import org.dn2.pipeline.RunId;
import picocli.CommandLine.Option;

/** Which images to embed, and how; shared by the commands that can begin with images. */
final class EmbedOptions {
  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "AUTO",
      description =
          "What the input is: ${COMPLETION-CANDIDATES}. A manifest is a CSV or Parquet file with the"
              + " column path and, as wanted, image_id, label, group_id, split, x, y, width, height."
              + " A table is Parquet with a binary column content. Default: ${DEFAULT-VALUE}.")
  private ImageInput.Format format;

  @Option(
      names = "--label-pattern",
      paramLabel = "REGEX",
      description =
          "Searched in the image's id (its path below the input); the first group is its label."
              + " '([^/]+)/[^/]+$$' takes the folder's name.")
  private String labelPattern;

  @Option(
      names = "--group-pattern",
      paramLabel = "REGEX",
      description = "The same for the image's group.")
  private String groupPattern;

  @Option(
      names = "--split",
      paramLabel = "NAME",
      description = "Only images of this split of a manifest or table.")
  private String split;

  @Option(
      names = "--label",
      paramLabel = "LABEL",
      description = "Only images of this label; may be repeated.")
  private List<String> labels = List.of();

  @Option(
      names = "--glob",
      paramLabel = "GLOB",
      description = "Only files whose name matches, such as '*.{jpg,png}'.")
  private String glob;

  @Option(
      names = "--manifest-root",
      paramLabel = "PATH",
      description = "Where a manifest's relative paths begin. Default: the manifest's folder.")
  private String manifestRoot;

  @Option(
      names = "--model",
      paramLabel = "FOLDER",
      defaultValue = RunConfig.DEFAULT_MODEL,
      description =
          "A folder with a model.json on any Hadoop path, or 'default' or 'default-bf16': the backbone"
              + " that dn2 model fetch gets, in that precision. Default: ${DEFAULT-VALUE}.")
  private String model;

  @Option(
      names = "--batch-size",
      paramLabel = "N",
      defaultValue = "16",
      description = "Images per pass through the network, 1 to 1024. Default: ${DEFAULT-VALUE}.")
  private int batchSize;

  @Option(
      names = "--device",
      paramLabel = "DEVICE",
      defaultValue = "CPU",
      description =
          "${COMPLETION-CANDIDATES}. A GPU that is asked for and absent fails the job."
              + " Default: ${DEFAULT-VALUE}.")
  private ComputeDevice device;

  @Option(
      names = "--exif-orientation",
      paramLabel = "WHAT",
      defaultValue = "IGNORE",
      description = "${COMPLETION-CANDIDATES} a camera's rotation mark. Default: ${DEFAULT-VALUE}.")
  private ExifOrientation orientation;

  @Option(
      names = "--max-reject-fraction",
      paramLabel = "FRACTION",
      defaultValue = "0.1",
      description =
          "More rejects than this fraction of the listed images, 0 to 1, fail the job."
              + " Default: ${DEFAULT-VALUE}.")
  private double maxRejectFraction;

  EmbedJob.Settings settings(
      SparkSession spark, String input, String output, RunId runId, ExistingOutput existing) {
    return new EmbedJob.Settings(
        new ImageInput(
            input, format, labelPattern, groupPattern, split, labels, glob, manifestRoot),
        Backbones.open(model, spark),
        new EmbeddingSettings(batchSize, device, DecodeLimits.DEFAULT, orientation),
        maxRejectFraction,
        output,
        runId,
        existing);
  }
}
