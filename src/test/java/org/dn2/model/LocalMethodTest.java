package org.dn2.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.translate.NoopTranslator;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.dn2.embedding.LocalMaps;
import org.dn2.embedding.ModelSpec;
import org.dn2.embedding.Precision;
import org.dn2.table.UserDataException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LocalMethodTest {
  private static final int SIDE = 64;

  @TempDir private Path folder;

  @ParameterizedTest
  @EnumSource(Precision.class)
  void forwardStaysAndTheMapsAreThoseOfStridesEightAndSixteen(Precision precision) {
    ModelSpec spec = TinyBackbone.writeWithStages(folder.resolve("model"), 1);
    String code = ForwardCode.of(TinyBackbone.staged(1), precision);
    String added = LocalMethod.addedTo(code, spec);
    int begin = added.indexOf("  def local(");
    int end = added.indexOf("  def convolution(");
    assertThat(added.substring(0, begin) + added.substring(end)).isEqualTo(code);
    String method = added.substring(begin, end);
    String first = precision == Precision.BF16 ? "v0 = torch.to(x, 15)" : "v0 = (self).conv";
    assertThat(method).contains("x: Tensor) -> List[Tensor]:\n    " + first);
    // The last block is at 32 and left out: three convolutions of it.
    assertThat(method).contains("self.w8,").doesNotContain("self.w9,");
    assertThat(method.lines().filter(line -> line.contains("add_")).count()).isEqualTo(3);
  }

  @Test
  void embeddingsStayBitForBitAndTheMapsHaveTheirSizes() throws Exception {
    ModelSpec spec = TinyBackbone.writeWithStages(folder.resolve("model"), 1);
    Path file = folder.resolve("model").resolve(spec.file());
    LocalMethod.Archive archive = LocalMethod.addedTo(spec, file);
    assertThat(archive.spec()).isEqualTo(spec.withSha256(archive.spec().sha256()));
    assertThat(archive.spec().sha256()).isNotEqualTo(spec.sha256());
    assertThat(BackboneImport.verify(folder.resolve("model"))).isEqualTo(spec);

    NDList before = called(Files.readAllBytes(file), "forward");
    NDList after = called(archive.torchScript(), "forward");
    assertThat(after.get(0).toFloatArray()).isEqualTo(before.get(0).toFloatArray());
    NDList maps = called(archive.torchScript(), LocalMaps.METHOD);
    assertThat(maps.get(0).getShape()).isEqualTo(new Shape(1, SIDE / 8, SIDE / 8, 4));
    assertThat(maps.get(1).getShape()).isEqualTo(new Shape(1, SIDE / 16, SIDE / 16, 8));
    assertThat(maps.get(0).getDataType()).isEqualTo(DataType.FLOAT32);
  }

  /** What a method gives for an image of random numbers. */
  private static NDList called(byte[] archive, String method) throws Exception {
    System.setProperty("ai.djl.offline", "true");
    System.setProperty("OPT_OUT_TRACKING", "true");
    float[] pixels = new float[3 * SIDE * SIDE];
    Random random = new Random(11);
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (float) random.nextGaussian();
    }
    Model loaded = Model.newInstance("test", Device.cpu(), "PyTorch");
    loaded.load(new ByteArrayInputStream(archive), Map.of("mapLocation", "true"));
    try (Predictor<NDList, NDList> predictor = loaded.newPredictor(new NoopTranslator())) {
      NDArray name = loaded.getNDManager().create(new Shape(1), DataType.FLOAT32);
      name.setName("module_method:" + method);
      return predictor.predict(
          new NDList(loaded.getNDManager().create(pixels, new Shape(1, 3, SIDE, SIDE)), name));
    }
  }

  @Test
  void refusesWhatIsNoResNetOfOurs() throws IOException {
    ModelSpec pixels = new BackboneImport(folder.resolve("pixels")).rawPixels(8);
    assertThatThrownBy(
            () -> LocalMethod.addedTo(pixels, folder.resolve("pixels").resolve(pixels.file())))
        .isInstanceOf(UserDataException.class)
        .hasMessageContaining("The model pixels-8 has no maps of places")
        .hasMessageContaining("dn2 model import");
    ModelSpec shallow = TinyBackbone.write(folder.resolve("shallow"), 1);
    assertThatThrownBy(
            () -> LocalMethod.addedTo(shallow, folder.resolve("shallow").resolve(shallow.file())))
        .hasMessageContaining("The model tiny-1 has no maps of places");
    Path other = Files.writeString(folder.resolve("other.pt"), "no archive");
    ModelSpec noArchive = shallow.withSha256(BackboneImport.sha256(other));
    assertThatThrownBy(() -> LocalMethod.addedTo(noArchive, other))
        .isInstanceOf(UserDataException.class)
        .hasMessageContaining("other.pt cannot be read");
    assertThatThrownBy(() -> LocalMethod.addedTo(shallow, other))
        .isInstanceOf(UserDataException.class)
        .hasMessageContaining("other.pt has the SHA-256")
        .hasMessageContaining("damaged or another");
  }
}
