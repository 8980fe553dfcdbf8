package org.dn2.table;

/**
 * Says that the user's data or setting is at fault and what to do about it. The message is complete
 * by itself: the command line prints it without a stack trace and exits with 2.
 */
public final class UserDataException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public UserDataException(String message) {
    super(message);
  }

  public UserDataException(String message, Throwable cause) {
    super(message, cause);
  }
}
