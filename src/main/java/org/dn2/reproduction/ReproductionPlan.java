package org.dn2.reproduction;

import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.dn2.embedding.ModelSpec;
import org.dn2.features.FeatureMap;
import org.dn2.table.UserDataException;

/**
 * What is measured on each dataset.
 *
 * @param backbones the first takes part in every experiment, the others in the unimodal one
 * @param features maps of the embeddings, the first one's figures being compared with the paper's;
 *     empty for the map that a backbone's description names and the paper's own form
 * @param trainPerClass training images of a class at most, 0 for all
 */
public record ReproductionPlan(
    Set<Experiment> experiments,
    List<ModelSpec> backbones,
    List<FeatureMap> features,
    int trainPerClass) {
  public ReproductionPlan {
    if (trainPerClass < 0) {
      throw new UserDataException(
          "The number of training images of a class is "
              + trainPerClass
              + "; it must be 0 or more.");
    }
    experiments = Set.copyOf(experiments);
    backbones = List.copyOf(backbones);
    features = features.stream().distinct().toList();
  }

  /** The experiments that a backbone takes part in, in the order of {@link Experiment}. */
  public Set<Experiment> experimentsOf(ModelSpec backbone) {
    Set<Experiment> wanted = EnumSet.copyOf(experiments);
    if (!backbone.equals(backbones.get(0))) {
      wanted.retainAll(EnumSet.of(Experiment.UNIMODAL));
    }
    return wanted;
  }

  /** The forms that a backbone's embeddings take, one or more. */
  public List<FeatureMap> featuresOf(ModelSpec backbone) {
    return features.isEmpty()
        ? Stream.of(backbone.suitedFeatures(), FeatureMap.NONE).distinct().toList()
        : features;
  }

  boolean isSubset() {
    return trainPerClass > 0;
  }

  /** What a reader of the report must know of how it came about, a line each, and today's date. */
  public List<String> facts() {
    List<String> facts = new ArrayList<>();
    facts.add("Date: " + LocalDate.now(ZoneOffset.UTC));
    for (ModelSpec backbone : backbones) {
      facts.add(
          "Backbone: %s (%s), %d numbers an image; features: %s"
              .formatted(
                  backbone.id(),
                  backbone.source(),
                  backbone.dimension(),
                  featuresOf(backbone).stream()
                      .map(FeatureMap::id)
                      .collect(Collectors.joining(", "))));
    }
    facts.add(
        "Features: what each image's embedding becomes before distances; none is the paper's own"
            + " form");
    facts.add(
        "Score: mean squared Euclidean distance to the 2 nearest, where nothing else is said");
    facts.add(
        "Published figures are the paper's (arXiv 2002.10445), by other backbones: they are there"
            + " to compare with, not measured here");
    if (isSubset()) {
      facts.add("SUBSET: at most %,d training images of each class".formatted(trainPerClass));
    }
    return facts;
  }
}
