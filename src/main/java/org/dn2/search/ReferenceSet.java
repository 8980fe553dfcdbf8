package org.dn2.search;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import org.dn2.neighbors.Distance;
import org.dn2.neighbors.ReferenceRows;
import org.dn2.table.EmbeddedImage;
import org.dn2.table.UserDataException;

/**
 * Reference embeddings with their ids, in ascending order of id, so that a tie between rows is a
 * tie between ids.
 *
 * @param ids {@code String[rows]}, ascending, no two alike
 * @param rows {@code float[rows][dimension]}
 */
record ReferenceSet(String[] ids, ReferenceRows rows) implements Serializable {

  /**
   * Takes images in, in any order.
   *
   * @throws UserDataException if an id occurs twice or an embedding has another dimension
   */
  static ReferenceSet of(Iterator<EmbeddedImage> images, int dimension, Distance distance) {
    List<EmbeddedImage> sorted = new ArrayList<>();
    images.forEachRemaining(sorted::add);
    sorted.sort(Comparator.comparing(EmbeddedImage::getImageId));
    String[] ids = new String[sorted.size()];
    ReferenceRows.Builder rows = ReferenceRows.builder(dimension, distance);
    for (int i = 0; i < ids.length; i++) {
      // The list lets go of each image, so that its numbers are not held twice.
      EmbeddedImage image = sorted.set(i, null);
      ids[i] = image.getImageId();
      if (i > 0 && ids[i].equals(ids[i - 1])) {
        throw new UserDataException("The reference set has two images with the id " + ids[i] + ".");
      }
      rows.add(image.getEmbedding());
    }
    return new ReferenceSet(ids, rows.build());
  }

  String[] idsOf(int[] rowNumbers) {
    String[] found = new String[rowNumbers.length];
    for (int i = 0; i < found.length; i++) {
      found[i] = ids[rowNumbers[i]];
    }
    return found;
  }
}
