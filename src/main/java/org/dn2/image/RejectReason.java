package org.dn2.image;

import java.util.Locale;

/** Why a listed image has no embedding: the closed set of the rejects' column {@code reason}. */
public enum RejectReason {
  /** The file has no bytes. */
  EMPTY("Copy the file again from where it came: it has no bytes."),
  /** The bytes do not begin as any known image format does. */
  NOT_AN_IMAGE("Leave such files out of the folder, or convert them to JPEG or PNG."),
  /** The image ends before its last pixel. */
  TRUNCATED("Copy the file again: it ends before its last pixel."),
  /** More bytes or pixels than the limits allow. */
  TOO_LARGE("Scale the image down, or cut out what matters."),
  /** A known image format in a variant that cannot be decoded. */
  UNSUPPORTED("Convert the file to JPEG or PNG; its message says what cannot be read."),
  /** There is no such file: gone since it was listed, or named by a manifest that errs. */
  GONE("Put the file back, or take it out of the manifest."),
  /** What the path names cannot be read by anybody or by this user: no permission, a folder. */
  UNREADABLE("Let the user that runs dn2 read the file; its message says what is in the way."),
  /** The network gave NaN or infinity. */
  NON_FINITE_EMBEDDING("Look at the image, and check the backbone: its numbers were not finite.");

  private final String advice;

  RejectReason(String advice) {
    this.advice = advice;
  }

  /** What a person can do about it, a sentence. */
  public String advice() {
    return advice;
  }

  /** The name as the column holds it: lower snake case. */
  public String columnValue() {
    return name().toLowerCase(Locale.ROOT);
  }
}
