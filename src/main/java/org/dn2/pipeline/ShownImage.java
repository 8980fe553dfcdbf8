package org.dn2.pipeline;

import java.io.Serializable;
import org.dn2.table.ContentPlace;
import org.dn2.table.Crop;

/**
 * Where the pixels of an image on a page come from.
 *
 * @param path of its file; a name at most where there is a place
 * @param place of its bytes in a table, null where they are a file's
 * @param crop the part that is meant, null for all of it
 */
record ShownImage(String path, ContentPlace place, Crop crop) implements Serializable {
  /** For messages. */
  String inWords() {
    return place == null ? path : "row %d of %s".formatted(place.row(), place.file());
  }
}
