package org.dn2.search;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;
import org.dn2.table.UserDataException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How the reference set meets the images. The neighbors are the same, except those of {@link
 * #nearestLists}.
 *
 * @param lists with {@code LISTS}, in how many lists an image looks; 0 for as many as an exact
 *     answer needs
 */
public record SearchPlan(Kind kind, int lists) {
  /** The ways to search. */
  public enum Kind {
    /**
     * {@code BROADCAST} where a quarter of the smallest heap holds the set, else {@code BLOCKS}.
     */
    AUTO,
    /** Every executor holds the whole set. */
    BROADCAST,
    /**
     * Every block of images meets every block of the set; memory is bounded by two blocks a task.
     */
    BLOCKS,
    /** The set lies in lists around k-means centers; an image meets the lists near to it. */
    LISTS
  }

  public static final SearchPlan AUTO = new SearchPlan(Kind.AUTO, 0);
  public static final SearchPlan BROADCAST = new SearchPlan(Kind.BROADCAST, 0);
  public static final SearchPlan BLOCKS = new SearchPlan(Kind.BLOCKS, 0);

  /** Lists, until the triangle inequality rules the rest out. */
  public static final SearchPlan LISTS = new SearchPlan(Kind.LISTS, 0);

  private static final Logger LOG = LoggerFactory.getLogger(SearchPlan.class);
  private static final int SHARE = 4;
  private static final Pattern NAME =
      Pattern.compile("(auto|broadcast|blocks|lists)|lists:([1-9][0-9]{0,5})");

  /**
   * Looks in so many nearest lists only: the neighbors are the nearest images there, never nearer
   * than the exact ones.
   */
  public static SearchPlan nearestLists(int lists) {
    return new SearchPlan(Kind.LISTS, lists);
  }

  /** The plan of a name: auto, broadcast, blocks, lists or lists:N. */
  public static SearchPlan named(String name) {
    Matcher matcher = NAME.matcher(name.toLowerCase(Locale.ROOT));
    if (!matcher.matches()) {
      throw new UserDataException(
          "There is no search %s; there are auto, broadcast, blocks, lists and lists:N, N from 1."
              .formatted(name));
    }
    return matcher.group(1) == null
        ? nearestLists(Integer.parseInt(matcher.group(2)))
        : new SearchPlan(Kind.valueOf(matcher.group(1).toUpperCase(Locale.ROOT)), 0);
  }

  /** Whether the neighbors are the nearest of the whole set. */
  public boolean isExact() {
    return lists == 0;
  }

  @Override
  public String toString() {
    return kind.name().toLowerCase(Locale.ROOT) + (lists == 0 ? "" : ":" + lists);
  }

  /** The plan for a set of the given size, never {@code AUTO}; logged with its reason. */
  SearchPlan forSize(SparkSession spark, long rows, int dimension) {
    long bytes = rows * dimension * Float.BYTES;
    long most = smallestHeapBytes(spark) / SHARE;
    boolean isFree = kind == Kind.AUTO;
    SearchPlan plan = isFree ? (bytes <= most ? BROADCAST : BLOCKS) : this;
    LOG.info(
        "search: {} rows of {} numbers, {} MiB, by {} ({})",
        String.format(Locale.ROOT, "%,d", rows),
        dimension,
        bytes >> 20,
        plan,
        isFree ? "up to " + (most >> 20) + " MiB are broadcast" : "as asked");
    return plan;
  }

  private static long smallestHeapBytes(SparkSession spark) {
    long driver = Runtime.getRuntime().maxMemory();
    if (spark.sparkContext().isLocal()) {
      return driver;
    }
    return Math.min(driver, executorHeapBytes(spark.sparkContext().conf()));
  }

  /** As Spark reads it: a number without a unit is in MiB. */
  static long executorHeapBytes(SparkConf conf) {
    return conf.getSizeAsMb("spark.executor.memory", "1g") << 20;
  }
}
