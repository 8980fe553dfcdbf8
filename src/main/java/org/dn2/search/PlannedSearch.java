package org.dn2.search;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.dn2.table.EmbeddedImage;

/** A reference set laid out by one plan, until it is closed. */
interface PlannedSearch extends AutoCloseable {
  /** The images' nearest, lazily; rows of {@link NeighborSearch#NEIGHBORS}. */
  Dataset<Row> nearest(Dataset<EmbeddedImage> images, int k, SelfNeighbor selfNeighbor);

  @Override
  void close();
}
