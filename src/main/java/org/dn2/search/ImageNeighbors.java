package org.dn2.search;

import java.io.Serializable;
import org.dn2.table.EmbeddedImage;

/**
 * What an image found in some lists.
 *
 * @param image without its embedding
 */
record ImageNeighbors(EmbeddedImage image, NearestImages nearest) implements Serializable {
  static ImageNeighbors merge(ImageNeighbors a, ImageNeighbors b, int k) {
    return new ImageNeighbors(a.image, NearestImages.merge(a.nearest, b.nearest, k));
  }
}
