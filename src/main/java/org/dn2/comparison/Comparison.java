package org.dn2.comparison;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import org.dn2.evaluation.PairedCurves;
import org.dn2.features.FeatureMap;
import org.dn2.neighbors.Distance;
import org.dn2.score.AnomalyScore;
import org.dn2.search.SearchPlan;
import org.dn2.table.UserDataException;

/**
 * Methods on the same labeled images: a {@link Search} for each set of embeddings, feature map and
 * distance, of which all k are read off. A search takes minutes on many images, so the caller runs
 * one after the other and hands all scores back.
 */
public final class Comparison {
  private final List<String> normalLabels;
  private final MethodGrid methods;
  private final List<String> labelsInOrder;
  private final List<JudgedImages> all;

  private Comparison(
      List<String> normalLabels,
      MethodGrid methods,
      Collection<String> labelsInOrder,
      List<JudgedImages> all) {
    this.normalLabels = List.copyOf(normalLabels);
    this.methods = methods;
    this.labelsInOrder = List.copyOf(labelsInOrder);
    this.all = List.copyOf(all);
  }

  /**
   * Checks all embeddings before any is searched.
   *
   * @param compared embeddings of the same labeled images, one or more
   * @param references the normal images to compare with, one for each of {@code compared}; empty to
   *     judge each image by the normal ones among the others
   * @param normalLabels the labels that count as normal; all others are anomalous
   * @throws UserDataException if images are not the same or have no labels, or no normal ones are
   *     there to judge by
   */
  public static Comparison of(
      List<NamedEmbeddings> compared,
      List<NamedEmbeddings> references,
      List<String> normalLabels,
      MethodGrid methods) {
    List<String> names = compared.stream().map(NamedEmbeddings::name).toList();
    List<JudgedImages> all = new ArrayList<>();
    LabeledImages first = null;
    for (int i = 0; i < compared.size(); i++) {
      NamedEmbeddings images = compared.get(i);
      LabeledImages labeled = LabeledImages.of(images);
      first = first == null ? labeled : first;
      labeled.requireSameAs(first, names);
      labeled.requireLabels(normalLabels);
      if (references.isEmpty()) {
        labeled.requireOthers(normalLabels, methods.mostNeighbors());
        all.add(JudgedImages.byEachOther(images, normalLabels));
      } else {
        all.add(JudgedImages.by(references.get(i), images, normalLabels));
      }
    }
    return new Comparison(normalLabels, methods, first.labels().values(), all);
  }

  /** What there is to search, in the order of the embeddings, maps and distances. */
  public List<Search> searches(SearchPlan plan) {
    List<Search> searches = new ArrayList<>();
    for (JudgedImages images : all) {
      for (FeatureMap map : methods.features()) {
        for (Distance distance : methods.distances(map)) {
          searches.add(new Search(images, map, distance, plan));
        }
      }
    }
    return searches;
  }

  /** One search of the comparison. */
  public final class Search {
    private final JudgedImages images;
    private final FeatureMap map;
    private final Distance distance;
    private final SearchPlan plan;

    private Search(JudgedImages images, FeatureMap map, Distance distance, SearchPlan plan) {
      this.images = images;
      this.map = map;
      this.distance = distance;
      this.plan = plan;
    }

    /** Searches, and brings the scores to the driver: a method for each k. */
    public List<ScoredMethod> run() {
      NamedEmbeddings from = images.images();
      Collection<double[]> nearest =
          images.nearest(map, distance, methods.mostNeighbors(), plan).values();
      List<ScoredMethod> scored = new ArrayList<>();
      for (int k : methods.neighbors()) {
        scored.add(
            new ScoredMethod(
                new ComparedMethod(from.name(), from.model().id(), map, distance, k),
                nearest.stream()
                    .mapToDouble(distances -> AnomalyScore.of(Arrays.copyOf(distances, k)))
                    .toArray()));
      }
      return scored;
    }

    /** The search in words. */
    @Override
    public String toString() {
      return "%s, features %s, %s".formatted(images.images().name(), map.id(), distance.id());
    }
  }

  /**
   * The result.
   *
   * @param scored of all searches, in their order
   */
  public ComparisonOfMethods of(List<ScoredMethod> scored) {
    PairedCurves curves =
        new PairedCurves(
            scored.stream().map(ScoredMethod::scores).toArray(double[][]::new),
            place -> !normalLabels.contains(labelsInOrder.get(place)));
    List<ComparedMethod> scoring = scored.stream().map(ScoredMethod::method).toList();
    FeatureMap suited = all.get(0).images().model().suitedFeatures();
    return ComparisonOfMethods.of(normalLabels, scoring, curves, methods.usual(suited, scoring));
  }
}
