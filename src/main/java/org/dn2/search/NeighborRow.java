package org.dn2.search;

import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.dn2.table.EmbeddedImage;
import scala.collection.mutable.ArraySeq;

/** What a search says of one image. */
final class NeighborRow {
  private NeighborRow() {}

  /** A row of {@link NeighborSearch#NEIGHBORS}. */
  static Row of(EmbeddedImage image, NearestImages nearest) {
    // Sequences, as in the rows that Spark makes: it may pass this one on as it is.
    return RowFactory.create(
        image.getImageId(),
        image.getPath(),
        image.getLabel(),
        image.getGroupId(),
        ArraySeq.make(nearest.ids()),
        ArraySeq.make(nearest.distances()));
  }
}
