package org.dn2.search;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;
import org.dn2.neighbors.Distance;
import org.dn2.table.EmbeddedImage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.Tuple2;

/**
 * The reference set in lists (the recursive k-means that section 5.1 points to). Images are sent to
 * where their nearest lists are. An exact answer takes two rounds: the first gives a bound, the
 * second asks the lists that the triangle inequality does not rule out.
 */
final class ListSearch implements PlannedSearch {
  private static final Logger LOG = LoggerFactory.getLogger(ListSearch.class);

  private final SparkSession spark;
  private final int listsAsked;
  private final ReferenceLists reference;
  private final List<JavaPairRDD<?, ?>> kept = new ArrayList<>();

  /**
   * @param listsAsked in how many an image looks; 0 for an exact answer
   */
  ListSearch(
      Dataset<EmbeddedImage> images, long rows, int dimension, Distance distance, int listsAsked) {
    this(images.sparkSession(), new ReferenceLists(images, rows, dimension, distance), listsAsked);
  }

  ListSearch(SparkSession spark, ReferenceLists reference, int listsAsked) {
    this.spark = spark;
    this.listsAsked = listsAsked;
    this.reference = reference;
    LOG.info(
        "search: {} lists of {} rows at most, an image looks in {}",
        reference.count(),
        String.format(Locale.ROOT, "%,d", reference.mostRows()),
        listsAsked == 0
            ? "as many as the triangle inequality leaves"
            : "the nearest " + listsAsked);
  }

  @Override
  public Dataset<Row> nearest(Dataset<EmbeddedImage> images, int k, SelfNeighbor selfNeighbor) {
    ListRouting routing = new ListRouting(reference.centers(), reference.places(), k);
    int atFirst = Math.max(listsAsked, 1);
    JavaRDD<EmbeddedImage> queries = images.javaRDD();
    JavaPairRDD<String, ImageNeighbors> found =
        ask(queries.mapPartitionsToPair(part -> routing.nearest(part, atFirst)), k, selfNeighbor);
    if (listsAsked == 0) {
      JavaPairRDD<String, ImageNeighbors> first = found.persist(StorageLevel.DISK_ONLY());
      kept.add(first);
      JavaRDD<Tuple2<EmbeddedImage, ImageNeighbors>> bounded =
          queries
              .mapToPair(image -> new Tuple2<>(ImageNeighbors.key(image), image))
              .join(first)
              .values();
      JavaPairRDD<String, ImageNeighbors> second =
          ask(bounded.mapPartitionsToPair(routing::within), k, selfNeighbor);
      found = first.union(second).reduceByKey((a, b) -> ImageNeighbors.merge(a, b, k));
    }
    return spark.createDataFrame(
        found
            .values()
            .flatMap(
                one ->
                    Collections.nCopies(one.copies(), NeighborRow.of(one.image(), one.nearest()))
                        .iterator()),
        NeighborSearch.NEIGHBORS);
  }

  /** Sends images to their lists and brings their nearest together. */
  private JavaPairRDD<String, ImageNeighbors> ask(
      JavaPairRDD<Integer, ListRouting.Asking> asking, int k, SelfNeighbor selfNeighbor) {
    return asking
        .partitionBy(reference.places().partitioner())
        .values()
        .zipPartitions(reference.rowLists(), new ListAnswers(k, selfNeighbor))
        .mapToPair(found -> new Tuple2<>(found.key(), found))
        .reduceByKey((a, b) -> ImageNeighbors.merge(a, b, k));
  }

  @Override
  public void close() {
    kept.forEach(JavaPairRDD::unpersist);
    reference.close();
  }
}
