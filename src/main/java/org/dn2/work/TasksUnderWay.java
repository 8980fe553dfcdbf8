package org.dn2.work;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.SparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.SparkListenerTaskStart;
import org.apache.spark.sql.SparkSession;

/**
 * Counts the tasks under way. A job that fails or is cancelled leaves them at work for a while, and
 * they may yet make files and folders where theirs have been cleared away.
 */
public final class TasksUnderWay extends SparkListener {
  private static final long MOST_SECONDS = 30;
  private static final long MILLISECONDS_BETWEEN_LOOKS = 50;

  private final AtomicInteger count = new AtomicInteger();

  private TasksUnderWay() {}

  /**
   * Runs a job. If it fails, that is told when its tasks have ended, or after {@value
   * #MOST_SECONDS} s.
   */
  public static void outlast(SparkSession spark, Runnable job) {
    SparkContext context = spark.sparkContext();
    TasksUnderWay tasks = new TasksUnderWay();
    context.addSparkListener(tasks);
    try {
      job.run();
    } catch (Throwable e) { // Scala throws checked ones without saying so.
      tasks.awaitNone(context);
      throw e;
    } finally {
      context.removeSparkListener(tasks);
    }
  }

  private void awaitNone(SparkContext context) {
    long start = System.nanoTime();
    try {
      do {
        // Before the first look too: events come late.
        TimeUnit.MILLISECONDS.sleep(MILLISECONDS_BETWEEN_LOOKS);
      } while (count.get() > 0
          && !context.isStopped()
          && System.nanoTime() - start < TimeUnit.SECONDS.toNanos(MOST_SECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void onTaskStart(SparkListenerTaskStart start) {
    count.incrementAndGet();
  }

  @Override
  public void onTaskEnd(SparkListenerTaskEnd end) {
    count.decrementAndGet();
  }
}
