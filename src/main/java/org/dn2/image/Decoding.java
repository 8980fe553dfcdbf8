package org.dn2.image;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.dn2.table.UserDataException;

/**
 * How files become pixels where a file leaves a choice. Images that were read in different ways are
 * not comparable.
 *
 * @param orientation whether a camera's rotation mark is followed
 * @param sampleBits how many bits samples of 16 use
 */
public record Decoding(ExifOrientation orientation, SampleBits sampleBits) {
  private static final String ORIENTATION = "exif-orientation";
  private static final String SAMPLE_BITS = "sample-bits";

  /** Each choice by its name, as options and configurations name them. */
  public Map<String, String> choices() {
    Map<String, String> choices = new LinkedHashMap<>();
    choices.put(ORIENTATION, orientation.name().toLowerCase(Locale.ROOT));
    choices.put(SAMPLE_BITS, sampleBits.toString());
    return choices;
  }

  /**
   * Reads what {@link #choices} gave.
   *
   * @return null for null or nothing, as in what earlier versions wrote
   * @throws UserDataException if a choice is missing or unknown
   */
  public static Decoding chosen(Map<String, String> choices) {
    if (choices == null || choices.isEmpty()) {
      return null;
    }
    try {
      return new Decoding(
          ExifOrientation.valueOf(
              String.valueOf(choices.get(ORIENTATION)).toUpperCase(Locale.ROOT)),
          SampleBits.named(String.valueOf(choices.get(SAMPLE_BITS))));
    } catch (IllegalArgumentException e) {
      throw new UserDataException(
          "The decoding is %s; %s must be ignore or apply.".formatted(choices, ORIENTATION), e);
    }
  }
}
