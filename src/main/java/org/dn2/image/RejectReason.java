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
  /** The bytes could not be read: missing, no permission, input or output error. */
  UNREADABLE,
  /** The network gave NaN or infinity. */
  NON_FINITE_EMBEDDING;

  /** The name as the column holds it: lower snake case. */
  public String columnValue() {
    return name().toLowerCase(Locale.ROOT);
  }
}
