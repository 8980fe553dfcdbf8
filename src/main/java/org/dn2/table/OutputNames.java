package org.dn2.table;

import java.util.regex.Pattern;

/** Names by which the outputs of dn2, and what Spark leaves in them, are told from other files. */
public final class OutputNames {
  /** The file that makes a folder an output; it is written last. */
  public static final String MARKER = "_DN2_RUN";

  /** In a folder that is written in place: small files, and what its attempts note. */
  public static final String NOTES = "_dn2";

  private static final Pattern OWN =
      Pattern.compile(
          MARKER
              + "|"
              + NOTES
              + "|_SUCCESS|_temporary|__magic.*"
              + "|\\..+~(old|[^~]+\\.unfinished|[^~]+~[0-9a-f]+\\.(parts|staging))");

  private OutputNames() {}

  /** Whether only dn2 and Spark use the name: a marker, notes, or work under way. */
  public static boolean isOwn(String name) {
    return OWN.matcher(name).matches();
  }

  /** Whether a folder in which the name occurs is an output of dn2, be it finished or not. */
  public static boolean marksOutput(String name) {
    return name.equals(MARKER) || name.equals(NOTES);
  }
}
