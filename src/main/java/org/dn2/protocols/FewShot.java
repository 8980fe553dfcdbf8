package org.dn2.protocols;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.dn2.evaluation.RocAuc;

/**
 * Few training images of the normal class (figure 5): their number is the parameter.
 *
 * @param normal the normal class
 * @param sizes numbers of training images; those that the class does not have are left out
 * @param repeats random draws for each
 * @param k neighbors
 */
public record FewShot(String normal, List<Integer> sizes, int repeats, int k) implements Protocol {
  @Override
  public List<Measurement> measure(LabeledEmbeddings train, LabeledEmbeddings test) {
    LabeledEmbeddings all = train.of(normal);
    List<Measurement> measurements = new ArrayList<>();
    for (int size : sizes) {
      for (int repeat = 0; repeat < repeats && size <= all.size(); repeat++) {
        LabeledEmbeddings few = all.sample(size, new Random(1000L * size + repeat));
        double[] scores = Knn.scores(Knn.nearest(few.rows(), test.rows(), k), k);
        measurements.add(
            Measurement.of(
                "few-shot",
                normal,
                size,
                repeat,
                RocAuc.metrics(scores, place -> !test.labels()[place].equals(normal))));
      }
    }
    return measurements;
  }
}
