package org.dn2.score;

import java.util.Locale;
import org.apache.spark.SparkConf;
import org.apache.spark.network.util.JavaUtils;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How the reference set meets the images. The scores are the same. */
public enum SearchPlan {
  /**
   * {@link #BROADCAST} where a quarter of the smallest heap holds the set, else {@link #BLOCKS}.
   */
  AUTO,
  /** Every executor holds the whole set. */
  BROADCAST,
  /** Every block of images meets every block of the set; memory is bounded by two blocks a task. */
  BLOCKS;

  private static final Logger LOG = LoggerFactory.getLogger(SearchPlan.class);
  private static final int SHARE = 4;

  /** The plan for a set of the given size, never {@code AUTO}; logged with its reason. */
  SearchPlan forSize(SparkSession spark, long rows, int dimension) {
    long bytes = rows * dimension * Float.BYTES;
    long most = smallestHeapBytes(spark) / SHARE;
    SearchPlan plan = this != AUTO ? this : bytes <= most ? BROADCAST : BLOCKS;
    LOG.info(
        "search: {} rows of {} numbers, {} MiB, by {} ({})",
        String.format(Locale.ROOT, "%,d", rows),
        dimension,
        bytes >> 20,
        plan.name().toLowerCase(Locale.ROOT),
        this != AUTO ? "as asked" : "up to " + (most >> 20) + " MiB are broadcast");
    return plan;
  }

  private static long smallestHeapBytes(SparkSession spark) {
    long driver = Runtime.getRuntime().maxMemory();
    if (spark.sparkContext().isLocal()) {
      return driver;
    }
    SparkConf conf = spark.sparkContext().conf();
    return Math.min(driver, JavaUtils.byteStringAsBytes(conf.get("spark.executor.memory", "1g")));
  }
}
