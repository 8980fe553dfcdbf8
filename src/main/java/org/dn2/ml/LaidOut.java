package org.dn2.ml;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.spark.SparkContext;

/**
 * What a stage and its copies have sent to the executors, kept for the next dataset until it is
 * closed: one thing for each way that it was asked for.
 */
final class LaidOut<T extends AutoCloseable> implements AutoCloseable {
  private final Map<Asked, T> things = new HashMap<>();

  /**
   * @param context whose executors have it
   * @param how all that it depends on
   */
  private record Asked(SparkContext context, Object how) {}

  /** What is there already for the same settings, or a new one. */
  synchronized T of(SparkContext context, Object how, Supplier<T> layOut) {
    // Nothing is left of what a stopped context had.
    things.keySet().removeIf(asked -> asked.context().isStopped());
    Asked asked = new Asked(context, how);
    T there = things.get(asked);
    if (there == null) {
      there = layOut.get();
      things.put(asked, there);
    }
    return there;
  }

  @Override
  public synchronized void close() {
    for (Map.Entry<Asked, T> thing : things.entrySet()) {
      if (!thing.getKey().context().isStopped()) {
        close(thing.getValue());
      }
    }
    things.clear();
  }

  private static void close(AutoCloseable thing) {
    try {
      thing.close();
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
