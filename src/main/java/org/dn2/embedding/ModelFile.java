package org.dn2.embedding;

import java.util.Locale;
import org.dn2.table.UserDataException;

/** What can be loaded of a backbone's file. */
public final class ModelFile {
  /** The file is sent to executors as one array, which can have no more. */
  private static final long MOST_BYTES = Integer.MAX_VALUE - 8L;

  private ModelFile() {}

  /**
   * Checks a length before anything is read.
   *
   * @param file for the message
   * @param bytes its length
   * @throws UserDataException if it has 2 GiB or more
   */
  public static void requireLoadable(String file, long bytes) {
    if (bytes > MOST_BYTES) {
      throw new UserDataException(
          String.format(
              Locale.ROOT,
              "The model file %s has %,d bytes; less than 2 GiB can be loaded. Import the model"
                  + " in the precision BF16, which takes half as much, or use a smaller one.",
              file,
              bytes));
    }
  }
}
