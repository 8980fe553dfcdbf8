package org.dn2.testing;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

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
    DIE,
    /** From it on nothing can be created: the disk is full. */
    FULL
  }

  private static final List<String> CALLS = new ArrayList<>();
  private static Kind kind;
  private static int failing;
  private static Pattern counted;

  private Faults() {}

  /**
   * From now on calls are counted, and one fails.
   *
   * @param call its number, from 1; 0 for none
   */
  public static synchronized void begin(Kind newKind, int call) {
    begin(newKind, call, Pattern.compile(".*"));
  }

  /**
   * From now on some calls are counted, and one of them fails.
   *
   * @param call its number among those that match
   */
  public static synchronized void begin(Kind newKind, int call, Pattern matching) {
    CALLS.clear();
    kind = newKind;
    failing = call;
    counted = matching;
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
    boolean isCounted = counted.matcher(call).matches();
    if (isCounted) {
      CALLS.add(call);
    }
    boolean hasFailed = failing > 0 && CALLS.size() >= failing;
    if (kind == Kind.DIE && hasFailed) {
      throw new Died(call);
    }
    if (kind == Kind.FULL
        && hasFailed
        && (call.startsWith("create ") || call.startsWith("make "))) {
      throw new IOException("No space left on device");
    }
    if (kind == Kind.THROW && isCounted && CALLS.size() == failing) {
      throw new IOException("the store fails at " + call);
    }
  }
}
