package org.dn2.image;

import java.util.Locale;

/** Why a listed image has no embedding: the closed set of the rejects' column {@code reason}. */
public enum RejectReason {
  /** The file has no bytes. */
  EMPTY,
  /** The bytes do not begin as any known image format does. */
  NOT_AN_IMAGE,
  /** The image ends before its last pixel. */
  TRUNCATED,
  /** More bytes or pixels than the limits allow. */
  TOO_LARGE,
  /** A known image format in a variant that cannot be decoded. */
  UNSUPPORTED,
  /** There is no such file: gone since it was listed, or named by a manifest that errs. */
  GONE,
  /** What the path names cannot be read by anybody or by this user: no permission, a folder. */
  UNREADABLE,
  /** The network gave NaN or infinity. */
  NON_FINITE_EMBEDDING;

  /** The name as the column holds it: lower snake case. */
  public String columnValue() {
    return name().toLowerCase(Locale.ROOT);
  }
}
