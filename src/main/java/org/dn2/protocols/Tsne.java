package org.dn2.protocols;

import java.util.Arrays;

/** Pictures of embeddings in the plane (van der Maaten and Hinton 2008; Barnes-Hut, 2014). */
public final class Tsne {
  private static final double PERPLEXITY = 30;
  private static final int ITERATIONS = 700;
  private static final int PRINCIPAL_COMPONENTS = 50;

  private Tsne() {}

  /**
   * Lays rows out in the plane so that near ones stay near; the same rows give the same picture.
   *
   * @param rows {@code float[count][dimension]}, some hundred
   * @return {@code double[count][2]}
   */
  public static double[][] plane(float[][] rows) {
    double[][] copies = new double[rows.length][];
    for (int i = 0; i < rows.length; i++) {
      float[] row = rows[i];
      copies[i] = new double[row.length];
      Arrays.setAll(copies[i], place -> row[place]);
    }
    de.javagl.tsne.Tsne tsne = new de.javagl.tsne.Tsne();
    tsne.setOutputDims(2);
    // The library asks for more than three times as many rows.
    tsne.setPerplexity(Math.min(PERPLEXITY, (rows.length - 2) / 3.0));
    tsne.setInitialDims(Math.min(PRINCIPAL_COMPONENTS, rows.length - 1));
    tsne.setMaxIterations(ITERATIONS);
    tsne.setRandomSeed(0);
    tsne.setMessageConsumer(message -> {});
    return tsne.run(copies);
  }
}
