package org.dn2.score;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.dn2.neighbors.Distance;
import org.dn2.table.EmbeddedImage;
import org.dn2.table.Tables;
import org.dn2.table.UserDataException;

/**
 * Scores embeddings against a reference set: the mean distance to the k nearest reference rows
 * (section 3.1, equation 2, where the distance is the squared Euclidean one). Close it to free the
 * executors' memory and disks, once the scores have been written.
 */
public final class Scorer implements AutoCloseable {
  private final NeighborSearch search;
  private final long rows;
  private final int k;

  private Scorer(NeighborSearch search, long rows, int k) {
    this.search = search;
    this.rows = rows;
    this.k = k;
  }

  /**
   * What a score is made of.
   *
   * @param dimension of the embeddings
   * @param k neighbors that are averaged, 1 or more
   */
  public record Method(int dimension, Distance distance, int k) {
    public Method {
      if (k < 1) {
        throw new UserDataException("k is " + k + "; it must be 1 or more.");
      }
    }
  }

  /**
   * Lays the reference set out for the search.
   *
   * @param reference columns image_id and embedding, {@code float[dimension]} each
   * @throws UserDataException if the reference set is empty or has too few rows for k
   */
  public static Scorer of(Dataset<Row> reference, Method method, SearchPlan plan) {
    Dataset<EmbeddedImage> images = EmbeddedImage.in(reference);
    long rows = images.count();
    if (rows == 0) {
      throw new UserDataException("The reference set has no image.");
    }
    if (method.k() > rows) {
      throw new UserDataException(
          "k is %d, but the reference set has %d images. Give a smaller k or more normal images."
              .formatted(method.k(), rows));
    }
    SearchPlan chosen = plan.forSize(reference.sparkSession(), rows, method.dimension());
    NeighborSearch search =
        switch (chosen.kind()) {
          case BROADCAST -> new BroadcastSearch(images, method.dimension(), method.distance());
          case BLOCKS -> new BlockSearch(images, rows, method.dimension(), method.distance());
          case LISTS ->
              new ListSearch(images, rows, method.dimension(), method.distance(), chosen.lists());
          case AUTO -> throw new AssertionError("the plan has been chosen");
        };
    return new Scorer(search, rows, method.k());
  }

  /**
   * Each image's score, p-value and neighbors, lazily; columns image_id, path, label, group_id,
   * score, p_value, neighbor_ids, neighbor_distances (ascending; ties by id).
   *
   * @param embeddings rows of {@link Tables#EMBEDDINGS}; none may have another dimension
   */
  public Dataset<Row> score(
      Dataset<Row> embeddings, Calibration calibration, SelfNeighbor selfNeighbor) {
    return search.score(EmbeddedImage.in(embeddings), calibration, k, selfNeighbor);
  }

  /**
   * The leave-one-out score of every image of the reference set itself; columns image_id and score.
   *
   * @throws UserDataException if k others are not there
   */
  public Dataset<Row> leaveOneOut(Dataset<Row> reference) {
    long others = rows - 1;
    if (k > others) {
      throw new UserDataException(
          "k is %d, but each image of the reference set has %d others. Give a smaller k or more normal images."
              .formatted(k, others));
    }
    return score(reference, Calibration.of(new double[0]), SelfNeighbor.EXCLUDED)
        .select(Tables.IMAGE_ID, Tables.SCORE);
  }

  @Override
  public void close() {
    search.close();
  }
}
