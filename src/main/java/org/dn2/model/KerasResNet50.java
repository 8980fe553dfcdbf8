package org.dn2.model;

import java.util.ArrayList;
import java.util.List;

/**
 * Keras' first ResNet-50: the stride is on a block's first 1x1 convolution, convolutions have
 * biases, batch norm's epsilon is 1e-3, kernels lie as height, width, input, output, and the
 * input's channels are blue, green, red.
 */
final class KerasResNet50 {
  private static final double EPSILON = 1e-3;
  private static final int[] BLOCKS = {3, 4, 6, 3};

  private final Weights weights;

  KerasResNet50(Weights weights) {
    this.weights = weights;
  }

  /** The network for red, green, blue input. */
  ResidualNetwork network() {
    Convolution stem =
        new Convolution(
            64, 3, 7, 2, 3, () -> redGreenBlue(parameters("conv1", "bn_conv1", 64, 3, 7)));
    List<ResidualNetwork.Block> blocks = new ArrayList<>();
    int input = 64;
    for (int stage = 0; stage < BLOCKS.length; stage++) {
      int width = 64 << stage;
      int output = 4 * width;
      for (int block = 0; block < BLOCKS[stage]; block++) {
        String name = (stage + 2) + String.valueOf((char) ('a' + block)) + "_branch";
        int stride = block == 0 && stage > 0 ? 2 : 1;
        blocks.add(
            new ResidualNetwork.Block(
                List.of(
                    convolution(name + "2a", width, input, 1, stride),
                    convolution(name + "2b", width, width, 3, 1),
                    convolution(name + "2c", output, width, 1, 1)),
                block == 0 ? convolution(name + "1", output, input, 1, stride) : null));
        input = output;
      }
    }
    return new ResidualNetwork(stem, blocks);
  }

  private Convolution convolution(String name, int output, int input, int size, int stride) {
    return new Convolution(
        output,
        input,
        size,
        stride,
        size / 2,
        () -> parameters("res" + name, "bn" + name, output, input, size));
  }

  private Convolution.Parameters parameters(
      String convolution, String norm, int output, int input, int size) {
    float[] kernel =
        weights.tensor(convolution + "/kernel").requireShape(size, size, input, output).values();
    int perChannel = size * size * input;
    float[] outputFirst = new float[kernel.length];
    for (int i = 0; i < perChannel; i++) {
      for (int channel = 0; channel < output; channel++) {
        outputFirst[channel * perChannel + i] = kernel[i * output + channel];
      }
    }
    return new BatchNorm(
            vector(norm + "/gamma", output),
            vector(norm + "/beta", output),
            vector(norm + "/moving_mean", output),
            vector(norm + "/moving_variance", output),
            EPSILON)
        .foldInto(outputFirst, vector(convolution + "/bias", output).clone());
  }

  private float[] vector(String name, int length) {
    return weights.tensor(name).requireShape(length).values();
  }

  private static Convolution.Parameters redGreenBlue(Convolution.Parameters parameters) {
    float[] values = parameters.weights();
    for (int i = 0; i < values.length; i += 3) {
      float blue = values[i];
      values[i] = values[i + 2];
      values[i + 2] = blue;
    }
    return parameters;
  }
}
