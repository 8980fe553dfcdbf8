package org.dn2.image;

import java.nio.charset.StandardCharsets;

/** The image formats that are told apart by their first bytes, whatever the file's name. */
enum ImageFormat {
  JPEG("JPEG", "jpeg"),
  PNG("PNG", "png"),
  GIF("GIF", "gif"),
  BMP("BMP", "bmp"),
  TIFF("TIFF", "tiff"),
  WEBP("WebP", null),
  HEIF("HEIC or AVIF", null),
  JPEG_2000("JPEG 2000", null),
  JPEG_XL("JPEG XL", null),
  PHOTOSHOP("Photoshop", null),
  ICON("icon", null),
  NETPBM("PBM, PGM, PPM or PFM", null),
  PAM("PAM", null),
  /** None of the above. */
  UNKNOWN("unknown", null);

  private final String title;
  private final String readerName;

  ImageFormat(String title, String readerName) {
    this.title = title;
    this.readerName = readerName;
  }

  /** The name for messages. */
  String title() {
    return title;
  }

  /** The name under which the JDK knows its reader, or null where it has none. */
  String readerName() {
    return readerName;
  }

  /** Whether such files can be read, by whatever. */
  boolean isRead() {
    return readerName != null || this == WEBP || this == NETPBM;
  }

  /** The format whose signature the bytes begin with. */
  static ImageFormat of(byte[] bytes) {
    if (startsWith(bytes, 0, 0xff, 0xd8, 0xff)) {
      return JPEG;
    }
    if (startsWith(bytes, 0, 0x89, 'P', 'N', 'G', 0x0d, 0x0a, 0x1a, 0x0a)) {
      return PNG;
    }
    if (startsWith(bytes, "GIF87a") || startsWith(bytes, "GIF89a")) {
      return GIF;
    }
    if (startsWith(bytes, "BM") && isBitmapHeaderSize(bytes)) {
      return BMP;
    }
    if (startsWith(bytes, 0, 'I', 'I', 42, 0)
        || startsWith(bytes, 0, 'M', 'M', 0, 42)
        || startsWith(bytes, 0, 'I', 'I', 43, 0)
        || startsWith(bytes, 0, 'M', 'M', 0, 43)) {
      return TIFF;
    }
    if (startsWith(bytes, "RIFF") && startsWith(bytes, 8, 'W', 'E', 'B', 'P')) {
      return WEBP;
    }
    if (startsWith(bytes, 4, 'f', 't', 'y', 'p')) {
      return HEIF;
    }
    if (startsWith(bytes, 0, 0, 0, 0, 12, 'j', 'P') || startsWith(bytes, 0, 0xff, 0x4f, 0xff)) {
      return JPEG_2000;
    }
    if (startsWith(bytes, 0, 0xff, 0x0a) || startsWith(bytes, 0, 0, 0, 0, 12, 'J', 'X', 'L')) {
      return JPEG_XL;
    }
    if (startsWith(bytes, "8BPS")) {
      return PHOTOSHOP;
    }
    if (startsWith(bytes, 0, 0, 0, 1, 0)) {
      return ICON;
    }
    if (Netpbm.isBegunBy(bytes)) {
      return NETPBM;
    }
    if (startsWith(bytes, "P7\nWIDTH") || startsWith(bytes, "P7\n#")) {
      return PAM;
    }
    return UNKNOWN;
  }

  /** Many a text begins with BM; a bitmap's header goes on with one of seven lengths. */
  private static boolean isBitmapHeaderSize(byte[] bytes) {
    if (bytes.length < 18) {
      return bytes.length > 2 && bytes[bytes.length - 1] == 0;
    }
    int size =
        (bytes[14] & 0xff)
            | (bytes[15] & 0xff) << 8
            | (bytes[16] & 0xff) << 16
            | (bytes[17] & 0xff) << 24;
    return switch (size) {
      case 12, 16, 40, 52, 56, 64, 108, 124 -> true;
      default -> false;
    };
  }

  private static boolean startsWith(byte[] bytes, String signature) {
    byte[] expected = signature.getBytes(StandardCharsets.US_ASCII);
    int[] values = new int[expected.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = expected[i];
    }
    return startsWith(bytes, 0, values);
  }

  private static boolean startsWith(byte[] bytes, int at, int... signature) {
    if (bytes.length < at + signature.length) {
      return false;
    }
    for (int i = 0; i < signature.length; i++) {
      if ((bytes[at + i] & 0xff) != signature[i]) {
        return false;
      }
    }
    return true;
  }
}
