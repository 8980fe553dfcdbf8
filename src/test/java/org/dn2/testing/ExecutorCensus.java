package org.dn2.testing;

import java.io.IOException;
import java.util.List;
import java.util.TreeSet;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.sql.SparkSession;

/** A job that prints which executors ran its tasks, one line {@code executor=ID pid=PID} each. */
public final class ExecutorCensus {
  private ExecutorCensus() {}

  public static void main(String[] args) throws IOException {
    try (SparkSession spark = SparkSession.builder().appName("executor census").getOrCreate()) {
      JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
      List<String> answers = context.parallelize(List.of(1, 2), 2).map(new WhereItRuns()).collect();
      new TreeSet<>(answers).forEach(System.out::println);
    }
  }

  private static final class WhereItRuns implements Function<Integer, String> {
    private static final long serialVersionUID = 1L;

    @Override
    public String call(Integer ignored) {
      return "executor=%s pid=%d"
          .formatted(SparkEnv.get().executorId(), ProcessHandle.current().pid());
    }
  }
}
