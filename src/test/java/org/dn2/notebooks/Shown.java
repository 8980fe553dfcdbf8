package org.dn2.notebooks;

import java.util.concurrent.atomic.AtomicReference;

/** Hands the value of a cell's last expression from the shell's code to the kernel. */
public final class Shown {
  private static final AtomicReference<Object> VALUE = new AtomicReference<>();

  private Shown() {}

  /** Called by snippets. */
  public static void hand(Object value) {
    VALUE.set(value);
  }

  static Object take() {
    return VALUE.getAndSet(null);
  }
}
