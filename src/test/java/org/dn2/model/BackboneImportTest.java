package org.dn2.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.dn2.embedding.ModelSpec;
import org.dn2.embedding.Precision;
import org.dn2.table.UserDataException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackboneImportTest {
  @TempDir Path folder;

  @Test
  void theSameWeightsGiveTheSameFile() throws IOException {
    Path weights = RandomResNet.write(folder, RandomResNet.shapes(2, 64, 2, 2, 2, 2), Map.of());
    ModelSpec first = new BackboneImport(folder.resolve("first")).fromSafetensors(weights);
    ModelSpec second = new BackboneImport(folder.resolve("second")).fromSafetensors(weights);
    assertThat(first).isEqualTo(second);
  }

  @Test
  void halfTheBytesAndAnotherIdInBf16() throws IOException {
    Path weights = RandomResNet.write(folder, RandomResNet.shapes(2, 64, 2, 2, 2, 2), Map.of());
    ModelSpec single = new BackboneImport(folder.resolve("fp32")).fromSafetensors(weights);
    ModelSpec half =
        new BackboneImport(folder.resolve("bf16"), Precision.BF16).fromSafetensors(weights);
    assertThat(single.precision()).isEqualTo(Precision.FP32);
    assertThat(half.precision()).isEqualTo(Precision.BF16);
    assertThat(half.id()).isEqualTo(single.id() + "-bf16");
    assertThat(ModelSpec.fromJson(half.toJson())).isEqualTo(half);
    assertThat(2 * Files.size(folder.resolve("bf16/model.pt")))
        .isCloseTo(Files.size(folder.resolve("fp32/model.pt")), withinPercentage(1));
    assertThatThrownBy(
            () ->
                new BackboneImport(folder.resolve("other"), Precision.BF16)
                    .fromTorchScript(
                        folder.resolve("fp32/model.pt"), 512, BackboneImport.Custom.TORCHVISION))
        .isInstanceOf(UserDataException.class)
        .hasMessageStartingWith("A TorchScript file keeps the precision");
  }

  @Test
  void roundingToBf16TakesTheNearestAndAtATieTheEven() {
    assertThat(TorchScriptArchive.bfloat16(1f)).isEqualTo((short) 0x3f80);
    assertThat(TorchScriptArchive.bfloat16(-2f)).isEqualTo((short) 0xc000);
    // Between 0x3f80 and 0x3f81, just below, at and above the middle.
    assertThat(TorchScriptArchive.bfloat16(Float.intBitsToFloat(0x3f807fff)))
        .isEqualTo((short) 0x3f80);
    assertThat(TorchScriptArchive.bfloat16(Float.intBitsToFloat(0x3f808000)))
        .isEqualTo((short) 0x3f80);
    assertThat(TorchScriptArchive.bfloat16(Float.intBitsToFloat(0x3f808001)))
        .isEqualTo((short) 0x3f81);
    assertThat(TorchScriptArchive.bfloat16(Float.intBitsToFloat(0x3f818000)))
        .isEqualTo((short) 0x3f82);
  }

  @Test
  void deeperNetworksAreToldApartByTheirTensors() {
    assertThat(name(RandomResNet.shapes(2, 64, 3, 4, 6, 3))).isEqualTo("resnet34");
    assertThat(name(RandomResNet.shapes(3, 64, 3, 4, 23, 3))).isEqualTo("resnet101");
    assertThat(name(RandomResNet.shapes(3, 64, 3, 8, 36, 3))).isEqualTo("resnet152");
    assertThat(name(RandomResNet.shapes(3, 128, 3, 4, 6, 3))).isEqualTo("wide_resnet50_2");
    assertThatThrownBy(() -> name(RandomResNet.shapes(3, 64, 1, 1, 1, 1)))
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
    Map<String, int[]> shapes = RandomResNet.shapes(2, 64, 2, 2, 2, 2);
    float[] notNumbers = new float[64];
    notNumbers[3] = Float.NaN;
    Path nan = RandomResNet.write(folder, shapes, Map.of("bn1.bias", notNumbers));
    BackboneImport target = new BackboneImport(folder.resolve("never"));
    assertThatThrownBy(() -> target.fromSafetensors(nan))
        .isInstanceOf(UserDataException.class)
        .hasMessageStartingWith("The tensor bn1.bias holds NaN or infinity");

    shapes.put("bn1.bias", new int[] {32});
    Path odd = RandomResNet.write(folder, shapes, Map.of());
    assertThatThrownBy(() -> target.fromSafetensors(odd))
        .hasMessageStartingWith("The tensor bn1.bias has the shape [32], this network needs [64].");

    shapes.remove("bn1.bias");
    Path missing = RandomResNet.write(folder, shapes, Map.of());
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
    Path weights = RandomResNet.write(folder, RandomResNet.shapes(2, 64, 2, 2, 2, 2), Map.of());
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
}
