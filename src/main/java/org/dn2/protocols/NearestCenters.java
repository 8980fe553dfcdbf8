package org.dn2.protocols;

import java.util.List;
import org.dn2.evaluation.RocAuc;

/**
 * The normal class stood for by its k-means centers (section 5.1); their number is the parameter.
 *
 * @param normal the normal class
 * @param centers {@code float[C][dimension]}
 * @param k neighbors, at most C are taken
 */
public record NearestCenters(String normal, float[][] centers, int k) implements Protocol {
  @Override
  public List<Measurement> measure(LabeledEmbeddings train, LabeledEmbeddings test) {
    double[] scores = Knn.scores(Knn.nearest(centers, test.rows(), k), k);
    return List.of(
        Measurement.of(
            "DN2",
            normal,
            centers.length,
            0,
            RocAuc.metrics(scores, place -> !test.labels()[place].equals(normal))));
  }
}
