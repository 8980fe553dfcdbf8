package org.dn2.search;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.dn2.neighbors.Distance;
import org.dn2.neighbors.ExactNeighbors;
import org.dn2.table.EmbeddedImage;

/** Every executor holds the whole reference set; no image is moved. */
final class BroadcastSearch implements PlannedSearch {
  private final Broadcast<ReferenceSet> reference;

  /** Brings the reference set to the driver, a partition at a time, and sends it out. */
  BroadcastSearch(Dataset<EmbeddedImage> images, int dimension, Distance distance) {
    ReferenceSet set = ReferenceSet.of(images.toLocalIterator(), dimension, distance);
    this.reference =
        JavaSparkContext.fromSparkContext(images.sparkSession().sparkContext()).broadcast(set);
  }

  @Override
  public Dataset<Row> nearest(Dataset<EmbeddedImage> images, int k, SelfNeighbor selfNeighbor) {
    return images.mapPartitions(
        new SearchPartition(reference, k, selfNeighbor), Encoders.row(NeighborSearch.NEIGHBORS));
  }

  @Override
  public void close() {
    reference.destroy();
  }

  /** What one task does: searches for a block of images at a time. */
  private static final class SearchPartition implements MapPartitionsFunction<EmbeddedImage, Row> {
    private static final long serialVersionUID = 1L;

    private final Broadcast<ReferenceSet> reference;
    private final int k;
    private final SelfNeighbor selfNeighbor;

    SearchPartition(Broadcast<ReferenceSet> reference, int k, SelfNeighbor selfNeighbor) {
      this.reference = reference;
      this.k = k;
      this.selfNeighbor = selfNeighbor;
    }

    @Override
    public Iterator<Row> call(Iterator<EmbeddedImage> images) {
      return new NeighborRows(images, new ReferenceSearch(reference.value(), k, selfNeighbor));
    }
  }

  private static final class NeighborRows extends Blockwise<EmbeddedImage, Row> {
    private final ReferenceSearch search;

    NeighborRows(Iterator<EmbeddedImage> images, ReferenceSearch search) {
      super(images, ExactNeighbors.QUERY_BLOCK);
      this.search = search;
    }

    @Override
    List<Row> take(List<EmbeddedImage> block) {
      NearestImages[] nearest = search.nearest(block.toArray(EmbeddedImage[]::new));
      List<Row> rows = new ArrayList<>(nearest.length);
      for (int i = 0; i < nearest.length; i++) {
        rows.add(NeighborRow.of(block.get(i), nearest[i]));
      }
      return rows;
    }
  }
}
