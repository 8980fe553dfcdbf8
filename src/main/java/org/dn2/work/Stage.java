package org.dn2.work;

import java.util.Locale;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A step of a job: named in Spark's progress bar and web page, with a line on the log each minute
 * while it lasts and one at its end.
 */
public final class Stage {
  private static final Logger LOG = LoggerFactory.getLogger(Stage.class);
  private static final String DESCRIPTION = "spark.job.description";

  private final SparkSession spark;
  private final String name;
  private final String description;
  private Progress.Counter counter;

  /**
   * A step that has not begun.
   *
   * @param name one word, which begins its lines on the log
   * @param description what Spark shows of its jobs
   */
  public Stage(SparkSession spark, String name, String description) {
    this.spark = spark;
    this.name = name;
    this.description = description;
  }

  /** The same step, which tells how far it is by this count instead of by Spark's tasks. */
  public Stage counting(Progress.Counter newCounter) {
    counter = newCounter;
    return this;
  }

  /**
   * Does the work.
   *
   * @param outcome what is said of the result at the end
   */
  public <T> T run(Supplier<T> work, Function<T, String> outcome) {
    String before = spark.sparkContext().getLocalProperty(DESCRIPTION);
    spark.sparkContext().setJobDescription(description);
    long start = System.nanoTime();
    Progress progress = Progress.start(name, counter, spark.sparkContext());
    try {
      T result = work.get();
      LOG.info("{}: {}, {} s", name, outcome.apply(result), secondsSince(start));
      return result;
    } catch (Throwable e) { // Scala throws checked ones without saying so.
      LOG.info("{}: not finished, {} s", name, secondsSince(start));
      throw e;
    } finally {
      progress.close();
      spark.sparkContext().setJobDescription(before);
    }
  }

  private static String secondsSince(long startNanos) {
    return String.format(Locale.ROOT, "%.1f", (System.nanoTime() - startNanos) / 1e9);
  }
}
