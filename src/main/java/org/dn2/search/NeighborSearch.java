package org.dn2.search;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;
import org.dn2.table.EmbeddedImage;
import org.dn2.table.Tables;
import org.dn2.table.UserDataException;

/**
 * Finds the k nearest reference embeddings of images (section 3.1). Close it to free the executors'
 * memory and disks, once what was found has been written.
 */
public final class NeighborSearch implements AutoCloseable {
  /**
   * One row per image: {@code neighbor_ids}, nearest first, and {@code neighbor_distances},
   * ascending; ties by id.
   */
  public static final StructType NEIGHBORS =
      new StructType()
          .add(Tables.SCORES.apply(Tables.IMAGE_ID))
          .add(Tables.SCORES.apply(Tables.PATH))
          .add(Tables.SCORES.apply(Tables.LABEL))
          .add(Tables.SCORES.apply(Tables.GROUP_ID))
          .add(Tables.SCORES.apply(Tables.NEIGHBOR_IDS))
          .add(Tables.SCORES.apply(Tables.NEIGHBOR_DISTANCES));

  private final PlannedSearch search;
  private final long rows;
  private final int k;

  private NeighborSearch(PlannedSearch search, long rows, int k) {
    this.search = search;
    this.rows = rows;
    this.k = k;
  }

  /**
   * Lays the reference set out for the search.
   *
   * @param reference columns image_id and embedding, {@code float[dimension]} each
   * @throws UserDataException if the reference set is empty or has too few rows for k
   */
  public static NeighborSearch open(
      Dataset<Row> reference, Neighborhood neighborhood, SearchPlan plan) {
    Dataset<EmbeddedImage> images = EmbeddedImage.in(reference);
    long rows = images.count();
    if (rows == 0) {
      throw new UserDataException("The reference set has no image.");
    }
    if (neighborhood.k() > rows) {
      throw new UserDataException(
          "k is %d, but the reference set has %d images. Give a smaller k or more normal images."
              .formatted(neighborhood.k(), rows));
    }
    return new NeighborSearch(laidOut(images, rows, neighborhood, plan), rows, neighborhood.k());
  }

  private static PlannedSearch laidOut(
      Dataset<EmbeddedImage> images, long rows, Neighborhood neighborhood, SearchPlan plan) {
    int dimension = neighborhood.dimension();
    SearchPlan chosen = plan.forSize(images.sparkSession(), rows, dimension);
    return switch (chosen.kind()) {
      case BROADCAST -> new BroadcastSearch(images, dimension, neighborhood.distance());
      case BLOCKS -> new BlockSearch(images, rows, dimension, neighborhood.distance());
      case LISTS ->
          new ListSearch(images, rows, dimension, neighborhood.distance(), chosen.lists());
      case AUTO -> throw new AssertionError("the plan has been chosen");
    };
  }

  /**
   * Each image's nearest, lazily; rows of {@link #NEIGHBORS}.
   *
   * @param embeddings rows of {@link Tables#EMBEDDINGS}; none may have another dimension
   * @throws UserDataException if images are not their own neighbors and k others are not there
   */
  public Dataset<Row> nearest(Dataset<Row> embeddings, SelfNeighbor selfNeighbor) {
    long others = rows - 1;
    if (selfNeighbor == SelfNeighbor.EXCLUDED && k > others) {
      throw new UserDataException(
          "k is %d, but each image of the reference set has %d others. Give a smaller k or more normal images."
              .formatted(k, others));
    }
    return search.nearest(EmbeddedImage.in(embeddings), k, selfNeighbor);
  }

  /**
   * The nearest others of every image of the reference set itself, lazily; rows of {@link
   * #NEIGHBORS}.
   *
   * @param reference that the search was opened on
   * @throws UserDataException if k others are not there
   */
  public Dataset<Row> nearestOthers(Dataset<Row> reference) {
    return nearest(reference, SelfNeighbor.EXCLUDED);
  }

  @Override
  public void close() {
    search.close();
  }
}
