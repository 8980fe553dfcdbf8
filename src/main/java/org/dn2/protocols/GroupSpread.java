package org.dn2.protocols;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.dn2.evaluation.RocAuc;
import org.dn2.group.Spread;

/**
 * Finds sets of mixed images among sets of one class each, by the trace of the covariance of their
 * embeddings and without any training images (section 4.5).
 *
 * @param size images in a set, 2 or more
 * @param sets normal sets, and as many anomalous ones
 * @param repeat which random draw
 */
public record GroupSpread(int size, int sets, int repeat) implements Protocol {
  @Override
  public List<Measurement> measure(LabeledEmbeddings train, LabeledEmbeddings test) {
    Random random = new Random(17L * size + repeat);
    List<LabeledEmbeddings> classes = test.labelSet().stream().map(test::of).toList();
    double[] scores = new double[2 * sets];
    for (int i = 0; i < sets; i++) {
      LabeledEmbeddings one = classes.get(random.nextInt(classes.size()));
      scores[i] = Spread.covarianceTrace(draw(one, random));
      scores[sets + i] = Spread.covarianceTrace(draw(test, random));
    }
    return List.of(
        new Measurement(
            "covariance trace",
            "sets of one class",
            size,
            repeat,
            RocAuc.of(scores, place -> place >= sets)));
  }

  private List<float[]> draw(LabeledEmbeddings images, Random random) {
    List<float[]> drawn = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      drawn.add(images.rows()[random.nextInt(images.size())]);
    }
    return drawn;
  }
}
