package org.dn2.model;

/** Numbers of 16 bits. */
final class SmallFloats {
  private SmallFloats() {}

  /** IEEE 754 half precision, as JDK 20's Float.float16ToFloat reads it. */
  static float half(short half) {
    int exponent = (half >> 10) & 0x1f;
    int fraction = half & 0x3ff;
    float magnitude =
        switch (exponent) {
          case 0 -> fraction * 0x1p-24f;
          case 31 -> fraction == 0 ? Float.POSITIVE_INFINITY : Float.NaN;
          default -> (1024 + fraction) * Math.scalb(1f, exponent - 25);
        };
    return half < 0 ? -magnitude : magnitude;
  }

  /** The upper half of a float. */
  static float bfloat16(short bits) {
    return Float.intBitsToFloat(bits << 16);
  }
}
