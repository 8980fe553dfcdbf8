package org.dn2.search;

import java.util.Arrays;
import org.dn2.neighbors.ExactNeighbors;
import org.dn2.neighbors.Neighbors;
import org.dn2.table.EmbeddedImage;
import org.dn2.table.UserDataException;

/** Searches a reference set, or a part of one, for images; not for several threads at once. */
final class ReferenceSearch {
  private final ReferenceSet reference;
  private final int k;
  private final SelfNeighbor selfNeighbor;
  private final ExactNeighbors neighbors;

  ReferenceSearch(ReferenceSet reference, int k, SelfNeighbor selfNeighbor) {
    this.reference = reference;
    this.k = k;
    this.selfNeighbor = selfNeighbor;
    this.neighbors = new ExactNeighbors(reference.rows());
  }

  /**
   * Each image's nearest, fewer than k where there are fewer.
   *
   * @param images some {@link ExactNeighbors#QUERY_BLOCK} of them
   */
  NearestImages[] nearest(EmbeddedImage[] images) {
    float[] queries = queries(images, reference.rows().dimension());
    int[] excluded = new int[images.length];
    for (int i = 0; i < images.length; i++) {
      excluded[i] = excludedRow(images[i]);
    }
    Neighbors[] found = neighbors.search(queries, images.length, k, excluded);
    NearestImages[] nearest = new NearestImages[images.length];
    for (int i = 0; i < nearest.length; i++) {
      nearest[i] = new NearestImages(reference.idsOf(found[i].rows()), found[i].distances());
    }
    return nearest;
  }

  /** The images' embeddings, {@code float[images][dimension]}. */
  static float[] queries(EmbeddedImage[] images, int dimension) {
    float[] queries = new float[images.length * dimension];
    for (int i = 0; i < images.length; i++) {
      float[] embedding = images[i].getEmbedding();
      if (embedding.length != dimension) {
        throw new UserDataException(
            "The embedding of %s has %d numbers, those of the detector have %d. Embed the images with the detector's model."
                .formatted(images[i].getImageId(), embedding.length, dimension));
      }
      System.arraycopy(embedding, 0, queries, i * dimension, dimension);
    }
    return queries;
  }

  private int excludedRow(EmbeddedImage image) {
    if (selfNeighbor == SelfNeighbor.COUNTS) {
      return ExactNeighbors.NONE_EXCLUDED;
    }
    int row = Arrays.binarySearch(reference.ids(), image.getImageId());
    return row < 0 ? ExactNeighbors.NONE_EXCLUDED : row;
  }
}
