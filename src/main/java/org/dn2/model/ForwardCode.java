package org.dn2.model;

import java.util.ArrayList;
import java.util.List;
import org.dn2.embedding.Precision;

/**
 * Writes a network's {@code forward} as TorchScript text: a tensor (N,3,H,W) in, (N,dimension) out,
 * both in single precision.
 *
 * <p>On a CPU, oneDNN's convolution is called by name: {@code conv2d} would pick another for small
 * batches on one thread, and an image's embedding would depend on its batch. Convolutions of one
 * pixel are made {@value #MOST_OUTPUTS} outputs at a time: with more, oneDNN 3.7 picks a blocking
 * that ends the process or errs by some percent, seen on a virtual machine that hides its caches.
 */
final class ForwardCode {
  private static final int MOST_OUTPUTS = 256;

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

        def pointwise(self: __torch__.%s,
          x: Tensor,
          weight: Tensor,
          bias: Tensor,
          stride: int,
          padding: int) -> Tensor:
          if x.is_cuda:
            y = (self).convolution(x, weight, bias, stride, padding, )
          else:
            parts = torch.floordiv(torch.add(torch.size(weight, 0), %d), %d)
            if torch.eq(parts, 1):
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
          .formatted(CLASS, CLASS, MOST_OUTPUTS - 1, MOST_OUTPUTS);

  /** PyTorch's numbers for types. */
  static final int FLOAT32 = 6;

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
    return "(self).%s(%s, self.%s, self.%s, %d, %d, )"
        .formatted(
            convolution.kernelSize() == 1 ? "pointwise" : "convolution",
            input,
            weight(index),
            bias(index),
            convolution.stride(),
            convolution.padding());
  }
}
