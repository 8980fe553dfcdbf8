package org.dn2.image;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.dn2.table.ClusterFaultException;

/**
 * Tries again what a store failed to do, after some pauses. How often and how long it waits is
 * Hadoop's setting {@value #PAUSES}, a list of times such as {@code 500ms,2s,8s}; each is taken by
 * half to one and a half, so that many readers do not come back at once.
 */
final class Retries {
  /** The setting; empty for no second attempt. */
  static final String PAUSES = "dn2.read.retry.pauses";

  private static final String[] DEFAULT_PAUSES = {"500ms", "2s", "8s"};

  private final List<Duration> pauses;
  private final Waiting waiting;

  /** Waits. */
  interface Waiting {
    /** Returns after a time. */
    void sleep(Duration time) throws InterruptedException;
  }

  /** What may fail. */
  interface Attempt<T> {
    /**
     * Makes an attempt.
     *
     * @throws IOException if another may succeed
     * @throws UndecodableImageException if none will
     */
    T make() throws IOException, UndecodableImageException;
  }

  Retries(List<Duration> pauses, Waiting waiting) {
    this.pauses = List.copyOf(pauses);
    this.waiting = waiting;
  }

  static Retries of(Configuration hadoop) {
    String[] times = hadoop.getTrimmedStrings(PAUSES, DEFAULT_PAUSES);
    return new Retries(
        Arrays.stream(times)
            .map(
                time ->
                    Duration.ofMillis(
                        hadoop.getTimeDurationHelper(PAUSES, time, TimeUnit.MILLISECONDS)))
            .toList(),
        time -> Thread.sleep(around(time).toMillis()));
  }

  private static Duration around(Duration time) {
    return Duration.ofMillis(
        Math.round(time.toMillis() * ThreadLocalRandom.current().nextDouble(0.5, 1.5)));
  }

  /**
   * What the first attempt gives that does not fail.
   *
   * @param path of the file, for the message
   * @throws ClusterFaultException if all attempts fail
   * @throws UndecodableImageException if an attempt says that the file is at fault
   */
  <T> T first(String path, Attempt<T> attempt) throws UndecodableImageException {
    IOException failure = null;
    for (int number = 0; number <= pauses.size(); number++) {
      if (number > 0) {
        waitFor(pauses.get(number - 1), failure);
      }
      try {
        return attempt.make();
      } catch (IOException e) {
        if (failure != null) {
          e.addSuppressed(failure);
        }
        failure = e;
        // A reader that was told to end fails as a store does.
        if (Thread.currentThread().isInterrupted()) {
          throw ended(e);
        }
      }
    }
    throw new ClusterFaultException(
        ("The store failed while %s was read, %d times in turn: %s. Nothing says that the file is"
                + " at fault; run again once the store works.")
            .formatted(path, pauses.size() + 1, ImageFile.messageOf(failure)),
        failure);
  }

  private void waitFor(Duration pause, IOException failure) {
    try {
      waiting.sleep(pause);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw ended(failure);
    }
  }

  private static IllegalStateException ended(IOException failure) {
    return new IllegalStateException("the task was ended while it read a file", failure);
  }
}
