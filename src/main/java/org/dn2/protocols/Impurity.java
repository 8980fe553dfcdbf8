package org.dn2.protocols;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.dn2.cleaning.Cleaning;
import org.dn2.evaluation.RocAuc;

/**
 * Anomalies among the training images (figure 5): their fraction is the parameter. Each fraction is
 * measured with the cleaning stage (section 3.2) and without.
 *
 * @param normal the normal class
 * @param fractions of the training images that are of other classes, 0 to below 1
 * @param cleaning what is dropped
 * @param k neighbors
 */
public record Impurity(String normal, List<Double> fractions, Cleaning cleaning, int k)
    implements Protocol {
  @Override
  public List<Measurement> measure(LabeledEmbeddings train, LabeledEmbeddings test) {
    List<Measurement> measurements = new ArrayList<>();
    for (double fraction : fractions) {
      LabeledEmbeddings impure = contaminated(train, fraction);
      measurements.add(measurement("not cleaned", fraction, impure, test));
      measurements.add(measurement("cleaned", fraction, cleaned(impure), test));
    }
    return measurements;
  }

  /** All images of the normal class and so many others that these are the given fraction. */
  private LabeledEmbeddings contaminated(LabeledEmbeddings train, double fraction) {
    LabeledEmbeddings pure = train.of(normal);
    int others = (int) Math.round(pure.size() * fraction / (1 - fraction));
    return pure.and(train.allBut(normal).sample(others, new Random(Double.hashCode(fraction))));
  }

  /** Without the images with the largest leave-one-out scores; at the same score, by id. */
  private LabeledEmbeddings cleaned(LabeledEmbeddings images) {
    double[] scores = Knn.leaveOneOut(images.rows(), k);
    return images.at(
        IntStream.range(0, images.size())
            .boxed()
            .sorted(
                Comparator.comparingDouble((Integer place) -> -scores[place])
                    .thenComparing(place -> images.ids()[place]))
            .skip(cleaning.droppedOf(images.size()))
            .mapToInt(Integer::intValue)
            .sorted()
            .toArray());
  }

  private Measurement measurement(
      String setting, double fraction, LabeledEmbeddings reference, LabeledEmbeddings test) {
    double[] scores = Knn.scores(Knn.nearest(reference.rows(), test.rows(), k), k);
    return new Measurement(
        setting,
        normal,
        fraction,
        0,
        RocAuc.of(scores, place -> !test.labels()[place].equals(normal)));
  }
}
