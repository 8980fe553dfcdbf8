package org.dn2.work;

import java.time.Duration;
import java.util.Locale;
import java.util.Timer;
import java.util.TimerTask;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkStageInfo;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.JavaSparkStatusTracker;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says how far a step is, until it is closed: in the log, a line each minute; on a terminal, one
 * line that is written over each second.
 */
public final class Progress implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Progress.class);

  /** Whether stderr is a terminal, as {@code ./dn2} finds out; so the log clears the line too. */
  private static final boolean IS_ON_TERMINAL = Boolean.getBoolean("dn2.terminal");

  private static final String CLEAR_LINE = "\r\u001b[K";

  /** A line that a terminal breaks could not be written over. */
  private static final int MOST_COLUMNS = 79;

  private final Timer clock;
  private final Consumer<String> told;
  private boolean isClosed;

  private Progress(Timer clock, Consumer<String> told) {
    this.clock = clock;
    this.told = told;
  }

  /**
   * What is counted.
   *
   * @param done so far in this step; may be called by another thread
   * @param before what an earlier try of the step had done
   * @param total what is to be done, {@code before} among it
   * @param unit in the plural, such as {@code images}
   */
  public record Counter(LongSupplier done, LongSupplier before, long total, String unit) {
    /** The count, the speed and the time that is left, after some seconds. */
    String line(long seconds) {
      long now = done.getAsLong();
      long all = before.getAsLong() + now;
      String count = String.format(Locale.ROOT, "%,d of %,d %s", all, total, unit);
      if (now == 0 || seconds == 0) {
        return count;
      }
      double rate = (double) now / seconds;
      return String.format(
          Locale.ROOT,
          "%s, %.1f %s/s, %s left",
          count,
          rate,
          unit,
          inWords((long) Math.ceil(Math.max(0, total - all) / rate)));
    }
  }

  /**
   * Begins to tell.
   *
   * @param counter null to tell the tasks of Spark's jobs under way
   */
  static Progress start(String name, Counter counter, SparkContext spark) {
    JavaSparkStatusTracker jobs = JavaSparkContext.fromSparkContext(spark).statusTracker();
    return start(
        seconds -> name + ": " + (counter == null ? tasks(jobs, seconds) : counter.line(seconds)),
        IS_ON_TERMINAL ? Duration.ofSeconds(1) : Duration.ofMinutes(1),
        IS_ON_TERMINAL ? Progress::show : LOG::info);
  }

  /**
   * Begins to tell.
   *
   * @param line after so many seconds
   * @param told takes the lines
   */
  static Progress start(LongFunction<String> line, Duration interval, Consumer<String> told) {
    Timer clock = new Timer("dn2-progress", true);
    long start = System.nanoTime();
    Progress progress = new Progress(clock, told);
    clock.schedule(
        new TimerTask() {
          @Override
          public void run() {
            long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start);
            progress.tell(line.apply(seconds));
          }
        },
        interval.toMillis(),
        interval.toMillis());
    return progress;
  }

  private synchronized void tell(String line) {
    if (!isClosed) {
      told.accept(line);
    }
  }

  private static void show(String line) {
    System.err.print(CLEAR_LINE + line.substring(0, Math.min(MOST_COLUMNS, line.length())));
    System.err.flush();
  }

  private static String tasks(JavaSparkStatusTracker jobs, long seconds) {
    long done = 0;
    long all = 0;
    for (int stage : jobs.getActiveStageIds()) {
      SparkStageInfo info = jobs.getStageInfo(stage);
      if (info != null) {
        done += info.numCompletedTasks();
        all += info.numTasks();
      }
    }
    return all == 0
        ? "at work for " + inWords(seconds)
        : String.format(
            Locale.ROOT,
            "at work for %s, %,d of %,d tasks of Spark's step under way",
            inWords(seconds),
            done,
            all);
  }

  /** Seconds, minutes or hours, rounded. */
  public static String inWords(long seconds) {
    if (seconds < 90) {
      return seconds + " s";
    }
    long minutes = Math.round(seconds / 60.0);
    return minutes < 90
        ? minutes + " min"
        : String.format(Locale.ROOT, "%d h %02d min", minutes / 60, minutes % 60);
  }

  @Override
  public synchronized void close() {
    clock.cancel();
    isClosed = true;
    if (IS_ON_TERMINAL) {
      told.accept("");
    }
  }
}
