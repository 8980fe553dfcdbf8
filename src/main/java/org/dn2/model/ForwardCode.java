package org.dn2.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.dn2.embedding.Precision;

/**
 * Writes a network's {@code forward} as TorchScript text: a tensor (N,3,H,W) in, (N,dimension) out,
 * both in single precision.
 *
 * <p>On a CPU, oneDNN's convolution is called by name: {@code conv2d} would pick another for small
 * batches on one thread, and an image's embedding would depend on its batch.
 */
final class ForwardCode {
  /** The module's class within {@code __torch__}. */
  static final String CLASS = "Embedder";

  /** Both branches are operators that PyTorch has had since 1.6. */
  private static final String CONVOLUTION =
      """
        def convolution(self: __torch__.%s,
          x: Tensor,
          weight: Tensor,
          bias: Tensor,
          stride: int,
          padding: int) -> Tensor:
          if x.is_cuda:
            y = torch.conv2d(x, weight, bias, [stride, stride], [padding, padding], [1, 1], 1)
          else:
            y = torch.mkldnn_convolution(x, weight, bias, [padding, padding], [stride, stride], [1, 1], 1)
          return y

        def convolution_in_parts(self: __torch__.%s,
          x: Tensor,
          weight: Tensor,
          bias: Tensor,
          stride: int,
          padding: int,
          parts: int) -> Tensor:
          if x.is_cuda:
            y = (self).convolution(x, weight, bias, stride, padding, )
          else:
            ys = annotate(List[Tensor], [])
            weights = torch.chunk(weight, parts)
            biases = torch.chunk(bias, parts)
            for i in range(parts):
              part = (self).convolution(x, weights[i], biases[i], stride, padding, )
              _0 = torch.append(ys, part)
            y = torch.cat(ys, 1)
          return y
      """
          .formatted(CLASS, CLASS);

  /**
   * Into how many parts the outputs of some 1x1 convolutions are cut, by input and output channels.
   * For these, oneDNN 3.7 divides whole numbers by a count that can be 0, which ends the process:
   * seen on a virtual machine that hides its caches.
   */
  private static final Map<List<Integer>, Integer> PARTS =
      Map.of(
          List.of(256, 1024), 2,
          List.of(512, 1024), 2,
          List.of(512, 2048), 4,
          List.of(1024, 512), 2,
          List.of(1024, 2048), 2);

  /** PyTorch's numbers for types. */
  private static final int FLOAT32 = 6;

  private static final int BFLOAT16 = 15;

  private final Precision precision;
  private final StringBuilder body = new StringBuilder();
  private int nextConvolution;
  private int nextValue;

  private ForwardCode(Precision precision) {
    this.precision = precision;
  }

  static String weight(int convolution) {
    return "w" + convolution;
  }

  static String bias(int convolution) {
    return "b" + convolution;
  }

  static String of(ResidualNetwork network, Precision precision) {
    int count = network.convolutions().size();
    List<String> names = new ArrayList<>();
    StringBuilder attributes = new StringBuilder();
    for (int i = 0; i < count; i++) {
      for (String name : List.of(weight(i), bias(i))) {
        names.add("\"" + name + "\"");
        attributes.append("  ").append(name).append(" : Tensor\n");
      }
    }
    return "class "
        + CLASS
        + "(Module):\n  __parameters__ = ["
        + String.join(", ", names)
        + ", ]\n  __buffers__ = []\n  training : bool\n"
        + attributes
        + "  def forward(self: __torch__."
        + CLASS
        + ",\n    x: Tensor) -> Tensor:\n"
        + new ForwardCode(precision).write(network)
        + CONVOLUTION;
  }

  private String write(ResidualNetwork network) {
    String x = convolve(cast("x", BFLOAT16), network.stem(), Activation.RELU);
    x = assign("torch.max_pool2d(" + x + ", [3, 3], [2, 2], [1, 1])");
    for (ResidualNetwork.Block block : network.blocks()) {
      x = write(block, x);
    }
    String pooled = assign("torch.adaptive_avg_pool2d(" + cast(x, FLOAT32) + ", [1, 1])");
    return body + "    return torch.flatten(" + pooled + ", 1)\n";
  }

  private String write(ResidualNetwork.Block block, String input) {
    List<Convolution> path = block.path();
    int firstOfPath = nextConvolution;
    int shortcutIndex = firstOfPath + path.size();
    String shortcut = input;
    if (block.shortcut() != null) {
      nextConvolution = shortcutIndex;
      shortcut = convolve(input, block.shortcut(), Activation.NONE);
      nextConvolution = firstOfPath;
    }
    String x = input;
    for (Convolution convolution : path.subList(0, path.size() - 1)) {
      x = convolve(x, convolution, Activation.RELU);
    }
    x = convolveAddRelu(x, path.get(path.size() - 1), shortcut);
    if (block.shortcut() != null) {
      nextConvolution = shortcutIndex + 1;
    }
    return x;
  }

  /** Single precision stays as it is. */
  private String cast(String value, int type) {
    return precision == Precision.FP32 ? value : assign("torch.to(" + value + ", " + type + ")");
  }

  private enum Activation {
    NONE,
    RELU
  }

  private String assign(String expression) {
    String name = "v" + nextValue++;
    body.append("    ").append(name).append(" = ").append(expression).append("\n");
    return name;
  }

  private String convolve(String input, Convolution convolution, Activation activation) {
    String convolved = assign(convolution(input, convolution));
    return activation == Activation.NONE ? convolved : assign("torch.relu_(" + convolved + ")");
  }

  private String convolveAddRelu(String input, Convolution convolution, String addend) {
    String convolved = assign(convolution(input, convolution));
    return assign("torch.relu_(torch.add_(" + convolved + ", " + addend + "))");
  }

  private String convolution(String input, Convolution convolution) {
    int index = nextConvolution++;
    String arguments =
        "%s, self.%s, self.%s, %d, %d, "
            .formatted(
                input, weight(index), bias(index), convolution.stride(), convolution.padding());
    Integer parts = PARTS.get(List.of(convolution.inputChannels(), convolution.outputChannels()));
    return parts == null || convolution.kernelSize() > 1
        ? "(self).convolution(" + arguments + ")"
        : "(self).convolution_in_parts(" + arguments + parts + ", )";
  }
}
