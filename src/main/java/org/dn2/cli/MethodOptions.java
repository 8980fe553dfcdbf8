package org.dn2.cli;

import java.util.OptionalInt;
import org.dn2.cleaning.Cleaning;
import org.dn2.group.Pooling;
import org.dn2.neighbors.Distance;
import org.dn2.pipeline.FitJob;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What a score is made of, on the command line. */
final class MethodOptions {
  @Option(
      names = "--k",
      paramLabel = "N",
      defaultValue = "2",
      description = "Neighbors whose distances are averaged, 1 or more. Default: ${DEFAULT-VALUE}.")
  private int k;

  @Option(
      names = "--distance",
      paramLabel = "NAME",
      defaultValue = "squared_euclidean",
      description = "squared_euclidean, cosine or manhattan. Default: ${DEFAULT-VALUE}.")
  private String distance;

  @Option(
      names = "--clean",
      paramLabel = "FRACTION",
      defaultValue = "0",
      description =
          "Drop this fraction of the images first, those least like the others: for images that"
              + " are not known to be normal (the paper: 0.5). From 0 to below 1. Default:"
              + " ${DEFAULT-VALUE}.")
  private double clean;

  @Option(
      names = "--centers",
      paramLabel = "C",
      description =
          "Keep the centers of this many k-means clusters instead of the images. Default: keep the"
              + " images.")
  private Integer centers;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "0",
      description = "Of the clustering's random start. Default: ${DEFAULT-VALUE}.")
  private long seed;

  @Option(
      names = "--pool",
      paramLabel = "HOW",
      description =
          "Score groups of images, by group_id, instead of images: mean, max or concatenate (by"
              + " image id; groups of one size). Default: score images.")
  private String pool;

  @Mixin private SearchOptions searchOptions;

  FitJob.Method method() {
    return new FitJob.Method(
        k,
        Distance.named(distance),
        pool == null ? null : Pooling.named(pool),
        new Cleaning(clean),
        centers == null ? OptionalInt.empty() : OptionalInt.of(centers),
        seed,
        searchOptions.plan());
  }
}
