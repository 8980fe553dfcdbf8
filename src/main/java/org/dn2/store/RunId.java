package org.dn2.store;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import org.apache.commons.codec.digest.DigestUtils;
import org.dn2.table.UserDataException;

/**
 * Names one run. A repeated run with the same id replaces what that run wrote before.
 *
 * @param value 1 to 100 letters, digits, dots, hyphens and underscores, the first a letter or digit
 */
public record RunId(String value) {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmssSSS'Z'").withZone(ZoneOffset.UTC);

  private static final String OF_PLACES = "images-";
  private static final int DIGITS = 12;

  public RunId {
    if (value == null || !value.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,99}")) {
      throw new UserDataException(
          "The run id \""
              + value
              + "\" is not 1 to 100 letters, digits, dots, hyphens and underscores that begin with a"
              + " letter or digit.");
    }
  }

  /** The id of a run that is told by its images alone: the same for the same places. */
  public static RunId ofPlaces(String places) {
    return new RunId(OF_PLACES + DigestUtils.sha256Hex(places).substring(0, DIGITS));
  }

  /** Whether the same command without an id is a repeat. */
  public boolean isOfPlaces() {
    return value.startsWith(OF_PLACES);
  }

  /** What a person does to go on with the run. */
  String howToRepeat() {
    return isOfPlaces()
        ? "Repeat the same command to go on."
        : "Repeat the command with --run-id %s to go on.".formatted(value);
  }

  /** The given id, or one made of the present time where none is given. */
  public static RunId orFromTime(String given) {
    return new RunId(given == null ? TIME.format(Instant.now()) : given);
  }
}
