package org.dn2.search;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.pmod;
import static org.apache.spark.sql.functions.xxhash64;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.HashPartitioner;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.ml.clustering.KMeans;
import org.apache.spark.ml.functions;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;
import org.dn2.neighbors.CenterLists;
import org.dn2.neighbors.Distance;
import org.dn2.neighbors.ExactNeighbors;
import org.dn2.neighbors.Neighbors;
import org.dn2.neighbors.ReferenceRows;
import org.dn2.table.EmbeddedImage;
import org.dn2.table.LentCache;
import scala.Tuple2;

/**
 * A reference set in lists around the centers of MLlib's k-means, about as many lists as a list has
 * rows. The lists are kept on the executors' disks, the centers in their memory, until both are
 * closed.
 */
final class ReferenceLists implements AutoCloseable {
  private static final long PARTITION_BYTES = 64L << 20;
  private static final int MOST_LISTS = 4096;
  private static final int SAMPLE_PER_LIST = 32;

  /** By hash and of a fixed number, so that the random start is the same on any cluster. */
  private static final int SAMPLE_PARTITIONS = 32;

  private static final int ITERATIONS = 10;

  private final HashPartitioner places;
  private final Broadcast<ReferenceRows> centerRows;
  private final JavaRDD<RowList> rowLists;
  private final Broadcast<CenterLists> centers;
  private final int[] sizes;

  ReferenceLists(Dataset<EmbeddedImage> images, long rows, int dimension, Distance distance) {
    JavaSparkContext context =
        JavaSparkContext.fromSparkContext(images.sparkSession().sparkContext());
    int count = (int) Math.min(Math.max(1, (long) Math.sqrt((double) rows)), MOST_LISTS);
    long bytes = rows * dimension * Float.BYTES;
    this.places = new HashPartitioner(partitions(bytes, context.defaultParallelism(), count));
    ReferenceRows found = centers(images, rows, count, dimension, distance);
    this.centerRows = context.broadcast(found);
    this.rowLists = rowLists(images, centerRows, places);
    this.sizes = new int[found.rowCount()];
    double[] radii = new double[found.rowCount()];
    for (RowList list : rowLists.map(RowList::withoutRows).collect()) {
      sizes[list.list()] = list.size();
      radii[list.list()] = list.radius();
    }
    this.centers = context.broadcast(new CenterLists(found, sizes, radii));
  }

  private static int partitions(long bytes, long cores, int lists) {
    return (int) Math.min(Math.max(bytes / PARTITION_BYTES + 1, cores), Math.max(1, lists));
  }

  /**
   * The rows of one list.
   *
   * @param radius the largest distance of a row to the list's center
   */
  record RowList(int list, int size, double radius, ReferenceSet rows) implements Serializable {
    RowList withoutRows() {
      return new RowList(list, size, radius, null);
    }
  }

  /** Where the lists are: the partition of a list's number. */
  HashPartitioner places() {
    return places;
  }

  /** The lists, each in the partition that {@link #places} names. */
  JavaRDD<RowList> rowLists() {
    return rowLists;
  }

  Broadcast<CenterLists> centers() {
    return centers;
  }

  int count() {
    return sizes.length;
  }

  int mostRows() {
    return Arrays.stream(sizes).max().orElse(0);
  }

  /** Clusters a sample, the same for the same rows however they are partitioned. */
  private static ReferenceRows centers(
      Dataset<EmbeddedImage> images, long rows, int count, int dimension, Distance distance) {
    ReferenceRows.Builder centers = ReferenceRows.builder(dimension, distance);
    if (count < 2) {
      return centers.add(images.first().getEmbedding()).build();
    }
    long share = Math.max(1, rows / ((long) count * SAMPLE_PER_LIST));
    Dataset<Row> sample =
        images
            .where(pmod(xxhash64(col("imageId")), lit(share)).equalTo(0))
            .select("imageId", "embedding")
            .repartition(SAMPLE_PARTITIONS, col("imageId"))
            .sortWithinPartitions("imageId");
    for (Vector center :
        LentCache.with(sample, StorageLevel.DISK_ONLY(), lent -> clusterCenters(lent, count))) {
      float[] values = new float[dimension];
      for (int i = 0; i < dimension; i++) {
        values[i] = (float) center.apply(i);
      }
      centers.add(values);
    }
    return centers.build();
  }

  private static Vector[] clusterCenters(Dataset<Row> sample, int count) {
    return new KMeans()
        .setK(count)
        .setSeed(0)
        .setInitMode("random")
        .setMaxIter(ITERATIONS)
        // MLlib's block solver fails where fewer centers than asked for start.
        .setSolver("row")
        .fit(sample.select(functions.array_to_vector(col("embedding")).as("features")))
        .clusterCenters();
  }

  private static JavaRDD<RowList> rowLists(
      Dataset<EmbeddedImage> images, Broadcast<ReferenceRows> centers, HashPartitioner places) {
    return images
        .javaRDD()
        .mapPartitionsToPair(part -> new Assignments(part, centers.value()))
        .partitionBy(places)
        .mapPartitions(part -> rowLists(part, centers.value()), true)
        .persist(StorageLevel.DISK_ONLY());
  }

  /** Each reference image with the list that it belongs to. */
  private static final class Assignments
      extends Blockwise<EmbeddedImage, Tuple2<Integer, EmbeddedImage>> {
    private final ReferenceRows centers;
    private final ExactNeighbors nearest;

    Assignments(Iterator<EmbeddedImage> images, ReferenceRows centers) {
      super(images, ExactNeighbors.QUERY_BLOCK);
      this.centers = centers;
      this.nearest = new ExactNeighbors(centers);
    }

    @Override
    List<Tuple2<Integer, EmbeddedImage>> take(List<EmbeddedImage> block) {
      int[] noneExcluded = new int[block.size()];
      Arrays.fill(noneExcluded, ExactNeighbors.NONE_EXCLUDED);
      float[] queries =
          ReferenceSearch.queries(block.toArray(EmbeddedImage[]::new), centers.dimension());
      Neighbors[] found = nearest.search(queries, block.size(), 1, noneExcluded);
      List<Tuple2<Integer, EmbeddedImage>> assigned = new ArrayList<>(block.size());
      for (int i = 0; i < found.length; i++) {
        assigned.add(new Tuple2<>(found[i].rows()[0], block.get(i)));
      }
      return assigned;
    }
  }

  private static Iterator<RowList> rowLists(
      Iterator<Tuple2<Integer, EmbeddedImage>> assigned, ReferenceRows centers) {
    Map<Integer, List<EmbeddedImage>> byList = new TreeMap<>();
    assigned.forEachRemaining(
        image -> byList.computeIfAbsent(image._1(), list -> new ArrayList<>()).add(image._2()));
    List<RowList> rowLists = new ArrayList<>();
    byList.forEach(
        (list, images) -> {
          double radius = 0;
          for (EmbeddedImage image : images) {
            radius = Math.max(radius, CenterLists.radius(centers, list, image.getEmbedding()));
          }
          rowLists.add(
              new RowList(
                  list,
                  images.size(),
                  radius,
                  ReferenceSet.of(images.iterator(), centers.dimension(), centers.distance())));
          images.clear();
        });
    return rowLists.iterator();
  }

  @Override
  public void close() {
    rowLists.unpersist();
    centerRows.destroy();
    centers.destroy();
  }
}
