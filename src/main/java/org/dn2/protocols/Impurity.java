package org.dn2.protocols;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.dn2.evaluation.RocAuc;
import org.dn2.fit.Cleaner;
import org.dn2.fit.Cleaning;

/**
 * Anomalies among the training images (figure 5): their fraction is the parameter. Each fraction is
 * measured with the cleaning stage (section 3.2) in some ways and without.
 *
 * @param normal the normal class
 * @param fractions of the training images that are of other classes, 0 to below 1
 * @param cleanings what is dropped, in the order of the measurements
 * @param k neighbors
 */
public record Impurity(String normal, List<Double> fractions, List<Cleaning> cleanings, int k)
    implements Protocol {
  @Override
  public List<Measurement> measure(LabeledEmbeddings train, LabeledEmbeddings test) {
    List<Measurement> measurements = new ArrayList<>();
    for (double fraction : fractions) {
      LabeledEmbeddings impure = contaminated(train, fraction);
      measurements.add(measurement("not cleaned", fraction, impure, test));
      for (Cleaning cleaning : cleanings) {
        measurements.add(measurement(inWords(cleaning), fraction, cleaned(impure, cleaning), test));
      }
    }
    return measurements;
  }

  private static String inWords(Cleaning cleaning) {
    return "cleaned by "
        + (cleaning.neighbors() == null ? "a tenth" : Integer.toString(cleaning.neighbors()))
        + (cleaning.rounds() == Cleaning.Rounds.UNTIL_SETTLED ? " until settled" : "");
  }

  /** All images of the normal class and so many others that these are the given fraction. */
  private LabeledEmbeddings contaminated(LabeledEmbeddings train, double fraction) {
    LabeledEmbeddings pure = train.of(normal);
    int others = (int) Math.round(pure.size() * fraction / (1 - fraction));
    return pure.and(train.allBut(normal).sample(others, new Random(Double.hashCode(fraction))));
  }

  private LabeledEmbeddings cleaned(LabeledEmbeddings images, Cleaning cleaning) {
    int neighbors = cleaning.neighborsFor(images.size(), k);
    int[] everything = IntStream.range(0, images.size()).toArray();
    int[] kept = kept(images, everything, neighbors, cleaning);
    if (cleaning.rounds() == Cleaning.Rounds.UNTIL_SETTLED) {
      boolean isSettled = false;
      for (int round = 1; !isSettled && round < Cleaner.MOST_ROUNDS; round++) {
        int[] next =
            kept(images, kept, Math.max(1, Math.min(neighbors, kept.length - 1)), cleaning);
        isSettled = Arrays.equals(next, kept);
        kept = next;
      }
    }
    return images.at(kept);
  }

  /**
   * The places without those of the largest scores by some of the images; at the same score, by id.
   */
  private static int[] kept(
      LabeledEmbeddings images, int[] judges, int neighbors, Cleaning cleaning) {
    double[] scores = Knn.scoresWithoutItself(images.rows(), judges, neighbors);
    return IntStream.range(0, images.size())
        .boxed()
        .sorted(
            Comparator.comparingDouble((Integer place) -> -scores[place])
                .thenComparing(place -> images.ids()[place]))
        .skip(cleaning.droppedOf(images.size()))
        .mapToInt(Integer::intValue)
        .sorted()
        .toArray();
  }

  private Measurement measurement(
      String setting, double fraction, LabeledEmbeddings reference, LabeledEmbeddings test) {
    double[] scores = Knn.scores(Knn.nearest(reference.rows(), test.rows(), k), k);
    return Measurement.of(
        setting,
        normal,
        fraction,
        0,
        RocAuc.metrics(scores, place -> !test.labels()[place].equals(normal)));
  }
}
