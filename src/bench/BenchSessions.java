import org.apache.spark.sql.SparkSession;

/** Spark as the benchmarks use it: two threads of this process, on the loopback. */
final class BenchSessions {
  private BenchSessions() {}

  static SparkSession local() {
    return builder().getOrCreate();
  }

  static SparkSession.Builder builder() {
    return SparkSession.builder()
        .master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.sql.shuffle.partitions", "8");
  }
}
