package org.dn2.score;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
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
final class BroadcastSearch implements NeighborSearch {
  private final Broadcast<ReferenceSet> reference;

  /** Brings the reference set to the driver, a partition at a time, and sends it out. */
  BroadcastSearch(Dataset<EmbeddedImage> images, int dimension, Distance distance) {
    ReferenceSet set = ReferenceSet.of(images.toLocalIterator(), dimension, distance);
    this.reference =
        JavaSparkContext.fromSparkContext(images.sparkSession().sparkContext()).broadcast(set);
  }

  @Override
  public Dataset<Row> score(
      Dataset<EmbeddedImage> images, Calibration calibration, int k, SelfNeighbor selfNeighbor) {
    return images.mapPartitions(
        new ScorePartition(reference, calibration, k, selfNeighbor),
        Encoders.row(ScoredRow.SCHEMA));
  }

  @Override
  public void close() {
    reference.destroy();
  }

  /** What one task does: searches for a block of images at a time. */
  private static final class ScorePartition implements MapPartitionsFunction<EmbeddedImage, Row> {
    private static final long serialVersionUID = 1L;

    private final Broadcast<ReferenceSet> reference;
    private final Calibration calibration;
    private final int k;
    private final SelfNeighbor selfNeighbor;

    ScorePartition(
        Broadcast<ReferenceSet> reference,
        Calibration calibration,
        int k,
        SelfNeighbor selfNeighbor) {
      this.reference = reference;
      this.calibration = calibration;
      this.k = k;
      this.selfNeighbor = selfNeighbor;
    }

    @Override
    public Iterator<Row> call(Iterator<EmbeddedImage> images) {
      return new ScoredRows(
          images, new ReferenceSearch(reference.value(), k, selfNeighbor), calibration);
    }
  }

  private static final class ScoredRows implements Iterator<Row> {
    private final Iterator<EmbeddedImage> images;
    private final ReferenceSearch search;
    private final Calibration calibration;
    private final Deque<Row> ready = new ArrayDeque<>();

    ScoredRows(Iterator<EmbeddedImage> images, ReferenceSearch search, Calibration calibration) {
      this.images = images;
      this.search = search;
      this.calibration = calibration;
    }

    @Override
    public boolean hasNext() {
      if (ready.isEmpty() && images.hasNext()) {
        scoreNextBlock();
      }
      return !ready.isEmpty();
    }

    @Override
    public Row next() {
      if (!hasNext()) {
        throw new NoSuchElementException("the partition has no more images");
      }
      return ready.remove();
    }

    private void scoreNextBlock() {
      EmbeddedImage[] block = new EmbeddedImage[ExactNeighbors.QUERY_BLOCK];
      int filled = 0;
      while (filled < block.length && images.hasNext()) {
        block[filled++] = images.next();
      }
      block = Arrays.copyOf(block, filled);
      NearestImages[] nearest = search.nearest(block);
      for (int i = 0; i < filled; i++) {
        ready.add(ScoredRow.of(block[i], nearest[i], calibration));
      }
    }
  }
}
