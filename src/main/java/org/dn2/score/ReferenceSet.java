package org.dn2.score;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.dn2.neighbors.ReferenceRows;
import org.dn2.table.UserDataException;

/**
 * The reference embeddings with their ids, in ascending order of id, so that a tie between rows is
 * a tie between ids.
 *
 * @param ids {@code String[rows]}, ascending, no two alike
 * @param rows {@code float[rows][dimension]}
 */
record ReferenceSet(String[] ids, ReferenceRows rows) implements Serializable {

  /**
   * Brings the reference embeddings to the driver, one partition at a time.
   *
   * @param reference columns image_id and embedding
   * @throws UserDataException if it is empty, an id occurs twice, or a row has another dimension
   */
  static ReferenceSet collect(Dataset<Row> reference, int dimension) {
    List<String> ids = new ArrayList<>();
    ReferenceRows.Builder rows = ReferenceRows.builder(dimension);
    Iterator<EmbeddedImage> images = Scorer.images(reference).orderBy("imageId").toLocalIterator();
    while (images.hasNext()) {
      EmbeddedImage image = images.next();
      if (!ids.isEmpty() && ids.get(ids.size() - 1).equals(image.getImageId())) {
        throw new UserDataException(
            "The reference set has two images with the id " + image.getImageId() + ".");
      }
      ids.add(image.getImageId());
      rows.add(image.getEmbedding());
    }
    if (ids.isEmpty()) {
      throw new UserDataException("The reference set has no image.");
    }
    return new ReferenceSet(ids.toArray(String[]::new), rows.build());
  }
}
