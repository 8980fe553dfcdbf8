package org.dn2.work;

import java.util.Map;
import java.util.Objects;

/** What this process was told of its end, and its end at once. */
public final class ProcessEnd {
  /** The names of the threads in which the JVM handles these signals, and its exit codes. */
  private static final Map<String, Integer> EXIT_CODES =
      Map.of("SIGHUP handler", 129, "SIGINT handler", 130, "SIGTERM handler", 143);

  private static final int OTHERWISE = 143;

  private ProcessEnd() {}

  /**
   * How many signals to end have come. Each has a thread, and all of these wait for the end that
   * the first has begun, so nothing else would tell of a second.
   */
  public static long signals() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> EXIT_CODES.containsKey(thread.getName()))
        .count();
  }

  /**
   * Ends the process, whatever its threads are at, with the exit code of the signal that it was
   * told to end by.
   */
  public static void atOnce() {
    int exitCode =
        Thread.getAllStackTraces().keySet().stream()
            .map(thread -> EXIT_CODES.get(thread.getName()))
            .filter(Objects::nonNull)
            .findFirst()
            .orElse(OTHERWISE);
    Runtime.getRuntime().halt(exitCode);
  }
}
