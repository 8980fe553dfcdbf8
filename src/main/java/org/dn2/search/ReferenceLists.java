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
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.ml.clustering.KMeans;
import org.apache.spark.ml.clustering.KMeansModel;
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
 * rows. A list that is too large for a task's memory lies in several partitions. The lists are kept
 * on the executors' disks, the centers in their memory, until both are closed.
 */
final class ReferenceLists implements AutoCloseable {
  private static final long PARTITION_BYTES = 64L << 20;
  private static final int MOST_LISTS = 4096;
  private static final int SAMPLE_PER_LIST = 32;

  /** By hash, and of a number that the rows give, so that the start is the same on any cluster. */
  private static final int MOST_SAMPLE_PARTITIONS = 32;

  private static final int ROWS_PER_SAMPLE_PARTITION = 512;

  private static final int ITERATIONS = 10;

  private final ListPlaces places;
  private final Broadcast<ReferenceRows> centerRows;
  private final JavaRDD<RowList> rowLists;
  private final Broadcast<CenterLists> centers;
  private final int[] sizes;

  ReferenceLists(Dataset<EmbeddedImage> images, long rows, int dimension, Distance distance) {
    this(images, rows, dimension, distance, PARTITION_BYTES);
  }

  /**
   * @param partitionBytes of embeddings that a partition shall hold, roughly
   */
  ReferenceLists(
      Dataset<EmbeddedImage> images,
      long rows,
      int dimension,
      Distance distance,
      long partitionBytes) {
    JavaSparkContext context =
        JavaSparkContext.fromSparkContext(images.sparkSession().sparkContext());
    int count = (int) Math.min(Math.max(1, (long) Math.sqrt((double) rows)), MOST_LISTS);
    Clustered clustered = cluster(images, rows, count, dimension, distance);
    ReferenceRows found = clustered.centers();
    this.places =
        ListPlaces.of(
            clustered.rowsOfList(),
            Math.max(1.0, (double) partitionBytes / (dimension * (long) Float.BYTES)),
            context.defaultParallelism());
    this.centerRows = context.broadcast(found);
    this.rowLists = rowLists(images, centerRows, places);
    this.sizes = new int[found.rowCount()];
    double[] radii = new double[found.rowCount()];
    for (RowList list : rowLists.map(RowList::withoutRows).collect()) {
      sizes[list.list()] += list.size();
      radii[list.list()] = Math.max(radii[list.list()], list.radius());
    }
    this.centers = context.broadcast(new CenterLists(found, sizes, radii));
  }

  /**
   * What the clustering gave.
   *
   * @param rowsOfList {@code double[centers]}: how many rows each list will have, as the sample has
   *     it
   */
  private record Clustered(ReferenceRows centers, double[] rowsOfList) {}

  /**
   * The rows of one list, or those that one partition has of it.
   *
   * @param radius the largest distance of a row to the list's center
   */
  record RowList(int list, int size, double radius, ReferenceSet rows) implements Serializable {
    RowList withoutRows() {
      return new RowList(list, size, radius, null);
    }
  }

  /** Where the lists are. */
  ListPlaces places() {
    return places;
  }

  /** The lists, each in the partitions that {@link #places} names. */
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

  private static int samplePartitions(long sampled) {
    return (int) Math.min(MOST_SAMPLE_PARTITIONS, 1 + sampled / ROWS_PER_SAMPLE_PARTITION);
  }

  /** Clusters a sample, the same for the same rows however they are partitioned. */
  private static Clustered cluster(
      Dataset<EmbeddedImage> images, long rows, int count, int dimension, Distance distance) {
    ReferenceRows.Builder centers = ReferenceRows.builder(dimension, distance);
    if (count < 2) {
      return new Clustered(centers.add(images.first().getEmbedding()).build(), new double[] {rows});
    }
    long share = Math.max(1, rows / ((long) count * SAMPLE_PER_LIST));
    Dataset<Row> sample =
        images
            .where(pmod(xxhash64(col("imageId")), lit(share)).equalTo(0))
            .select("imageId", "embedding")
            .repartition(samplePartitions(rows / share), col("imageId"))
            .sortWithinPartitions("imageId");
    SampleClusters found =
        LentCache.with(sample, StorageLevel.DISK_ONLY(), lent -> clusterSample(lent, count));
    for (Vector center : found.centers()) {
      float[] values = new float[dimension];
      for (int i = 0; i < dimension; i++) {
        values[i] = (float) center.apply(i);
      }
      centers.add(values);
    }
    long sampled = Arrays.stream(found.sizes()).sum();
    double[] rowsOfList =
        Arrays.stream(found.sizes()).mapToDouble(size -> (double) size * rows / sampled).toArray();
    return new Clustered(centers.build(), rowsOfList);
  }

  private record SampleClusters(Vector[] centers, long[] sizes) {}

  private static SampleClusters clusterSample(Dataset<Row> sample, int count) {
    Dataset<Row> vectors =
        sample.select(functions.array_to_vector(col("embedding")).as("features"));
    KMeansModel model =
        new KMeans()
            .setK(count)
            .setSeed(0)
            .setInitMode("random")
            .setMaxIter(ITERATIONS)
            // MLlib's block solver fails where fewer centers than asked for start.
            .setSolver("row")
            .fit(vectors);
    return new SampleClusters(model.clusterCenters(), model.summary().clusterSizes());
  }

  private static JavaRDD<RowList> rowLists(
      Dataset<EmbeddedImage> images, Broadcast<ReferenceRows> centers, ListPlaces places) {
    return images
        .javaRDD()
        .mapPartitionsToPair(part -> new Assignments(part, centers.value(), places))
        .partitionBy(places.partitioner())
        .values()
        .mapPartitions(part -> rowLists(part, centers.value()), true)
        .persist(StorageLevel.DISK_ONLY());
  }

  /** A reference image and the list that it belongs to. */
  private record Assigned(int list, EmbeddedImage image) implements Serializable {}

  /** Each reference image on its way to its list's partition. */
  private static final class Assignments
      extends Blockwise<EmbeddedImage, Tuple2<Integer, Assigned>> {
    private final ReferenceRows centers;
    private final ListPlaces places;
    private final ExactNeighbors nearest;

    Assignments(Iterator<EmbeddedImage> images, ReferenceRows centers, ListPlaces places) {
      super(images, ExactNeighbors.QUERY_BLOCK);
      this.centers = centers;
      this.places = places;
      this.nearest = new ExactNeighbors(centers);
    }

    @Override
    List<Tuple2<Integer, Assigned>> take(List<EmbeddedImage> block) {
      int[] noneExcluded = new int[block.size()];
      Arrays.fill(noneExcluded, ExactNeighbors.NONE_EXCLUDED);
      float[] queries =
          ReferenceSearch.queries(block.toArray(EmbeddedImage[]::new), centers.dimension());
      Neighbors[] found = nearest.search(queries, block.size(), 1, noneExcluded);
      List<Tuple2<Integer, Assigned>> assigned = new ArrayList<>(block.size());
      for (int i = 0; i < found.length; i++) {
        EmbeddedImage image = block.get(i);
        int list = found[i].rows()[0];
        assigned.add(new Tuple2<>(places.of(list, image.getImageId()), new Assigned(list, image)));
      }
      return assigned;
    }
  }

  private static Iterator<RowList> rowLists(Iterator<Assigned> assigned, ReferenceRows centers) {
    Map<Integer, List<EmbeddedImage>> byList = new TreeMap<>();
    assigned.forEachRemaining(
        one -> byList.computeIfAbsent(one.list(), list -> new ArrayList<>()).add(one.image()));
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
