package org.dn2.model;

import java.util.function.Supplier;

/**
 * A convolution with bias, batch norm already folded in.
 *
 * @param kernelSize height and width
 * @param padding zeros on every side
 * @param parameters reads and folds the weights when they are written, so that one convolution is
 *     in memory at a time
 */
record Convolution(
    int outputChannels,
    int inputChannels,
    int kernelSize,
    int stride,
    int padding,
    Supplier<Parameters> parameters) {

  /**
   * Weights and bias.
   *
   * @param weights {@code float[outputChannels][kernelSize][kernelSize][inputChannels]}, the order
   *     that PyTorch calls channels last
   * @param bias {@code float[outputChannels]}
   */
  record Parameters(float[] weights, float[] bias) {}
}
