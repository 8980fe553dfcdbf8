package org.dn2.table;

import java.util.regex.Pattern;

/**
 * Says that the user's data or setting is at fault and what to do about it. The message is complete
 * by itself: the command line prints it without a stack trace and exits with 2.
 */
public final class UserDataException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final Pattern STACK_TRACE = Pattern.compile("(\\R\\tat [^\\r\\n]*)+\\R?");

  public UserDataException(String message) {
    super(message);
  }

  public UserDataException(String message, Throwable cause) {
    super(withoutStackTrace(message), cause);
  }

  /** A message without the stack trace that a remote server, such as HDFS's, puts into it. */
  public static String withoutStackTrace(String message) {
    return STACK_TRACE.matcher(message).replaceAll("");
  }
}
