package org.dn2.cli;

import java.util.function.Function;
import org.dn2.table.UserDataException;

/** Says that the command line is wrong, where picocli alone cannot tell. */
final class UsageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UsageException(String message) {
    this(message, null);
  }

  private UsageException(String message, Throwable cause) {
    super(message, cause);
  }

  /**
   * What an option's value names.
   *
   * @param value null gives null
   * @param named takes a name of a closed set, and throws {@link UserDataException} for any other
   */
  static <T> T named(String option, String value, Function<String, T> named) {
    if (value == null) {
      return null;
    }
    try {
      return named.apply(value);
    } catch (UserDataException e) {
      throw new UsageException(
          "Invalid value for option '%s': %s".formatted(option, e.getMessage()), e);
    }
  }
}
