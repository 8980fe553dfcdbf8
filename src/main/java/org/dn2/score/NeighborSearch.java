package org.dn2.score;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.dn2.table.EmbeddedImage;

/** A reference set laid out for a search, until it is closed. */
interface NeighborSearch extends AutoCloseable {
  /**
   * The images' scores, lazily; columns of {@link ScoredRow#SCHEMA}.
   *
   * @param calibration for the p-values
   */
  Dataset<Row> score(
      Dataset<EmbeddedImage> images, Calibration calibration, int k, SelfNeighbor selfNeighbor);

  @Override
  void close();
}
