package org.dn2.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.dn2.embedding.ModelSpec;
import org.dn2.embedding.Precision;
import org.dn2.features.FeatureMap;
import org.dn2.image.Interpolation;
import org.dn2.image.ResizeMode;
import org.dn2.image.View;

/** A real but small network with random weights, for tests of what surrounds the network. */
public final class TinyBackbone {
  public static final int DIMENSION = 8;

  private TinyBackbone() {}

  /** Writes the network's folder; other seeds give other weights and another model id. */
  public static ModelSpec write(Path folder, long seed) {
    return write(folder, seed, DIMENSION, 0f);
  }

  /** A network that gives infinity for every image. */
  public static ModelSpec writeNonFinite(Path folder) {
    return write(folder, 1, DIMENSION, Float.POSITIVE_INFINITY);
  }

  /** A network whose description gives another dimension than the true one. */
  public static ModelSpec writeWithDimension(Path folder, int claimedDimension) {
    return write(folder, 1, claimedDimension, 0f);
  }

  /** A network with stages whose positions are 8 and 16 pixels apart, as a ResNet's are. */
  public static ModelSpec writeWithStages(Path folder, long seed) {
    return write(folder, "staged-" + seed, DIMENSION, staged(seed));
  }

  static ResidualNetwork staged(long seed) {
    Random random = new Random(seed);
    return new ResidualNetwork(
        convolution(random, 4, 3, 7, 2, 0),
        List.of(
            new ResidualNetwork.Block(
                List.of(convolution(random, 4, 4, 3, 2, 0), convolution(random, 4, 4, 3, 1, 0)),
                convolution(random, 4, 4, 1, 2, 0)),
            new ResidualNetwork.Block(
                List.of(convolution(random, 4, 4, 3, 1, 0), convolution(random, 4, 4, 3, 1, 0)),
                null),
            new ResidualNetwork.Block(
                List.of(
                    convolution(random, DIMENSION, 4, 3, 2, 0),
                    convolution(random, DIMENSION, DIMENSION, 3, 1, 0)),
                convolution(random, DIMENSION, 4, 1, 2, 0)),
            new ResidualNetwork.Block(
                List.of(
                    convolution(random, DIMENSION, DIMENSION, 3, 2, 0),
                    convolution(random, DIMENSION, DIMENSION, 3, 1, 0)),
                convolution(random, DIMENSION, DIMENSION, 1, 2, 0))));
  }

  /** A network of 7 million weights, which takes some milliseconds for an image. */
  public static ModelSpec writeHeavy(Path folder) {
    Random random = new Random(1);
    int width = 512;
    return write(
        folder,
        "heavy",
        width,
        new ResidualNetwork(
            convolution(random, 64, 3, 7, 2, 0),
            List.of(
                new ResidualNetwork.Block(
                    List.of(
                        convolution(random, width, 64, 3, 2, 0),
                        convolution(random, width, width, 3, 1, 0)),
                    convolution(random, width, 64, 1, 2, 0)),
                new ResidualNetwork.Block(
                    List.of(
                        convolution(random, width, width, 3, 1, 0),
                        convolution(random, width, width, 3, 1, 0)),
                    null))));
  }

  private static ModelSpec write(Path folder, long seed, int dimension, float shortcutBias) {
    Random random = new Random(seed);
    ResidualNetwork network =
        new ResidualNetwork(
            convolution(random, 4, 3, 7, 2, 0),
            List.of(
                new ResidualNetwork.Block(
                    List.of(
                        convolution(random, 4, 4, 3, 2, 0),
                        convolution(random, DIMENSION, 4, 3, 1, 0)),
                    convolution(random, DIMENSION, 4, 1, 2, shortcutBias))));
    return write(folder, "tiny-" + seed, dimension, network);
  }

  private static ModelSpec write(Path folder, String id, int dimension, ResidualNetwork network) {
    try {
      Files.createDirectories(folder);
      Path file = folder.resolve("model.pt");
      TorchScriptArchive.write(network, Precision.FP32, file);
      ModelSpec spec =
          new ModelSpec(
              id,
              "model.pt",
              BackboneImport.sha256(file),
              dimension,
              ResizeMode.EXACT,
              32,
              28,
              List.of(127.5, 127.5, 127.5),
              List.of(64.0, 64.0, 64.0),
              Precision.FP32,
              Interpolation.BILINEAR,
              View.CENTER_ALONE,
              FeatureMap.NONE,
              "random",
              null);
      Files.writeString(folder.resolve(ModelSpec.FILE_NAME), spec.toJson());
      return spec;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Convolution convolution(
      Random random, int output, int input, int size, int stride, float biasValue) {
    float[] weights = new float[output * size * size * input];
    float[] bias = new float[output];
    Arrays.fill(bias, biasValue);
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (float) (random.nextGaussian() / Math.sqrt(size * size * input));
    }
    return new Convolution(
        output,
        input,
        size,
        stride,
        size / 2,
        () -> new Convolution.Parameters(weights.clone(), bias.clone()));
  }
}
