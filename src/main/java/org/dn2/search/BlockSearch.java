package org.dn2.search;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;
import org.dn2.neighbors.Distance;
import org.dn2.neighbors.ExactNeighbors;
import org.dn2.table.EmbeddedImage;
import scala.Tuple2;

/**
 * Every block of images meets every block of the reference set, in a task that holds just these
 * two; each image's nearest of all blocks are merged. Nothing but small results moves to the
 * driver. The blocks are kept on the executors' disks until the search is closed.
 */
final class BlockSearch implements PlannedSearch {
  private static final long BLOCK_BYTES = 64L << 20;

  private final SparkSession spark;
  private final int dimension;
  private final JavaRDD<ReferenceSet> referenceBlocks;
  private final List<JavaRDD<?>> kept = new ArrayList<>();

  BlockSearch(Dataset<EmbeddedImage> images, long rows, int dimension, Distance distance) {
    this.spark = images.sparkSession();
    this.dimension = dimension;
    // Enough blocks for all cores; those of the images that are asked for add no parallelism.
    long cores = spark.sparkContext().defaultParallelism();
    this.referenceBlocks =
        keep(
            blocks(images, Math.max(blocksFor(rows), Math.min(cores, rows)))
                .mapPartitions(block -> referenceBlock(block, dimension, distance)));
  }

  private static Iterator<ReferenceSet> referenceBlock(
      Iterator<EmbeddedImage> images, int dimension, Distance distance) {
    return images.hasNext()
        ? List.of(ReferenceSet.of(images, dimension, distance)).iterator()
        : List.<ReferenceSet>of().iterator();
  }

  /**
   * One partition a block; an id is in one block, and in the same one whenever it is made. By hash,
   * because a partition by range reads all images once more to find its bounds.
   */
  private static JavaRDD<EmbeddedImage> blocks(Dataset<EmbeddedImage> images, long blocks) {
    return images.repartition((int) Math.max(1, blocks), images.col("imageId")).javaRDD();
  }

  private long blocksFor(long rows) {
    long rowsPerBlock = Math.max(1, BLOCK_BYTES / ((long) dimension * Float.BYTES));
    return (rows + rowsPerBlock - 1) / rowsPerBlock;
  }

  private <T> JavaRDD<T> keep(JavaRDD<T> blocks) {
    kept.add(blocks.persist(StorageLevel.DISK_ONLY()));
    return blocks;
  }

  /** Images that are searched for together, with or without their embeddings. */
  private record QueryBlock(int number, EmbeddedImage[] images) implements Serializable {

    static Iterator<QueryBlock> of(int number, Iterator<EmbeddedImage> images) {
      List<EmbeddedImage> block = new ArrayList<>();
      images.forEachRemaining(block::add);
      // Ids may repeat; the order must not depend on how the block was made.
      block.sort(
          Comparator.comparing(EmbeddedImage::getImageId)
              .thenComparing(EmbeddedImage::getEmbedding, Arrays::compare));
      return block.isEmpty()
          ? List.<QueryBlock>of().iterator()
          : List.of(new QueryBlock(number, block.toArray(EmbeddedImage[]::new))).iterator();
    }

    String[] ids() {
      return Arrays.stream(images).map(EmbeddedImage::getImageId).toArray(String[]::new);
    }

    QueryBlock withoutEmbeddings() {
      EmbeddedImage[] light = new EmbeddedImage[images.length];
      for (int i = 0; i < light.length; i++) {
        light[i] = images[i].withoutEmbedding();
      }
      return new QueryBlock(number, light);
    }
  }

  /** What a block of images found in some blocks of the reference set. */
  private record BlockNeighbors(String[] imageIds, NearestImages[] nearest)
      implements Serializable {

    static BlockNeighbors in(
        ReferenceSet reference, QueryBlock queries, int k, SelfNeighbor selfNeighbor) {
      ReferenceSearch search = new ReferenceSearch(reference, k, selfNeighbor);
      NearestImages[] nearest = new NearestImages[queries.images().length];
      for (int first = 0; first < nearest.length; first += ExactNeighbors.QUERY_BLOCK) {
        int end = Math.min(first + ExactNeighbors.QUERY_BLOCK, nearest.length);
        NearestImages[] part = search.nearest(Arrays.copyOfRange(queries.images(), first, end));
        System.arraycopy(part, 0, nearest, first, part.length);
      }
      return new BlockNeighbors(queries.ids(), nearest);
    }

    BlockNeighbors merge(BlockNeighbors other, int k) {
      other.requireImages(imageIds);
      NearestImages[] merged = new NearestImages[nearest.length];
      for (int i = 0; i < merged.length; i++) {
        merged[i] = NearestImages.merge(nearest[i], other.nearest[i], k);
      }
      return new BlockNeighbors(imageIds, merged);
    }

    void requireImages(String[] ids) {
      if (!Arrays.equals(imageIds, ids)) {
        throw new IllegalStateException(
            "a block of images was made again with other images; did the input change meanwhile?");
      }
    }
  }

  @Override
  public Dataset<Row> nearest(Dataset<EmbeddedImage> images, int k, SelfNeighbor selfNeighbor) {
    JavaRDD<QueryBlock> queries =
        keep(
            blocks(images, blocksFor(images.count())).mapPartitionsWithIndex(QueryBlock::of, true));
    JavaPairRDD<Integer, BlockNeighbors> found =
        queries
            .cartesian(referenceBlocks)
            .mapToPair(
                pair ->
                    new Tuple2<>(
                        pair._1().number(),
                        BlockNeighbors.in(pair._2(), pair._1(), k, selfNeighbor)))
            .reduceByKey((a, b) -> a.merge(b, k), queries.getNumPartitions());
    JavaRDD<Row> rows =
        queries
            .mapToPair(block -> new Tuple2<>(block.number(), block.withoutEmbeddings()))
            .join(found)
            .flatMap(block -> rows(block._2()._1(), block._2()._2()));
    return spark.createDataFrame(rows, NeighborSearch.NEIGHBORS);
  }

  private static Iterator<Row> rows(QueryBlock block, BlockNeighbors found) {
    found.requireImages(block.ids());
    List<Row> rows = new ArrayList<>(block.images().length);
    for (int i = 0; i < block.images().length; i++) {
      rows.add(NeighborRow.of(block.images()[i], found.nearest()[i]));
    }
    return rows.iterator();
  }

  @Override
  public void close() {
    kept.forEach(JavaRDD::unpersist);
  }
}
