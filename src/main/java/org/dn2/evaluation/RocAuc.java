package org.dn2.evaluation;

import java.util.Arrays;
import java.util.Comparator;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.dn2.table.UserDataException;

/** The area under the ROC curve of scores in memory. */
public final class RocAuc {
  private RocAuc() {}

  /**
   * The probability that an anomalous image scores higher than a normal one, a tie counting one
   * half.
   *
   * @param scores {@code double[images]}
   * @param anomalous whether the image at a place is anomalous
   * @return 0 to 1, higher is better
   * @throws UserDataException if all images are of one kind
   */
  public static double of(double[] scores, IntPredicate anomalous) {
    return metrics(scores, anomalous).rocAuc();
  }

  /**
   * The same with its interval.
   *
   * @param scores {@code double[images]}
   * @param anomalous whether the image at a place is anomalous
   * @throws UserDataException if all images are of one kind
   */
  public static LabelMetrics metrics(double[] scores, IntPredicate anomalous) {
    int[] order =
        IntStream.range(0, scores.length)
            .boxed()
            .sorted(Comparator.comparingDouble((Integer place) -> -scores[place]))
            .mapToInt(Integer::intValue)
            .toArray();
    long positives = Arrays.stream(order).filter(anomalous).count();
    long negatives = scores.length - positives;
    if (positives == 0 || negatives == 0) {
      throw new UserDataException(
          "ROCAUC needs normal and anomalous images; there are %d and %d."
              .formatted(negatives, positives));
    }
    RankStatistics statistics = new RankStatistics(positives, negatives, 0, 0);
    for (int first = 0; first < order.length; ) {
      int end = first;
      long runPositives = 0;
      while (end < order.length && scores[order[end]] == scores[order[first]]) {
        runPositives += anomalous.test(order[end++]) ? 1 : 0;
      }
      statistics.add(runPositives, end - first - runPositives);
      first = end;
    }
    return statistics.metrics(null);
  }
}
