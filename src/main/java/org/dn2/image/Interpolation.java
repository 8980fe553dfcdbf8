package org.dn2.image;

import com.fasterxml.jackson.annotation.JsonProperty;

/** The filter of a resize, as Pillow defines it: antialiased where the image shrinks. */
public enum Interpolation {
  /** A triangle of one pixel to each side: the paper's. */
  @JsonProperty("bilinear")
  BILINEAR(1) {
    @Override
    double weight(double distance) {
      return distance < 1 ? 1 - distance : 0;
    }
  },
  /**
   * The cubic kernel with a = -0.5, two pixels to each side: what CLIP and DINOv2 were trained on.
   */
  @JsonProperty("bicubic")
  BICUBIC(2) {
    @Override
    double weight(double distance) {
      if (distance < 1) {
        return ((A + 2) * distance - (A + 3)) * distance * distance + 1;
      }
      return distance < 2 ? (((distance - 5) * distance + 8) * distance - 4) * A : 0;
    }
  };

  private static final double A = -0.5;

  private final double support;

  Interpolation(double support) {
    this.support = support;
  }

  /** How far the filter reaches, in pixels of the smaller image. */
  double support() {
    return support;
  }

  /** The filter's height at a distance of 0 or more from its middle. */
  abstract double weight(double distance);
}
