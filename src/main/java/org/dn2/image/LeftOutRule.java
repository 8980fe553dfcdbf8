package org.dn2.image;

import java.util.Locale;

/** Why an entry that was found is not among the listed images: a closed set, counted by name. */
public enum LeftOutRule {
  /** Its name begins with a dot; a folder counts once, whatever is in it. */
  HIDDEN,
  /**
   * It belongs to an output of dn2 or to Spark's way of writing one: a folder with dn2's marker,
   * which counts once, or a name that only they use.
   */
  OUTPUT_OF_DN2,
  /** A file that cameras, photo programs and systems put beside images, told by its name. */
  SIDECAR,
  /** A file that Hadoop's copying has not finished. */
  BEING_COPIED,
  /** Its name does not match the glob. */
  GLOB,
  /** A link to the folder it lies in or to one further up. */
  CIRCULAR_LINK,
  /** A link to a folder, found behind too many other links to folders. */
  NESTED_LINK,
  /** A named pipe, a socket or a device. */
  NOT_A_REGULAR_FILE,
  /** A row of a manifest in which nothing but blanks is written. */
  BLANK_ROW,
  /** It is of another split than was asked for, or of none. */
  SPLIT,
  /** It has another label than was asked for, or none. */
  LABEL,
  /** There are more images than were asked for. */
  LIMIT;

  /** The name as summaries hold it: lower snake case. */
  public String columnValue() {
    return name().toLowerCase(Locale.ROOT);
  }
}
