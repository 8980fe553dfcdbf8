package org.dn2.model;

import java.util.ArrayList;
import java.util.List;

/**
 * Writes a network's {@code forward} as TorchScript text: a tensor (N,3,H,W) in, (N,dimension) out.
 *
 * <p>On a CPU, convolution, addition and ReLU are one call of oneDNN each; elsewhere they are
 * separate calls on the same weights.
 */
final class ForwardCode {
  /** The module's class within {@code __torch__}. */
  static final String CLASS = "Embedder";

  private final StringBuilder body = new StringBuilder();
  private final Style style;
  private int nextConvolution;
  private int nextValue;

  /** How the steps of a network are called. */
  private enum Style {
    /** Operators that every device has. */
    PORTABLE,
    /** oneDNN's operators with what follows a convolution fused into it. */
    FUSED
  }

  private ForwardCode(Style style) {
    this.style = style;
  }

  static String weight(int convolution) {
    return "w" + convolution;
  }

  static String bias(int convolution) {
    return "b" + convolution;
  }

  static String of(ResidualNetwork network) {
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
        + method("forward")
        + "    if x.is_cuda:\n"
        + "      y = (self).portable(x, )\n"
        + "    else:\n"
        + "      y = (self).fused(x, )\n"
        + "    return y\n"
        + new ForwardCode(Style.PORTABLE).write("portable", network)
        + new ForwardCode(Style.FUSED).write("fused", network);
  }

  private static String method(String name) {
    return "  def " + name + "(self: __torch__." + CLASS + ",\n    x: Tensor) -> Tensor:\n";
  }

  private String write(String name, ResidualNetwork network) {
    String x = convolve("x", network.stem(), Activation.RELU);
    x = assign("torch.max_pool2d(" + x + ", [3, 3], [2, 2], [1, 1])");
    for (ResidualNetwork.Block block : network.blocks()) {
      x = write(block, x);
    }
    String pooled = assign("torch.adaptive_avg_pool2d(" + x + ", [1, 1])");
    return method(name) + body + "    return torch.flatten(" + pooled + ", 1)\n";
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
    if (style == Style.PORTABLE) {
      String convolved = assign(plainConvolution(input, convolution));
      return activation == Activation.NONE ? convolved : assign("torch.relu_(" + convolved + ")");
    }
    return assign(
        "ops.mkldnn._convolution_pointwise(%s, %s, \"%s\", [], \"\")"
            .formatted(
                input,
                fusedArguments(convolution),
                activation == Activation.NONE ? "none" : "relu"));
  }

  private String convolveAddRelu(String input, Convolution convolution, String addend) {
    if (style == Style.PORTABLE) {
      String convolved = assign(plainConvolution(input, convolution));
      return assign("torch.relu_(torch.add_(" + convolved + ", " + addend + "))");
    }
    return assign(
        "ops.mkldnn._convolution_pointwise(%s, %s, %s, \"add\", 1.0, \"relu\", [], \"\")"
            .formatted(input, addend, fusedArguments(convolution)));
  }

  private String plainConvolution(String input, Convolution convolution) {
    int index = nextConvolution++;
    return "torch.conv2d(%s, self.%s, self.%s, %s, %s, [1, 1], 1)"
        .formatted(
            input,
            weight(index),
            bias(index),
            pair(convolution.stride()),
            pair(convolution.padding()));
  }

  private String fusedArguments(Convolution convolution) {
    int index = nextConvolution++;
    return "self.%s, self.%s, %s, %s, [1, 1], 1"
        .formatted(
            weight(index), bias(index), pair(convolution.padding()), pair(convolution.stride()));
  }

  private static String pair(int value) {
    return "[" + value + ", " + value + "]";
  }
}
