package org.dn2.protocols;

import java.io.Serializable;
import java.util.Arrays;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.TreeMap;
import org.dn2.evaluation.LabelMetrics;
import org.dn2.evaluation.RocAuc;

/**
 * Every class in turn as the normal one (unimodal), or as the anomaly (multimodal), from one
 * search: each test image's nearest within each class.
 */
public final class OneVsRest {
  private final String[] testLabels;
  private final NavigableMap<String, double[][]> nearestByClass;

  /**
   * One class's share of the search.
   *
   * @param label of the training images
   * @param nearest {@code double[test images][k]}, squared distances, ascending
   */
  public record ClassNearest(String label, double[][] nearest) implements Serializable {
    /** Searches the training images of one class for all test images. */
    public static ClassNearest search(
        LabeledEmbeddings train, LabeledEmbeddings test, String label, int k) {
      return new ClassNearest(label, Knn.nearest(train.of(label).rows(), test.rows(), k));
    }
  }

  /**
   * @param testLabels {@code String[test images]}
   * @param classes the search's results, all classes of the training images
   */
  public OneVsRest(String[] testLabels, Iterable<ClassNearest> classes) {
    this.testLabels = testLabels;
    this.nearestByClass = new TreeMap<>();
    classes.forEach(found -> nearestByClass.put(found.label(), found.nearest()));
  }

  /** The classes of the training images. */
  public NavigableSet<String> classes() {
    return nearestByClass.navigableKeySet();
  }

  /** ROCAUC where the images of one class are normal and all others anomalous (section 4.1). */
  public LabelMetrics unimodal(String normal, int k) {
    return RocAuc.metrics(
        Knn.scores(nearestByClass.get(normal), k), place -> !testLabels[place].equals(normal));
  }

  /** ROCAUC where the images of one class are anomalous and all others normal (section 4.2). */
  public LabelMetrics multimodal(String anomalous, int k) {
    double[] scores = new double[testLabels.length];
    for (int i = 0; i < scores.length; i++) {
      scores[i] = scoreWithout(anomalous, i, k);
    }
    return RocAuc.metrics(scores, place -> testLabels[place].equals(anomalous));
  }

  private double scoreWithout(String anomalous, int image, int k) {
    double[] candidates =
        nearestByClass.entrySet().stream()
            .filter(entry -> !entry.getKey().equals(anomalous))
            .map(Map.Entry::getValue)
            .flatMapToDouble(nearest -> Arrays.stream(nearest[image]).limit(k))
            .sorted()
            .limit(k)
            .toArray();
    return Arrays.stream(candidates).average().orElseThrow();
  }
}
