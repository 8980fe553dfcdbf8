package org.dn2.model;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;

/** Files of weights as torchvision names them, with random numbers. */
final class RandomResNet {
  private RandomResNet() {}

  /**
   * Writes tensors as a .safetensors file.
   *
   * @param given the numbers of some tensors; the others' are random, a variance between 1/2 and 2
   */
  static Path write(Path folder, Map<String, int[]> shapes, Map<String, float[]> given)
      throws IOException {
    Random random = new Random(3);
    StringBuilder header = new StringBuilder("{");
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    for (Map.Entry<String, int[]> tensor : shapes.entrySet()) {
      int count = 1;
      StringBuilder shape = new StringBuilder();
      for (int size : tensor.getValue()) {
        count *= size;
        shape.append(shape.isEmpty() ? "" : ",").append(size);
      }
      ByteBuffer bytes = ByteBuffer.allocate(4 * count).order(ByteOrder.LITTLE_ENDIAN);
      // He's: activations neither grow nor fade on their way through the network.
      double deviation =
          tensor.getValue().length == 4 ? Math.sqrt(2.0 * tensor.getValue()[0] / count) : 0.5;
      float[] values = given.get(tensor.getKey());
      for (int i = 0; i < count; i++) {
        bytes.putFloat(
            values != null
                ? values[i]
                : tensor.getKey().endsWith("running_var")
                    ? 0.5f + 1.5f * random.nextFloat()
                    : (float) (random.nextGaussian() * deviation));
      }
      header.append(header.length() == 1 ? "" : ",");
      header.append(
          "\"%s\":{\"dtype\":\"F32\",\"shape\":[%s],\"data_offsets\":[%d,%d]}"
              .formatted(tensor.getKey(), shape, data.size(), data.size() + 4 * count));
      data.writeBytes(bytes.array());
    }
    byte[] json = header.append("}").toString().getBytes(StandardCharsets.UTF_8);
    ByteBuffer file = ByteBuffer.allocate(8 + json.length + data.size());
    file.order(ByteOrder.LITTLE_ENDIAN).putLong(json.length).put(json).put(data.toByteArray());
    return Files.write(folder.resolve("weights.safetensors"), file.array());
  }

  private static void norm(Map<String, int[]> shapes, String name, int channels) {
    for (String part : new String[] {"weight", "bias", "running_mean", "running_var"}) {
      shapes.put(name + "." + part, new int[] {channels});
    }
  }

  private static void convolution(
      Map<String, int[]> shapes, String name, String norm, int output, int input, int size) {
    shapes.put(name + ".weight", new int[] {output, input, size, size});
    norm(shapes, norm, output);
  }

  /** The tensors of torchvision's networks by name and shape. */
  static Map<String, int[]> shapes(int convolutions, int firstWidth, int... blocks) {
    Map<String, int[]> shapes = new LinkedHashMap<>();
    convolution(shapes, "conv1", "bn1", 64, 3, 7);
    int input = 64;
    for (int stage = 0; stage < 4; stage++) {
      int width = firstWidth << stage;
      int output = convolutions == 3 ? 256 << stage : width;
      for (int block = 0; block < blocks[stage]; block++) {
        String name = "layer" + (stage + 1) + "." + block;
        if (convolutions == 3) {
          convolution(shapes, name + ".conv1", name + ".bn1", width, input, 1);
          convolution(shapes, name + ".conv2", name + ".bn2", width, width, 3);
          convolution(shapes, name + ".conv3", name + ".bn3", output, width, 1);
        } else {
          convolution(shapes, name + ".conv1", name + ".bn1", width, input, 3);
          convolution(shapes, name + ".conv2", name + ".bn2", width, width, 3);
        }
        if (block == 0 && (stage > 0 || input != output)) {
          convolution(shapes, name + ".downsample.0", name + ".downsample.1", output, input, 1);
        }
        input = output;
      }
    }
    shapes.put("fc.weight", new int[] {10, input});
    shapes.put("fc.bias", new int[] {10});
    return shapes;
  }
}
