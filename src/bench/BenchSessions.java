import java.nio.file.Path;
import org.apache.spark.sql.SparkSession;
import org.dn2.testing.LocalCluster;

/** Spark as the benchmarks use it: two threads of this process, on the loopback. */
final class BenchSessions {
  private BenchSessions() {}

  static SparkSession local() {
    return builder().getOrCreate();
  }

  /**
   * Two executors of one core in a standalone cluster, apart from this process, which is the driver.
   * The properties {@code dn2.spark.home} and {@code dn2.jar} name what Maven has built.
   */
  static SparkSession.Builder on(LocalCluster cluster, String executorMemory) {
    String classPath =
        System.getProperty("dn2.jar") + ":" + Path.of("target/bench").toAbsolutePath();
    return builder()
        .master(cluster.masterAddress())
        .config("spark.cores.max", 2)
        .config("spark.executor.cores", 1)
        .config("spark.executor.memory", executorMemory)
        .config("spark.executor.extraClassPath", classPath)
        .config("spark.executor.extraJavaOptions", "--add-modules=jdk.incubator.vector")
        .config("spark.scheduler.minRegisteredResourcesRatio", "1.0")
        .config("spark.scheduler.maxRegisteredResourcesWaitingTime", "120s");
  }

  /** Tells a cluster where Maven has put what it runs. */
  static LocalCluster startCluster(Path folder) {
    System.setProperty("dn2.spark.home", Path.of("target/spark").toAbsolutePath().toString());
    System.setProperty("dn2.jar", Path.of("target/dn2.jar").toAbsolutePath().toString());
    return LocalCluster.start(folder);
  }

  static SparkSession.Builder builder() {
    return SparkSession.builder()
        .master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.sql.optimizer.canChangeCachedPlanOutputPartitioning", "true")
        .config("spark.sql.shuffle.partitions", "8");
  }
}
