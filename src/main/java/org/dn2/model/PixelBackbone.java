package org.dn2.model;

import java.util.Locale;

/**
 * The backbone that does nothing: an image's embedding is its pixels, row by row, red plane first.
 * A rival to measure real backbones against.
 */
final class PixelBackbone {
  private PixelBackbone() {}

  static String id(int size) {
    return String.format(Locale.ROOT, "pixels-%d", size);
  }

  static String code() {
    return "class "
        + ForwardCode.CLASS
        + "(Module):\n  __parameters__ = []\n  __buffers__ = []\n  training : bool\n"
        + "  def forward(self: __torch__."
        + ForwardCode.CLASS
        + ",\n    x: Tensor) -> Tensor:\n    return torch.flatten(x, 1)\n";
  }
}
