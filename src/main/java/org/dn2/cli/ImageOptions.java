package org.dn2.cli;

import java.util.List;
import org.dn2.image.ImageInput;
import picocli.CommandLine.Option;

/** Which images of an input are meant; shared by the commands that can begin with images. */
final class ImageOptions {
  @Option(
      names = "--format",
      descriptionKey = "dn2-input.format",
      paramLabel = "FORMAT",
      description =
          "What the input is: ${COMPLETION-CANDIDATES}. A manifest is a CSV or Parquet file with the"
              + " column path and, as wanted, image_id, label, group_id, split, x, y, width, height."
              + " A table is Parquet with a binary column content, or a struct of bytes and"
              + " path. Default: ${DEFAULT-VALUE}.")
  private ImageInput.Format format;

  @Option(
      names = "--label-pattern",
      descriptionKey = "dn2-input.label-pattern",
      paramLabel = "REGEX",
      description =
          "Searched in the image's id (its path below the input); the first group is its label."
              + " '([^/]+)/[^/]+$$' takes the folder's name.")
  private String labelPattern;

  @Option(
      names = "--group-pattern",
      descriptionKey = "dn2-input.group-pattern",
      paramLabel = "REGEX",
      description = "The same for the image's group.")
  private String groupPattern;

  @Option(
      names = "--split",
      descriptionKey = "dn2-input.split",
      paramLabel = "NAME",
      description = "Only images of this split of a manifest or table.")
  private String split;

  @Option(
      names = "--label",
      descriptionKey = "dn2-input.labels",
      paramLabel = "LABEL",
      description = "Only images of this label; may be repeated.")
  private List<String> labels = List.of();

  @Option(
      names = "--glob",
      descriptionKey = "dn2-input.glob",
      paramLabel = "GLOB",
      description = "Only files whose name matches, in any letter case, such as '*.{jpg,png}'.")
  private String glob;

  @Option(
      names = "--manifest-root",
      descriptionKey = "dn2-input.manifest-root",
      paramLabel = "PATH",
      description = "Where a manifest's relative paths begin. Default: the manifest's folder.")
  private String manifestRoot;

  @Option(
      names = "--allow-root",
      descriptionKey = "dn2-input.allowed-roots",
      paramLabel = "FOLDER",
      description =
          "A folder below which a manifest may name files too; may be repeated. Files elsewhere than"
              + " there and below the manifest's own root are refused.")
  private List<String> allowedRoots = List.of();

  @Option(
      names = "--limit",
      descriptionKey = "dn2-input.limit",
      paramLabel = "N",
      description =
          "At most this many images, a choice that depends on their ids alone: for a first look."
              + " Default: all.")
  private Integer limit;

  @Option(
      names = "--max-reject-fraction",
      descriptionKey = "dn2.max-reject-fraction",
      paramLabel = "FRACTION",
      description =
          "More rejects than this fraction of the listed images, 0 to 1, fail the job."
              + " Default: ${DEFAULT-VALUE}.")
  private double maxRejectFraction;

  /** The images that are meant at a path. */
  ImageInput of(String path) {
    return new ImageInput(
        path,
        format,
        labelPattern,
        groupPattern,
        split,
        labels,
        glob,
        manifestRoot,
        allowedRoots,
        limit);
  }

  double maxRejectFraction() {
    return maxRejectFraction;
  }
}
