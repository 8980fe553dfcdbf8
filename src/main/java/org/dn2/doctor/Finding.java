package org.dn2.doctor;

import java.io.Serializable;
import java.util.Objects;
import java.util.regex.Pattern;
import org.dn2.table.Printable;

/**
 * What a check found.
 *
 * @param level how bad it is
 * @param what was checked, in a few words
 * @param detail what was found, in one line
 * @param advice what to do about it; empty where there is nothing to do
 */
public record Finding(Level level, String what, String detail, String advice)
    implements Serializable {
  private static final Pattern SECRET_IN_ADDRESS = Pattern.compile("//[^/@\\s]*:[^/@\\s]*@");

  /** From good to bad. */
  public enum Level {
    OK,
    /** A job would run; it may be slow, or stop one day. */
    WARN,
    /** A job would fail. */
    FAIL
  }

  public Finding {
    Objects.requireNonNull(level, "level");
    what = printable(what);
    detail = printable(detail);
    advice = printable(advice);
  }

  private static String printable(String text) {
    return Printable.of(SECRET_IN_ADDRESS.matcher(text).replaceAll("//***@"));
  }

  /** All is well. */
  public static Finding ok(String what, String detail) {
    return new Finding(Level.OK, what, detail, "");
  }

  /** A job would run. */
  public static Finding warn(String what, String detail, String advice) {
    return new Finding(Level.WARN, what, detail, advice);
  }

  /** A job would fail. */
  public static Finding fail(String what, String detail, String advice) {
    return new Finding(Level.FAIL, what, detail, advice);
  }

  /** Whether a job would fail. */
  public boolean isFailure() {
    return level == Level.FAIL;
  }
}
