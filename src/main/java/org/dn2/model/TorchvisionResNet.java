package org.dn2.model;

import java.util.ArrayList;
import java.util.List;
import org.dn2.table.UserDataException;

/**
 * The ResNets of torchvision, told apart by their tensors' names and shapes: the stride is on a
 * bottleneck's 3x3 convolution, convolutions have no biases, batch norm's epsilon is 1e-5, kernels
 * lie as output, input, height, width.
 */
final class TorchvisionResNet {
  private static final double EPSILON = 1e-5;
  private static final int STAGES = 4;

  private final Weights weights;
  private final Architecture architecture;

  /** The networks that are known: how many blocks a stage has, of what kind and width. */
  private enum Architecture {
    RESNET18("resnet18", 2, 64, 2, 2, 2, 2),
    RESNET34("resnet34", 2, 64, 3, 4, 6, 3),
    RESNET50("resnet50", 3, 64, 3, 4, 6, 3),
    RESNET101("resnet101", 3, 64, 3, 4, 23, 3),
    RESNET152("resnet152", 3, 64, 3, 8, 36, 3),
    WIDE_RESNET50_2("wide_resnet50_2", 3, 128, 3, 4, 6, 3);

    private final String publishedName;
    private final int convolutionsPerBlock;
    private final int firstWidth;
    private final List<Integer> blocks;

    Architecture(
        String publishedName, int convolutionsPerBlock, int firstWidth, Integer... blocks) {
      this.publishedName = publishedName;
      this.convolutionsPerBlock = convolutionsPerBlock;
      this.firstWidth = firstWidth;
      this.blocks = List.of(blocks);
    }

    boolean isBottleneck() {
      return convolutionsPerBlock == 3;
    }
  }

  TorchvisionResNet(Weights weights) {
    this.weights = weights;
    this.architecture = recognize(weights);
  }

  private static Architecture recognize(Weights weights) {
    List<Integer> blocks = new ArrayList<>();
    for (int stage = 0; stage < STAGES; stage++) {
      int count = 0;
      while (weights.names().contains(block(stage, count) + ".conv1.weight")) {
        count++;
      }
      blocks.add(count);
    }
    int convolutions = weights.names().contains(block(0, 0) + ".conv3.weight") ? 3 : 2;
    int width = blocks.get(0) == 0 ? 0 : weights.shape(block(0, 0) + ".conv1.weight")[0];
    for (Architecture known : Architecture.values()) {
      if (known.blocks.equals(blocks)
          && known.convolutionsPerBlock == convolutions
          && known.firstWidth == width) {
        return known;
      }
    }
    throw new UserDataException(
        "The weights are of no ResNet that is known here (resnet18, 34, 50, 101, 152 and wide_resnet50_2 under torchvision's names): their stages have %s blocks, the first of width %d. Export the network as TorchScript and import that."
            .formatted(blocks, width));
  }

  private static String block(int stage, int block) {
    return "layer" + (stage + 1) + "." + block;
  }

  /** torchvision's name of the network. */
  String name() {
    return architecture.publishedName;
  }

  ResidualNetwork network() {
    List<ResidualNetwork.Block> blocks = new ArrayList<>();
    int input = 64;
    for (int stage = 0; stage < STAGES; stage++) {
      int width = architecture.firstWidth << stage;
      int output = architecture.isBottleneck() ? 256 << stage : width;
      for (int block = 0; block < architecture.blocks.get(stage); block++) {
        String name = block(stage, block);
        int stride = block == 0 && stage > 0 ? 2 : 1;
        boolean changesShape = stride != 1 || input != output;
        blocks.add(
            new ResidualNetwork.Block(
                path(name, input, width, output, stride),
                changesShape
                    ? convolution(
                        name + ".downsample.0", name + ".downsample.1", output, input, 1, stride)
                    : null));
        input = output;
      }
    }
    return new ResidualNetwork(convolution("conv1", "bn1", 64, 3, 7, 2), blocks);
  }

  private List<Convolution> path(String block, int input, int width, int output, int stride) {
    if (architecture.isBottleneck()) {
      return List.of(
          convolution(block + ".conv1", block + ".bn1", width, input, 1, 1),
          convolution(block + ".conv2", block + ".bn2", width, width, 3, stride),
          convolution(block + ".conv3", block + ".bn3", output, width, 1, 1));
    }
    return List.of(
        convolution(block + ".conv1", block + ".bn1", width, input, 3, stride),
        convolution(block + ".conv2", block + ".bn2", width, width, 3, 1));
  }

  private Convolution convolution(
      String name, String norm, int output, int input, int size, int stride) {
    return new Convolution(
        output,
        input,
        size,
        stride,
        size / 2,
        () ->
            new BatchNorm(
                    vector(norm + ".weight", output),
                    vector(norm + ".bias", output),
                    vector(norm + ".running_mean", output),
                    vector(norm + ".running_var", output),
                    EPSILON)
                .foldInto(channelsLast(name + ".weight", output, input, size), new float[output]));
  }

  private float[] channelsLast(String name, int output, int input, int size) {
    float[] kernel = weights.tensor(name).requireShape(output, input, size, size).values();
    int places = size * size;
    float[] reordered = new float[kernel.length];
    for (int o = 0; o < output; o++) {
      for (int i = 0; i < input; i++) {
        for (int place = 0; place < places; place++) {
          reordered[(o * places + place) * input + i] = kernel[(o * input + i) * places + place];
        }
      }
    }
    return reordered;
  }

  private float[] vector(String name, int length) {
    return weights.tensor(name).requireShape(length).values();
  }
}
