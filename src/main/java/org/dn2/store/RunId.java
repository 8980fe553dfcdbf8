package org.dn2.store;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import org.dn2.table.UserDataException;

/**
 * Names one run. A repeated run with the same id replaces what that run wrote before.
 *
 * @param value 1 to 100 letters, digits, dots, hyphens and underscores, the first a letter or digit
 */
public record RunId(String value) {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmssSSS'Z'").withZone(ZoneOffset.UTC);

  public RunId {
    if (value == null || !value.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,99}")) {
      throw new UserDataException(
          "The run id \""
              + value
              + "\" is not 1 to 100 letters, digits, dots, hyphens and underscores that begin with a"
              + " letter or digit.");
    }
  }

  /** The given id, or one made of the present time where none is given. */
  public static RunId orFromTime(String given) {
    return new RunId(given == null ? TIME.format(Instant.now()) : given);
  }
}
