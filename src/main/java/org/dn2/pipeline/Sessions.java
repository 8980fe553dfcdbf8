package org.dn2.pipeline;

import java.util.List;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.sql.SparkSession;
import org.dn2.table.Redacted;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.Option;

/**
 * Starts Spark and stops its work: as spark-submit says, or on this machine with nothing set up.
 */
public final class Sessions {
  private static final Logger LOG = LoggerFactory.getLogger(Sessions.class);

  private static final String PLUGINS = "spark.plugins";

  private Sessions() {}

  /** Spark for as long as it is not closed. */
  public static final class Lent implements AutoCloseable {
    private final SparkSession spark;
    private final Runnable end;

    private Lent(SparkSession spark, Runnable end) {
      this.spark = spark;
      this.end = end;
    }

    /** The session. */
    public SparkSession spark() {
      return spark;
    }

    /** Stops Spark, unless it ran before it was lent. */
    @Override
    public void close() {
      end.run();
    }
  }

  /**
   * The session of this process, which is started if there is none. Where no master is given, all
   * cores of this machine are used, no port is opened to other machines and there is no web page.
   */
  public static Lent start() {
    Option<SparkSession> running = SparkSession.getDefaultSession();
    if (running.isDefined() && !running.get().sparkContext().isStopped()) {
      return new Lent(running.get(), () -> {});
    }
    SparkSession started = startNew();
    return new Lent(started, started::stop);
  }

  private static SparkSession startNew() {
    return SparkSession.builder().config(configuration()).getOrCreate();
  }

  /** As the process's properties say, with what they leave open. */
  static SparkConf configuration() {
    SparkConf conf = new SparkConf();
    conf.setIfMissing("spark.app.name", "dn2");
    // Spark's own pattern leaves out keys of encryption and of other stores than S3.
    conf.setIfMissing("spark.redaction.regex", Redacted.SECRET_NAMES);
    // Results must not depend on where a machine stands.
    conf.setIfMissing("spark.sql.session.timeZone", "UTC");
    conf.setIfMissing("spark.executorEnv.LC_ALL", "C.UTF-8");
    // Spark's own default computes a cached table of ten rows by as many tasks as a large one.
    conf.setIfMissing("spark.sql.optimizer.canChangeCachedPlanOutputPartitioning", "true");
    addPlugin(conf);
    if (!conf.contains("spark.master")) {
      conf.set("spark.master", "local[*]");
      conf.setIfMissing("spark.driver.host", "127.0.0.1");
      conf.setIfMissing("spark.driver.bindAddress", "127.0.0.1");
      conf.setIfMissing("spark.ui.enabled", "false");
      conf.setIfMissing("spark.sql.shuffle.partitions", "8");
      // How often tasks under way tell what they have done: for the line that shows it.
      conf.setIfMissing("spark.executor.heartbeatInterval", "1s");
    }
    return conf;
  }

  /** Beside those that the user has. */
  private static void addPlugin(SparkConf conf) {
    String name = LocalDiskPlugin.class.getName();
    String others = conf.get(PLUGINS, "");
    if (!List.of(others.split(",")).contains(name)) {
      conf.set(PLUGINS, others.isEmpty() ? name : others + "," + name);
    }
  }

  /**
   * Cancels all jobs of this process and keeps Spark from telling of it; does not wait. False where
   * there is no session.
   */
  public static boolean cancelJobs() {
    Option<SparkSession> session = SparkSession.getDefaultSession();
    if (session.isEmpty()) {
      return false;
    }
    SparkContext context = session.get().sparkContext();
    try {
      context.setLogLevel("OFF");
      context.cancelAllJobs();
    } catch (IllegalStateException e) {
      LOG.debug("Spark has been stopped meanwhile", e);
    }
    return true;
  }
}
