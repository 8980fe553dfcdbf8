package org.dn2.testing;

import org.apache.spark.sql.SparkSession;
import org.dn2.pipeline.LocalDiskPlugin;

/** One local Spark session per JVM for all tests. */
public final class SparkSessions {
  /** Which of the JVMs that run tests at the same time this one is. */
  private static final String JVM = System.getProperty("dn2.test.jvm", "1");

  private SparkSessions() {}

  /** The session, on two threads; it ends with the JVM. */
  public static SparkSession local() {
    return Holder.SESSION;
  }

  private static final class Holder {
    private static final SparkSession SESSION =
        SparkSession.builder()
            .master("local[2]")
            .appName("dn2 tests")
            .config("spark.ui.enabled", "false")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.plugins", LocalDiskPlugin.class.getName())
            .config("spark.sql.shuffle.partitions", "2")
            .config("spark.sql.session.timeZone", "UTC")
            .config("spark.sql.optimizer.canChangeCachedPlanOutputPartitioning", "true")
            .config("spark.sql.warehouse.dir", "target/spark-warehouse-" + JVM)
            .getOrCreate();
  }
}
