package org.dn2.score;

import java.io.Serializable;
import java.util.ArrayList;
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
   * Takes the images in.
   *
   * @param images in ascending order of id
   * @throws UserDataException if an id occurs twice or an embedding has another dimension
   */
  static ReferenceSet of(Iterator<EmbeddedImage> images, int dimension, Distance distance) {
    List<String> ids = new ArrayList<>();
    ReferenceRows.Builder rows = ReferenceRows.builder(dimension, distance);
    while (images.hasNext()) {
      EmbeddedImage image = images.next();
      if (!ids.isEmpty() && ids.get(ids.size() - 1).equals(image.getImageId())) {
        throw new UserDataException(
            "The reference set has two images with the id " + image.getImageId() + ".");
      }
      ids.add(image.getImageId());
      rows.add(image.getEmbedding());
    }
    return new ReferenceSet(ids.toArray(String[]::new), rows.build());
  }

  String[] idsOf(int[] rowNumbers) {
    String[] found = new String[rowNumbers.length];
    for (int i = 0; i < found.length; i++) {
      found[i] = ids[rowNumbers[i]];
    }
    return found;
  }
}
