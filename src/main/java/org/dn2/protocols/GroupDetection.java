package org.dn2.protocols;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.dn2.evaluation.RocAuc;
import org.dn2.group.Pooling;

/**
 * Finds sets of images that are put together unlike the normal ones (figure 4). A normal set has
 * one image of each of M classes, in random order; an anomalous set has M images of the same
 * classes, drawn at random, so that some class is there twice. M is the parameter.
 *
 * @param classes the M classes
 * @param trainingSets normal sets to compare with
 * @param testSets normal sets to score, and as many anomalous ones
 * @param repeat which random draw
 * @param k neighbors
 */
public record GroupDetection(
    List<String> classes, int trainingSets, int testSets, int repeat, int k) implements Protocol {
  @Override
  public List<Measurement> measure(LabeledEmbeddings train, LabeledEmbeddings test) {
    Random random = new Random(31L * classes.size() + repeat);
    Map<String, float[][]> trainRows = rowsByClass(train);
    Map<String, float[][]> testRows = rowsByClass(test);
    List<List<float[]>> normal = new ArrayList<>();
    for (int i = 0; i < trainingSets; i++) {
      normal.add(oneOfEach(trainRows, random));
    }
    List<List<float[]>> scored = new ArrayList<>();
    for (int i = 0; i < testSets; i++) {
      scored.add(oneOfEach(testRows, random));
    }
    for (int i = 0; i < testSets; i++) {
      scored.add(notOneOfEach(testRows, random));
    }
    List<Measurement> measurements = new ArrayList<>();
    for (Pooling pooling : Pooling.values()) {
      double[] scores =
          Knn.scores(Knn.nearest(pooled(normal, pooling), pooled(scored, pooling), k), k);
      measurements.add(
          new Measurement(
              pooling.id(),
              "one of each class",
              classes.size(),
              repeat,
              RocAuc.of(scores, place -> place >= testSets)));
    }
    return measurements;
  }

  private Map<String, float[][]> rowsByClass(LabeledEmbeddings images) {
    Map<String, float[][]> rows = new TreeMap<>();
    classes.forEach(label -> rows.put(label, images.of(label).rows()));
    return rows;
  }

  private List<float[]> oneOfEach(Map<String, float[][]> rows, Random random) {
    List<String> order = new ArrayList<>(classes);
    Collections.shuffle(order, random);
    return order.stream().map(label -> any(rows.get(label), random)).toList();
  }

  private List<float[]> notOneOfEach(Map<String, float[][]> rows, Random random) {
    List<String> drawn = new ArrayList<>();
    do {
      drawn.clear();
      for (int i = 0; i < classes.size(); i++) {
        drawn.add(classes.get(random.nextInt(classes.size())));
      }
    } while (new HashSet<>(drawn).size() == classes.size());
    return drawn.stream().map(label -> any(rows.get(label), random)).toList();
  }

  private static float[] any(float[][] rows, Random random) {
    return rows[random.nextInt(rows.length)];
  }

  private static float[][] pooled(List<List<float[]>> sets, Pooling pooling) {
    return sets.stream().map(pooling::pool).toArray(float[][]::new);
  }
}
