package org.dn2.fit;

import java.util.OptionalInt;
import org.dn2.features.FeatureChoice;
import org.dn2.group.Pooling;
import org.dn2.neighbors.Distance;
import org.dn2.search.SearchPlan;
import org.dn2.table.UserDataException;

/**
 * What a score is made of.
 *
 * @param k neighbors, 1 or more; at most as many as there are centers
 * @param distance of features
 * @param features what each image's embedding becomes before all else
 * @param pooling of groups of images, or null to score images
 * @param cleaning of the images or groups; a fraction of 0 drops nothing
 * @param centers that stand for the images, or empty to keep the images
 * @param seed of the clustering
 * @param search how the reference set is searched
 */
public record FitMethod(
    int k,
    Distance distance,
    FeatureChoice features,
    Pooling pooling,
    Cleaning cleaning,
    OptionalInt centers,
    long seed,
    SearchPlan search) {
  /** The paper's own, for single images that are all normal. */
  public static final FitMethod PAPER =
      new FitMethod(
          2,
          Distance.SQUARED_EUCLIDEAN,
          FeatureChoice.PAPER,
          null,
          Cleaning.NONE,
          OptionalInt.empty(),
          0,
          SearchPlan.AUTO);

  public FitMethod {
    if (k < 1) {
      throw new UserDataException("k is " + k + "; it must be 1 or more.");
    }
    if (centers.isPresent() && distance == Distance.MANHATTAN) {
      throw new UserDataException(
          "k-means has no centers for the Manhattan distance. Give no centers, or take"
              + " squared_euclidean or cosine.");
    }
  }

  /**
   * The same for a part of the images: no more centers, and no more neighbors that clean, than that
   * part allows.
   *
   * @param rows how many there are in the part, before cleaning
   */
  FitMethod forPart(long rows) {
    Cleaning fewer =
        cleaning.neighbors() == null
            ? cleaning
            : new Cleaning(
                cleaning.fraction(),
                (int) Math.max(1, Math.min(cleaning.neighbors(), rows - 1)),
                cleaning.rounds());
    OptionalInt atMost =
        centers.isEmpty()
            ? centers
            : OptionalInt.of((int) Math.min(centers.getAsInt(), rows - cleaning.droppedOf(rows)));
    return new FitMethod(k, distance, features, pooling, fewer, atMost, seed, search);
  }

  /** The same with another k. */
  public FitMethod withK(int otherK) {
    return new FitMethod(otherK, distance, features, pooling, cleaning, centers, seed, search);
  }

  /** The same on other features. */
  public FitMethod with(FeatureChoice otherFeatures) {
    return new FitMethod(k, distance, otherFeatures, pooling, cleaning, centers, seed, search);
  }
}
