package org.dn2.image;

/** Says why an image's bytes give no pixels: it becomes the image's row in the rejects. */
public final class UndecodableImageException extends Exception {
  private static final long serialVersionUID = 1L;

  private final RejectReason reason;

  public UndecodableImageException(RejectReason reason, String message) {
    super(message);
    this.reason = reason;
  }

  public UndecodableImageException(RejectReason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  /** The reason as the rejects' table holds it. */
  public RejectReason reason() {
    return reason;
  }
}
