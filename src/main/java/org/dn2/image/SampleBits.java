package org.dn2.image;

import java.io.Serializable;
import org.dn2.table.UserDataException;

/**
 * How many bits the samples of 16-bit files use: cameras of 10 or 12 bits often store theirs in
 * files of 16, from the lowest bit up. One rule holds for all images of a run, whatever their
 * content, so that a sample means the same brightness in each.
 *
 * @param bits {@value #LEAST} to {@value #MOST} where the user says so; 0 for what each file says
 *     of itself, and {@value #MOST} where it says nothing
 */
public record SampleBits(int bits) implements Serializable {
  static final int LEAST = 8;
  static final int MOST = 16;

  private static final String NAME_OF_AUTO = "auto";

  /** What each file says of itself. */
  public static final SampleBits AUTO = new SampleBits(0);

  public SampleBits {
    if (bits != 0 && (bits < LEAST || bits > MOST)) {
      throw invalid(Integer.toString(bits), null);
    }
  }

  /**
   * Reads {@code auto} or a number.
   *
   * @throws UserDataException if it is neither, or the number is out of range
   */
  public static SampleBits named(String name) {
    if (name.equalsIgnoreCase(NAME_OF_AUTO)) {
      return AUTO;
    }
    try {
      int bits = Integer.parseInt(name);
      if (bits != 0) {
        return new SampleBits(bits);
      }
    } catch (NumberFormatException e) {
      throw invalid(name, e);
    }
    throw invalid(name, null);
  }

  private static UserDataException invalid(String name, Throwable cause) {
    return new UserDataException(
        "The sample bits are \"%s\"; they must be auto, or from %d to %d."
            .formatted(name, LEAST, MOST),
        cause);
  }

  boolean isAuto() {
    return bits == 0;
  }

  /** The name that {@link #named} takes. */
  @Override
  public String toString() {
    return isAuto() ? NAME_OF_AUTO : Integer.toString(bits);
  }
}
