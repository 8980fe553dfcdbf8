package org.dn2.cli;

import org.apache.spark.sql.SparkSession;
import org.dn2.embedding.ComputeDevice;
import org.dn2.embedding.EmbeddingSettings;
import org.dn2.image.DecodeLimits;
import org.dn2.image.ExifOrientation;
import org.dn2.image.SampleBits;
import org.dn2.pipeline.BackboneFolder;
import org.dn2.pipeline.EmbedJob;
import org.dn2.store.Destination;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which images to embed, and how; shared by the commands that can begin with images. */
final class EmbedOptions {
  @Mixin private ImageOptions imageOptions;
  @Mixin private ViewOptions viewOptions;

  @Option(
      names = "--model",
      descriptionKey = "dn2.model",
      paramLabel = "FOLDER",
      description =
          "A folder with a model.json on any Hadoop path, or 'default' or 'default-bf16': the backbone"
              + " that dn2 model fetch gets, in that precision. Default: ${DEFAULT-VALUE}.")
  private String model;

  @Option(
      names = "--batch-size",
      descriptionKey = "dn2.batch-size",
      paramLabel = "N",
      description = "Images per pass through the network, 1 to 1024. Default: ${DEFAULT-VALUE}.")
  private int batchSize;

  @Option(
      names = "--device",
      descriptionKey = "dn2.device",
      paramLabel = "DEVICE",
      description =
          "${COMPLETION-CANDIDATES}. A GPU that is asked for and absent fails the job."
              + " Default: ${DEFAULT-VALUE}.")
  private ComputeDevice device;

  @Option(
      names = "--exif-orientation",
      descriptionKey = "dn2.exif-orientation",
      paramLabel = "WHAT",
      description = "${COMPLETION-CANDIDATES} a camera's rotation mark. Default: ${DEFAULT-VALUE}.")
  private ExifOrientation orientation;

  @Option(
      names = "--sample-bits",
      descriptionKey = "dn2.sample-bits",
      paramLabel = "BITS",
      description =
          "How many bits samples use in files that have 16 for each: 8 to 16, such as 12 for a"
              + " camera of 12 bits, or auto for what each file says, and 16 where it says nothing."
              + " Default: ${DEFAULT-VALUE}.")
  private String sampleBits;

  EmbedJob.Settings settings(SparkSession spark, String input, Destination output) {
    return new EmbedJob.Settings(
        imageOptions.of(input),
        BackboneFolder.named(model, viewOptions.views(), spark),
        new EmbeddingSettings(
            batchSize, device, DecodeLimits.DEFAULT, orientation, SampleBits.named(sampleBits)),
        imageOptions.maxRejectFraction(),
        output);
  }
}
