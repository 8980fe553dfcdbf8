package org.dn2.table;

import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
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

  /**
   * Says what another exception is due to.
   *
   * @param cause null for none; its own message may be in this one: where that is a path alone, or
   *     nothing, what is wrong with the path is said instead
   */
  public UserDataException(String message, Throwable cause) {
    super(withoutStackTrace(explained(message, cause)), cause);
  }

  private static String explained(String message, Throwable cause) {
    if (cause == null) {
      return message;
    }
    String own = String.valueOf(cause.getMessage());
    boolean isPathAlone = cause instanceof FileSystemException file && own.equals(file.getFile());
    if ((!isPathAlone && cause.getMessage() != null) || !message.contains(": " + own)) {
      return message;
    }
    return message.replace(": " + own, ": " + reason(cause));
  }

  private static String reason(Throwable cause) {
    if (cause instanceof NoSuchFileException) {
      return "it is missing";
    }
    if (cause instanceof NotDirectoryException) {
      return "it is no folder";
    }
    if (cause instanceof AccessDeniedException) {
      return "access to it is denied";
    }
    return cause.getClass().getSimpleName();
  }

  /** A message without the stack trace that a remote server, such as HDFS's, puts into it. */
  public static String withoutStackTrace(String message) {
    return STACK_TRACE.matcher(message).replaceAll("");
  }
}
