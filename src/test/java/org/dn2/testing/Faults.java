package org.dn2.testing;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Decides which call of a store fails. Off until a test begins one; one test at a time. */
public final class Faults {
  /** The process is dead: nothing that it does after this reaches the store. */
  public static final class Died extends Error {
    private static final long serialVersionUID = 1L;

    Died(String call) {
      super("died at " + call);
    }
  }

  /** What the failing call does. */
  public enum Kind {
    /** It throws, and the next call works again. */
    THROW,
    /** It and all later ones fail. */
    DIE
  }

  private static final List<String> CALLS = new ArrayList<>();
  private static Kind kind;
  private static int failing;

  private Faults() {}

  /**
   * From now on calls are counted, and one fails.
   *
   * @param call its number, from 1; 0 for none
   */
  public static synchronized void begin(Kind newKind, int call) {
    CALLS.clear();
    kind = newKind;
    failing = call;
  }

  /** From now on all calls work; gives those that were counted. */
  public static synchronized List<String> end() {
    kind = null;
    return List.copyOf(CALLS);
  }

  /** Counts a call, which fails if it is its turn. */
  static synchronized void at(String call) throws IOException {
    if (kind == null) {
      return;
    }
    CALLS.add(call);
    if (kind == Kind.DIE && failing > 0 && CALLS.size() >= failing) {
      throw new Died(call);
    }
    if (kind == Kind.THROW && CALLS.size() == failing) {
      throw new IOException("the store fails at " + call);
    }
  }
}
