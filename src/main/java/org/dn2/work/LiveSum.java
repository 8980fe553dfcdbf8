package org.dn2.work;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.SparkContext;
import org.apache.spark.scheduler.AccumulableInfo;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorMetricsUpdate;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.util.LongAccumulator;
import scala.jdk.javaapi.CollectionConverters;

/**
 * What tasks count, for showing progress: those that have ended, and those under way as far as
 * their executors have told. Tasks that run again count again.
 */
public final class LiveSum implements AutoCloseable {
  private final SparkContext spark;
  private final LongAccumulator ended;
  private final Map<Long, Long> underWay = new ConcurrentHashMap<>();
  private SparkListener listener;

  /**
   * Counts from 0.
   *
   * @param name that Spark shows
   */
  public LiveSum(SparkContext spark, String name) {
    this.spark = spark;
    this.ended = spark.longAccumulator(name);
  }

  /** What tasks add to. */
  public LongAccumulator accumulator() {
    return ended;
  }

  /** The sum of the tasks that have ended. */
  public long ofEnded() {
    return ended.sum();
  }

  /** The sum of these and, as far as they told since this was first asked, of those under way. */
  public synchronized long soFar() {
    if (listener == null) {
      listener = new Listener();
      spark.addSparkListener(listener);
    }
    return ended.sum() + underWay.values().stream().mapToLong(Long::longValue).sum();
  }

  @Override
  public synchronized void close() {
    if (listener != null) {
      spark.removeSparkListener(listener);
    }
  }

  private final class Listener extends SparkListener {
    @Override
    public void onExecutorMetricsUpdate(SparkListenerExecutorMetricsUpdate update) {
      CollectionConverters.asJava(update.accumUpdates())
          .forEach(
              task -> {
                for (AccumulableInfo info : CollectionConverters.asJava(task._4())) {
                  if (info.id() == ended.id() && info.update().isDefined()) {
                    underWay.put((Long) task._1(), (Long) info.update().get());
                  }
                }
              });
    }

    @Override
    public void onTaskEnd(SparkListenerTaskEnd end) {
      underWay.remove(end.taskInfo().taskId());
    }
  }
}
