package org.dn2.store;

import java.util.Locale;

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
            "%,d of %,d images are %s and kept. Repeat the command with --run-id %s to go on.",
            done,
            listed,
            what,
            run.value()));
  }
}
