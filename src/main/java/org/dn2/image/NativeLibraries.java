package org.dn2.image;

import org.dn2.doctor.Finding;

/** Whether this machine can load the libraries that decode images. */
public final class NativeLibraries {
  private NativeLibraries() {}

  /** Loads them, if that was not done before. */
  public static Finding finding() {
    String failure = NativeWebP.failure();
    if (failure != null) {
      return Finding.warn(
          "image libraries",
          "libwebp cannot be loaded, so that WebP images would be rejected: " + failure,
          "Is java.io.tmpdir writable, and may programs be run from it? The library is for Linux on x86-64 with glibc.");
    }
    return NativeJpeg.isAvailable()
        ? Finding.ok("image libraries", "libjpeg-turbo and libwebp load")
        : Finding.warn(
            "image libraries",
            "libjpeg-turbo cannot be loaded: JPEGs are decoded by Java, more slowly",
            "Is java.io.tmpdir writable, and may programs be run from it? The log says more.");
  }
}
