package org.dn2.store;

import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/**
 * Says what a job that failed has kept and how to go on with it; it is suppressed by the failure
 * itself, whose type and message stay as they are.
 */
public final class KeptWork extends Exception {
  private static final long serialVersionUID = 1L;

  private KeptWork(String message) {
    super(message, null, false, false);
  }

  /**
   * Says it.
   *
   * @param done of {@code listed} images
   * @param what they are, such as {@code embedded}
   */
  public static KeptWork of(long done, long listed, String what, RunId run) {
    return new KeptWork(
        String.format(
            Locale.ROOT,
            "%,d of %,d images are %s and kept. %s",
            done,
            listed,
            what,
            run.howToRepeat()));
  }

  /** Says that the steps that were done are kept. */
  public static KeptWork of(RunId run) {
    return new KeptWork("What was done is kept. " + run.howToRepeat());
  }

  /** Does the work that follows on steps that are kept, and adds that to its failure. */
  public static void afterSteps(RunId run, Runnable work) {
    try {
      work.run();
    } catch (Throwable e) { // Scala throws checked ones without saying so.
      e.addSuppressed(of(run));
      throw e;
    }
  }

  /** What a failure, or what caused it, says of kept work; null if nothing. */
  public static KeptWork in(Throwable failure) {
    return in(failure, new HashSet<>());
  }

  private static KeptWork in(Throwable failure, Set<Throwable> seen) {
    if (failure == null || !seen.add(failure)) {
      return null;
    }
    if (failure instanceof KeptWork kept) {
      return kept;
    }
    for (Throwable suppressed : failure.getSuppressed()) {
      KeptWork kept = in(suppressed, seen);
      if (kept != null) {
        return kept;
      }
    }
    return in(failure.getCause(), seen);
  }
}
