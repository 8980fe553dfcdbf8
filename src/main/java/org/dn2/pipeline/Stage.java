package org.dn2.pipeline;

import java.util.Locale;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Names the work under way in Spark's progress bar and web page, and logs a line at its end. */
final class Stage {
  private static final Logger LOG = LoggerFactory.getLogger(Stage.class);

  private final String name;
  private final long startNanos = System.nanoTime();

  private Stage(String name) {
    this.name = name;
  }

  static Stage begin(SparkSession spark, String name, String description) {
    spark.sparkContext().setJobDescription(description);
    return new Stage(name);
  }

  /** Logs the outcome with the seconds since the stage began. */
  void end(String outcome) {
    double seconds = (System.nanoTime() - startNanos) / 1e9;
    LOG.info("{}: {}, {} s", name, outcome, String.format(Locale.ROOT, "%.1f", seconds));
  }
}
