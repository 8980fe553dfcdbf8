package org.dn2.reproduction;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.dn2.protocols.LabeledEmbeddings;
import org.dn2.protocols.Tsne;
import org.dn2.report.Reproduced;

/** Test embeddings in the plane (figure 6). */
final class TsnePlane {
  private static final int POINTS_OF_A_KIND = 300;
  private static final double PLACES = 100;

  private TsnePlane() {}

  /** Embeddings of a normal class and of all others, some hundred each. */
  static Reproduced.Plane of(String dataset, String normal, LabeledEmbeddings test) {
    LabeledEmbeddings ofNormal = test.of(normal).sample(POINTS_OF_A_KIND, new Random(1));
    LabeledEmbeddings others = test.allBut(normal).sample(POINTS_OF_A_KIND, new Random(2));
    List<double[]> points =
        Arrays.stream(Tsne.plane(ofNormal.and(others).rows())).map(TsnePlane::rounded).toList();
    return new Reproduced.Plane(
        dataset,
        normal,
        points.subList(0, ofNormal.size()),
        points.subList(ofNormal.size(), points.size()));
  }

  /** No eye sees more, and the page stays small. */
  private static double[] rounded(double[] point) {
    return Arrays.stream(point).map(x -> Math.rint(x * PLACES) / PLACES).toArray();
  }
}
