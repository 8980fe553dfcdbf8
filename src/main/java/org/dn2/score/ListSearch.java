package org.dn2.score;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.pmod;
import static org.apache.spark.sql.functions.xxhash64;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.HashPartitioner;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.FlatMapFunction2;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.ml.clustering.KMeans;
import org.apache.spark.ml.functions;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;
import org.dn2.neighbors.CenterLists;
import org.dn2.neighbors.Distance;
import org.dn2.neighbors.ExactNeighbors;
import org.dn2.neighbors.ReferenceRows;
import org.dn2.table.EmbeddedImage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.Tuple2;

/**
 * The reference set in lists around the centers of MLlib's k-means, about as many lists as a list
 * has rows (the recursive k-means that section 5.1 points to). Images are sent to where their
 * nearest lists are. An exact answer takes two rounds: the first gives a bound, the second asks the
 * lists that the triangle inequality does not rule out. The lists are kept on the executors' disks
 * until the search is closed.
 */
final class ListSearch implements NeighborSearch {
  private static final Logger LOG = LoggerFactory.getLogger(ListSearch.class);
  private static final long PARTITION_BYTES = 64L << 20;
  private static final int MOST_LISTS = 4096;
  private static final int SAMPLE_PER_LIST = 32;

  /** By hash and of a fixed number, so that the random start is the same on any cluster. */
  private static final int SAMPLE_PARTITIONS = 32;

  private static final int ITERATIONS = 10;
  private static final int QUERIES_AT_ONCE = 4096;

  private final SparkSession spark;
  private final int lists;
  private final HashPartitioner places;
  private final JavaRDD<RowList> rowLists;
  private final Broadcast<CenterLists> centers;
  private final List<Broadcast<?>> sent = new ArrayList<>();

  /**
   * @param lists in how many an image looks; 0 for an exact answer
   */
  ListSearch(
      Dataset<EmbeddedImage> images, long rows, int dimension, Distance distance, int lists) {
    this.spark = images.sparkSession();
    this.lists = lists;
    long bytes = rows * dimension * Float.BYTES;
    long cores = spark.sparkContext().defaultParallelism();
    int count = (int) Math.min(Math.max(1, (long) Math.sqrt((double) rows)), MOST_LISTS);
    this.places =
        new HashPartitioner(
            (int) Math.min(Math.max(bytes / PARTITION_BYTES + 1, cores), Math.max(1, count)));
    ReferenceRows centerRows = centers(images, rows, count, dimension, distance);
    Broadcast<ReferenceRows> sentCenters = context().broadcast(centerRows);
    sent.add(sentCenters);
    this.rowLists =
        images
            .javaRDD()
            .mapPartitionsToPair(part -> new Assignments(part, sentCenters.value()))
            .partitionBy(places)
            .mapPartitions(part -> rowLists(part, sentCenters.value()), true)
            .persist(StorageLevel.DISK_ONLY());
    int[] sizes = new int[centerRows.rowCount()];
    double[] radii = new double[centerRows.rowCount()];
    for (RowList list : rowLists.map(RowList::withoutRows).collect()) {
      sizes[list.list()] = list.size();
      radii[list.list()] = list.radius();
    }
    this.centers = context().broadcast(new CenterLists(centerRows, sizes, radii));
    sent.add(centers);
    LOG.info(
        "search: {} lists of {} rows at most, an image looks in {}",
        centerRows.rowCount(),
        String.format(Locale.ROOT, "%,d", Arrays.stream(sizes).max().orElse(0)),
        lists == 0 ? "as many as the triangle inequality leaves" : "the nearest " + lists);
  }

  private JavaSparkContext context() {
    return JavaSparkContext.fromSparkContext(spark.sparkContext());
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
            .sortWithinPartitions("imageId")
            .persist(StorageLevel.DISK_ONLY());
    try {
      Vector[] found =
          new KMeans()
              .setK(count)
              .setSeed(0)
              .setInitMode("random")
              .setMaxIter(ITERATIONS)
              // As org.dn2.reference.Centers does, and why it does.
              .setSolver("row")
              .fit(sample.select(functions.array_to_vector(col("embedding")).as("features")))
              .clusterCenters();
      for (Vector center : found) {
        float[] values = new float[dimension];
        for (int i = 0; i < dimension; i++) {
          values[i] = (float) center.apply(i);
        }
        centers.add(values);
      }
      return centers.build();
    } finally {
      sample.unpersist();
    }
  }

  /** The rows of one list. */
  private record RowList(int list, int size, double radius, ReferenceSet rows)
      implements Serializable {
    RowList withoutRows() {
      return new RowList(list, size, radius, null);
    }
  }

  /** Takes images in blocks from a partition. */
  private static EmbeddedImage[] nextBlock(Iterator<EmbeddedImage> images) {
    List<EmbeddedImage> block = new ArrayList<>();
    while (block.size() < ExactNeighbors.QUERY_BLOCK && images.hasNext()) {
      block.add(images.next());
    }
    return block.toArray(EmbeddedImage[]::new);
  }

  private abstract static class Blockwise<T> implements Iterator<T> {
    private final Iterator<EmbeddedImage> images;
    private Iterator<T> ready = List.<T>of().iterator();

    Blockwise(Iterator<EmbeddedImage> images) {
      this.images = images;
    }

    abstract List<T> take(EmbeddedImage[] block);

    @Override
    public boolean hasNext() {
      while (!ready.hasNext() && images.hasNext()) {
        ready = take(nextBlock(images)).iterator();
      }
      return ready.hasNext();
    }

    @Override
    public T next() {
      return ready.next();
    }
  }

  /** Each reference image with the list that it belongs to. */
  private static final class Assignments extends Blockwise<Tuple2<Integer, EmbeddedImage>> {
    private final ReferenceRows centers;
    private final ExactNeighbors nearest;

    Assignments(Iterator<EmbeddedImage> images, ReferenceRows centers) {
      super(images);
      this.centers = centers;
      this.nearest = new ExactNeighbors(centers);
    }

    @Override
    List<Tuple2<Integer, EmbeddedImage>> take(EmbeddedImage[] block) {
      int[] noneExcluded = new int[block.length];
      Arrays.fill(noneExcluded, ExactNeighbors.NONE_EXCLUDED);
      var found =
          nearest.search(
              ReferenceSearch.queries(block, centers.dimension()), block.length, 1, noneExcluded);
      List<Tuple2<Integer, EmbeddedImage>> assigned = new ArrayList<>(block.length);
      for (int i = 0; i < block.length; i++) {
        assigned.add(new Tuple2<>(found[i].rows()[0], block[i]));
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

  /** An image on its way to one partition's lists. */
  private record Asking(EmbeddedImage image, int[] lists) implements Serializable {}

  /** What an image found in some lists; its embedding is left out. */
  private record Found(EmbeddedImage image, NearestImages nearest) implements Serializable {
    static Found merge(Found a, Found b, int k) {
      return new Found(a.image, NearestImages.merge(a.nearest, b.nearest, k));
    }
  }

  @Override
  public Dataset<Row> score(
      Dataset<EmbeddedImage> images, Calibration calibration, int k, SelfNeighbor selfNeighbor) {
    Broadcast<CenterLists> centerLists = centers;
    HashPartitioner partitioner = places;
    int atFirst = Math.max(lists, 1);
    // An image may find itself, which does not count.
    int rowsAtLeast = k + 1;
    JavaRDD<EmbeddedImage> queries = images.javaRDD();
    JavaPairRDD<String, Found> found =
        ask(
            queries.mapPartitionsToPair(
                part -> new Nearest(part, centerLists.value(), partitioner, atFirst, rowsAtLeast)),
            k,
            selfNeighbor);
    if (lists == 0) {
      JavaPairRDD<String, Found> first = found.persist(StorageLevel.DISK_ONLY());
      JavaRDD<Tuple2<EmbeddedImage, Found>> bounded =
          queries.mapToPair(image -> new Tuple2<>(image.getImageId(), image)).join(first).values();
      JavaPairRDD<String, Found> second =
          ask(
              bounded.mapPartitionsToPair(
                  part -> new Within(part, centerLists.value(), partitioner, rowsAtLeast, k)),
              k,
              selfNeighbor);
      found = first.union(second).reduceByKey((a, b) -> Found.merge(a, b, k));
    }
    Broadcast<Calibration> sentCalibration = context().broadcast(calibration);
    sent.add(sentCalibration);
    return spark.createDataFrame(
        found
            .values()
            .map(one -> ScoredRow.of(one.image(), one.nearest(), sentCalibration.value())),
        ScoredRow.SCHEMA);
  }

  /** Sends images to their lists and brings their nearest together. */
  private JavaPairRDD<String, Found> ask(
      JavaPairRDD<Integer, Asking> asking, int k, SelfNeighbor selfNeighbor) {
    return asking
        .partitionBy(places)
        .values()
        .zipPartitions(rowLists, new Answers(k, selfNeighbor))
        .mapToPair(found -> new Tuple2<>(found.image().getImageId(), found))
        .reduceByKey((a, b) -> Found.merge(a, b, k));
  }

  private static List<Tuple2<Integer, Asking>> byPlace(
      EmbeddedImage image, int[] lists, HashPartitioner places) {
    Map<Integer, List<Integer>> listsByPlace = new TreeMap<>();
    for (int list : lists) {
      listsByPlace.computeIfAbsent(places.getPartition(list), p -> new ArrayList<>()).add(list);
    }
    List<Tuple2<Integer, Asking>> asking = new ArrayList<>();
    listsByPlace.forEach(
        (place, some) ->
            asking.add(
                new Tuple2<>(
                    place,
                    new Asking(image, some.stream().mapToInt(Integer::intValue).toArray()))));
    return asking;
  }

  /** Sends images to their nearest lists. */
  private static final class Nearest extends Blockwise<Tuple2<Integer, Asking>> {
    private final int dimension;
    private final CenterLists.Lookup lookup;
    private final HashPartitioner places;
    private final int lists;
    private final int rowsAtLeast;

    Nearest(
        Iterator<EmbeddedImage> images,
        CenterLists centers,
        HashPartitioner places,
        int lists,
        int rowsAtLeast) {
      super(images);
      this.dimension = centers.dimension();
      this.lookup = centers.new Lookup();
      this.places = places;
      this.lists = lists;
      this.rowsAtLeast = rowsAtLeast;
    }

    @Override
    List<Tuple2<Integer, Asking>> take(EmbeddedImage[] block) {
      float[] queries = ReferenceSearch.queries(block, dimension);
      int[][] nearest = lookup.nearest(queries, block.length, lists, rowsAtLeast);
      List<Tuple2<Integer, Asking>> asking = new ArrayList<>();
      for (int i = 0; i < block.length; i++) {
        asking.addAll(byPlace(block[i], nearest[i], places));
      }
      return asking;
    }
  }

  /** Sends images to the other lists that may have a nearer row than their first ones. */
  private static final class Within implements Iterator<Tuple2<Integer, Asking>> {
    private final Iterator<Tuple2<EmbeddedImage, Found>> images;
    private final int dimension;
    private final CenterLists.Lookup lookup;
    private final HashPartitioner places;
    private final int rowsAtLeast;
    private final int k;
    private Iterator<Tuple2<Integer, Asking>> ready = List.<Tuple2<Integer, Asking>>of().iterator();

    Within(
        Iterator<Tuple2<EmbeddedImage, Found>> images,
        CenterLists centers,
        HashPartitioner places,
        int rowsAtLeast,
        int k) {
      this.images = images;
      this.dimension = centers.dimension();
      this.lookup = centers.new Lookup();
      this.places = places;
      this.rowsAtLeast = rowsAtLeast;
      this.k = k;
    }

    @Override
    public boolean hasNext() {
      while (!ready.hasNext() && images.hasNext()) {
        ready = nextBlock().iterator();
      }
      return ready.hasNext();
    }

    @Override
    public Tuple2<Integer, Asking> next() {
      return ready.next();
    }

    private List<Tuple2<Integer, Asking>> nextBlock() {
      List<EmbeddedImage> taken = new ArrayList<>();
      double[] bounds = new double[ExactNeighbors.QUERY_BLOCK];
      while (taken.size() < bounds.length && images.hasNext()) {
        Tuple2<EmbeddedImage, Found> image = images.next();
        double[] distances = image._2().nearest().distances();
        bounds[taken.size()] = distances.length < k ? Double.POSITIVE_INFINITY : distances[k - 1];
        taken.add(image._1());
      }
      EmbeddedImage[] block = taken.toArray(EmbeddedImage[]::new);
      float[] queries = ReferenceSearch.queries(block, dimension);
      int[][] done = lookup.nearest(queries, block.length, 1, rowsAtLeast);
      int[][] within = lookup.within(queries, block.length, bounds, done);
      List<Tuple2<Integer, Asking>> asking = new ArrayList<>();
      for (int i = 0; i < block.length; i++) {
        asking.addAll(byPlace(block[i], within[i], places));
      }
      return asking;
    }
  }

  /** One partition's lists answer some images at a time. */
  private record Answers(int k, SelfNeighbor selfNeighbor)
      implements FlatMapFunction2<Iterator<Asking>, Iterator<RowList>, Found> {

    @Override
    public Iterator<Found> call(Iterator<Asking> asking, Iterator<RowList> rowLists) {
      if (!asking.hasNext()) {
        return List.<Found>of().iterator();
      }
      Map<Integer, ReferenceSearch> searches = new HashMap<>();
      rowLists.forEachRemaining(
          list -> searches.put(list.list(), new ReferenceSearch(list.rows(), k, selfNeighbor)));
      return new Iterator<>() {
        private Iterator<Found> ready = List.<Found>of().iterator();

        @Override
        public boolean hasNext() {
          while (!ready.hasNext() && asking.hasNext()) {
            ready = answer(asking, searches).iterator();
          }
          return ready.hasNext();
        }

        @Override
        public Found next() {
          return ready.next();
        }
      };
    }

    private List<Found> answer(Iterator<Asking> asking, Map<Integer, ReferenceSearch> searches) {
      List<EmbeddedImage> images = new ArrayList<>();
      Map<Integer, List<Integer>> askingByList = new TreeMap<>();
      while (images.size() < QUERIES_AT_ONCE && asking.hasNext()) {
        Asking next = asking.next();
        for (int list : next.lists()) {
          askingByList.computeIfAbsent(list, l -> new ArrayList<>()).add(images.size());
        }
        images.add(next.image());
      }
      NearestImages[] nearest = new NearestImages[images.size()];
      askingByList.forEach(
          (list, places) -> {
            EmbeddedImage[] block = places.stream().map(images::get).toArray(EmbeddedImage[]::new);
            NearestImages[] inList = searches.get(list).nearest(block);
            for (int i = 0; i < inList.length; i++) {
              int place = places.get(i);
              nearest[place] =
                  nearest[place] == null
                      ? inList[i]
                      : NearestImages.merge(nearest[place], inList[i], k);
            }
          });
      List<Found> found = new ArrayList<>(images.size());
      for (int i = 0; i < nearest.length; i++) {
        found.add(new Found(images.get(i).withoutEmbedding(), nearest[i]));
      }
      return found;
    }
  }

  @Override
  public void close() {
    rowLists.unpersist();
    sent.forEach(Broadcast::destroy);
  }
}
