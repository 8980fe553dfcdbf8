package org.dn2.cli;

import java.util.OptionalInt;
import org.dn2.features.FeatureChoice;
import org.dn2.features.FeatureMap;
import org.dn2.features.WhiteningFit;
import org.dn2.fit.Cleaning;
import org.dn2.fit.FitMethod;
import org.dn2.group.Pooling;
import org.dn2.neighbors.Distance;
import org.dn2.table.UserDataException;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What a score is made of, on the command line. */
final class MethodOptions {
  private static final String WHITEN_RIDGE = "--whiten-ridge";

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--k",
      descriptionKey = "dn2.fit.k",
      paramLabel = "N",
      description = "Neighbors whose distances are averaged, 1 or more. Default: ${DEFAULT-VALUE}.")
  private int k;

  @Option(
      names = "--distance",
      descriptionKey = "dn2.fit.distance",
      paramLabel = "NAME",
      description = "squared_euclidean, cosine or manhattan. Default: ${DEFAULT-VALUE}.")
  private String distance;

  @Option(
      names = "--features",
      descriptionKey = "dn2.fit.features",
      paramLabel = "MAP",
      description =
          "What each image's embedding becomes first: none (the paper's own), l2 (unit length), root"
              + " (square root), root-l2 or log-l2 (root or logarithm, then unit length). Default: what"
              + " the backbone's model.json names, log-l2 for the one of dn2 model fetch.")
  private String features;

  @Option(
      names = "--whiten",
      descriptionKey = "dn2.fit.whiten",
      paramLabel = "D",
      description =
          "Then whiten to this many principal directions, learned from all images of the fit; there must"
              + " be twice as many images, and it helps with thousands. Default: do not whiten.")
  private Integer whiten;

  @Option(
      names = WHITEN_RIDGE,
      descriptionKey = "dn2.fit.whiten-ridge",
      paramLabel = "FRACTION",
      description =
          "Added to each direction's variance, as a fraction of the largest; above 0, at most 1."
              + " Default: ${DEFAULT-VALUE}.")
  private double ridge;

  @Option(
      names = "--clean",
      descriptionKey = "dn2.fit.clean",
      paramLabel = "FRACTION",
      description =
          "Drop this fraction of the images first, those least like the others: for images that"
              + " are not known to be normal (the paper: 0.5). From 0 to below 1. Default:"
              + " ${DEFAULT-VALUE}.")
  private double clean;

  @Option(
      names = "--clean-k",
      descriptionKey = "dn2.fit.clean-k",
      paramLabel = "N",
      description =
          "Neighbors that tell how unlike the others an image is; 2 is the paper's. Default: a tenth of"
              + " the images, at most 500 and fewer in sets of more than 20,000, but at least --k.")
  private Integer cleanNeighbors;

  @Option(
      names = "--clean-rounds",
      descriptionKey = "dn2.fit.clean-rounds",
      paramLabel = "ROUNDS",
      description =
          "once, or until-settled: clean again by what was kept until the same images are kept, in at"
              + " most 10 rounds. Pays where anomalies are many. Default: ${DEFAULT-VALUE}.")
  private String cleanRounds;

  @Option(
      names = "--centers",
      descriptionKey = "dn2.fit.centers",
      paramLabel = "C",
      description =
          "Keep the centers of this many k-means clusters instead of the images. Default: keep the"
              + " images.")
  private Integer centers;

  @Option(
      names = "--seed",
      descriptionKey = "dn2.fit.seed",
      paramLabel = "N",
      description = "Of the clustering's random start. Default: ${DEFAULT-VALUE}.")
  private long seed;

  @Option(
      names = "--pool",
      descriptionKey = "dn2.fit.pool",
      paramLabel = "HOW",
      description =
          "Score groups of images, by group_id, instead of images: mean, max or concatenate (by"
              + " image id; groups of one size). Default: score images.")
  private String pool;

  @Mixin private SearchOptions searchOptions;

  FitMethod method() {
    return new FitMethod(
        k,
        UsageException.named("--distance", distance, Distance::named),
        new FeatureChoice(
            UsageException.named("--features", features, FeatureMap::named), whitening()),
        UsageException.named("--pool", pool, Pooling::named),
        new Cleaning(
            clean,
            cleanNeighbors,
            UsageException.named("--clean-rounds", cleanRounds, Cleaning.Rounds::named)),
        centers == null ? OptionalInt.empty() : OptionalInt.of(centers),
        seed,
        searchOptions.plan());
  }

  private WhiteningFit whitening() {
    if (whiten == null) {
      if (command.commandLine().getParseResult().hasMatchedOption(WHITEN_RIDGE)) {
        throw new UserDataException(WHITEN_RIDGE + " has no effect without --whiten.");
      }
      return null;
    }
    return new WhiteningFit(whiten, ridge);
  }
}
