package org.dn2.score;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.dn2.neighbors.ExactNeighbors;
import org.dn2.neighbors.Neighbors;
import org.dn2.table.UserDataException;

/** What one task does: searches the broadcast reference set for a block of images at a time. */
final class ScorePartition implements MapPartitionsFunction<EmbeddedImage, Row> {
  private static final long serialVersionUID = 1L;

  /** Queries per matrix product; more than that gains nothing and holds more memory. */
  private static final int BLOCK = 256;

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
    return new ScoredRows(images);
  }

  private final class ScoredRows implements Iterator<Row> {
    private final Iterator<EmbeddedImage> images;
    private final ExactNeighbors neighbors = new ExactNeighbors(reference.value().rows());
    private final Deque<Row> ready = new ArrayDeque<>();

    ScoredRows(Iterator<EmbeddedImage> images) {
      this.images = images;
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
      EmbeddedImage[] block = new EmbeddedImage[BLOCK];
      int filled = 0;
      while (filled < BLOCK && images.hasNext()) {
        block[filled++] = images.next();
      }
      block = Arrays.copyOf(block, filled);
      int dimension = reference.value().rows().dimension();
      float[] queries = new float[filled * dimension];
      int[] excluded = new int[filled];
      for (int i = 0; i < filled; i++) {
        float[] embedding = block[i].getEmbedding();
        if (embedding.length != dimension) {
          throw new UserDataException(
              "The embedding of %s has %d numbers, those of the detector have %d. Embed the images with the detector's model."
                  .formatted(block[i].getImageId(), embedding.length, dimension));
        }
        System.arraycopy(embedding, 0, queries, i * dimension, dimension);
        excluded[i] = excludedRow(block[i]);
      }
      Neighbors[] found = neighbors.search(queries, filled, k, excluded);
      for (int i = 0; i < filled; i++) {
        ready.add(row(block[i], found[i]));
      }
    }

    private int excludedRow(EmbeddedImage image) {
      if (selfNeighbor == SelfNeighbor.COUNTS) {
        return ExactNeighbors.NONE_EXCLUDED;
      }
      int row = Arrays.binarySearch(reference.value().ids(), image.getImageId());
      return row < 0 ? ExactNeighbors.NONE_EXCLUDED : row;
    }

    private Row row(EmbeddedImage image, Neighbors found) {
      double score = AnomalyScore.of(found.squaredDistances());
      String[] ids = new String[found.rows().length];
      for (int i = 0; i < ids.length; i++) {
        ids[i] = reference.value().ids()[found.rows()[i]];
      }
      return RowFactory.create(
          image.getImageId(),
          image.getPath(),
          image.getLabel(),
          image.getGroupId(),
          score,
          calibration.pValue(score),
          ids,
          found.squaredDistances());
    }
  }
}
