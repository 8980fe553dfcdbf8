package org.dn2.cli;

import java.util.List;
import org.dn2.features.FeatureMap;
import org.dn2.image.Interpolation;
import org.dn2.image.ResizeMode;
import org.dn2.model.BackboneImport;
import org.dn2.model.Preprocessing;
import org.dn2.table.UserDataException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** How images are brought into an imported network. */
final class PreprocessingOptions {
  private static final int LARGEST_SIDE = 4096;

  @Option(
      names = "--input-size",
      paramLabel = "PIXELS",
      description = "Side of the square that enters the network. Default: 224.")
  private Integer inputSize;

  @Option(
      names = "--resize",
      paramLabel = "PIXELS",
      description =
          "The size from whose center the square is cut. Default: 256, or --input-size where that is"
              + " larger.")
  private Integer resize;

  @Option(
      names = "--resize-mode",
      paramLabel = "MODE",
      converter = ModeConverter.class,
      description =
          "exact: both sides to that size, as the paper does; short-side: the shorter one, as"
              + " torchvision's and timm's own preprocessing does. Default: exact.")
  private ResizeMode resizeMode;

  @Option(
      names = "--interpolation",
      paramLabel = "FILTER",
      description = "${COMPLETION-CANDIDATES}, as Pillow has it. Default: BILINEAR.")
  private Interpolation interpolation;

  @Option(
      names = "--mean",
      split = ",",
      paramLabel = "R,G,B",
      description =
          "Subtracted from each channel, in units of 0 to 1. Default: 0.485,0.456,0.406, torchvision's.")
  private List<Double> mean;

  @Option(
      names = "--std",
      split = ",",
      paramLabel = "R,G,B",
      description =
          "Each channel is then divided by it, in units of 0 to 1. Default: 0.229,0.224,0.225,"
              + " torchvision's.")
  private List<Double> standardDeviation;

  @Option(
      names = "--features",
      paramLabel = "MAP",
      description =
          "The map that suits its embeddings, which dn2 fit then takes by itself; dn2 compare measures"
              + " which one does. Default: none.")
  private String features;

  /** Names with a hyphen, which enum constants cannot have. */
  static final class ModeConverter implements picocli.CommandLine.ITypeConverter<ResizeMode> {
    @Override
    public ResizeMode convert(String name) {
      return switch (name.toLowerCase(java.util.Locale.ROOT).replace('_', '-')) {
        case "exact" -> ResizeMode.EXACT;
        case "short-side" -> ResizeMode.SHORT_SIDE;
        default ->
            throw new picocli.CommandLine.TypeConversionException(
                "'%s' is not one of exact, short-side".formatted(name));
      };
    }
  }

  BackboneImport.Custom custom() {
    Preprocessing usual = Preprocessing.TORCHVISION;
    int side = inputSize == null ? usual.inputSize() : requireSide("--input-size", inputSize);
    int resized =
        resize == null ? Math.max(usual.resizeSize(), side) : requireSide("--resize", resize);
    if (resized < side) {
      throw new UserDataException(
          "--resize is %d, less than the %d of --input-size. Give as much or more."
              .formatted(resized, side));
    }
    return new BackboneImport.Custom(
        new Preprocessing(
            resizeMode == null ? usual.resizeMode() : resizeMode,
            resized,
            side,
            interpolation == null ? usual.interpolation() : interpolation,
            mean == null ? usual.mean() : levels("--mean", mean),
            standardDeviation == null
                ? usual.standardDeviation()
                : requirePositive(levels("--std", standardDeviation))),
        features == null
            ? FeatureMap.NONE
            : UsageException.named("--features", features, FeatureMap::named));
  }

  /** Refuses options for weights whose preprocessing is known. */
  void requireNone(CommandSpec spec) {
    if (inputSize != null
        || resize != null
        || resizeMode != null
        || interpolation != null
        || mean != null
        || standardDeviation != null
        || features != null) {
      throw new ParameterException(
          spec.commandLine(),
          "The preprocessing of --tfjs weights is known; leave its options out.");
    }
  }

  private static int requireSide(String option, int pixels) {
    if (pixels < 1 || pixels > LARGEST_SIDE) {
      throw new UserDataException(
          "%s is %d; it must be from 1 to %d pixels.".formatted(option, pixels, LARGEST_SIDE));
    }
    return pixels;
  }

  /** From 0 to 1 into levels of 0 to 255, in which a description gives them. */
  private static List<Double> levels(String option, List<Double> channels) {
    if (channels.size() != 3) {
      throw new UserDataException(
          "%s has %d numbers; it needs three, for red, green and blue."
              .formatted(option, channels.size()));
    }
    for (double channel : channels) {
      if (!(channel >= -1 && channel <= 1)) {
        throw new UserDataException(
            "%s has %s; it is in units of 0 to 1, so divide by 255.".formatted(option, channel));
      }
    }
    return channels.stream().map(channel -> channel * 255).toList();
  }

  private static List<Double> requirePositive(List<Double> channels) {
    if (channels.stream().anyMatch(channel -> channel <= 0)) {
      throw new UserDataException("--std must be above 0 for each channel.");
    }
    return channels;
  }
}
