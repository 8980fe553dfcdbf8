package org.dn2.model;

/**
 * The normalization that follows a convolution: {@code scale (x - mean) / sqrt(variance + epsilon)
 * + shift}, per channel.
 */
record BatchNorm(float[] scale, float[] shift, float[] mean, float[] variance, double epsilon) {

  /**
   * The convolution that does both, computed in double precision.
   *
   * @param weights {@code float[outputChannels][...]}, the output channel first; changed in place
   * @param bias {@code float[outputChannels]}, changed in place
   */
  Convolution.Parameters foldInto(float[] weights, float[] bias) {
    int perChannel = weights.length / bias.length;
    for (int channel = 0; channel < bias.length; channel++) {
      double factor = scale[channel] / Math.sqrt(variance[channel] + epsilon);
      for (int i = channel * perChannel; i < (channel + 1) * perChannel; i++) {
        weights[i] = (float) (weights[i] * factor);
      }
      bias[channel] = (float) ((bias[channel] - mean[channel]) * factor + shift[channel]);
    }
    return new Convolution.Parameters(weights, bias);
  }
}
