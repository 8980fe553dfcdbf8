package org.dn2.model;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.translate.NoopTranslator;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.dn2.embedding.ModelSpec;
import org.dn2.testing.PythonScript;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Imported backbones in DJL, and in Python's PyTorch where this machine has it. */
class PyTorchArchiveTest {
  @TempDir Path folder;

  private Path importModel(Path weights, String name, int dimension) {
    Path model = folder.resolve(name);
    ModelSpec spec = new BackboneImport(model).fromSafetensors(weights);
    assertThat(spec.id()).startsWith(name + "-");
    assertThat(spec.dimension()).isEqualTo(dimension);
    assertThat(BackboneImport.verify(model)).isEqualTo(spec);
    return model;
  }

  private static float[] image() {
    Random random = new Random(11);
    float[] pixels = new float[3 * 64 * 64];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (float) random.nextGaussian();
    }
    return pixels;
  }

  private static float[] embedInDjl(Path model, int dimension) throws Exception {
    System.setProperty("ai.djl.offline", "true");
    System.setProperty("OPT_OUT_TRACKING", "true");
    try (Model loaded = Model.newInstance("test", Device.cpu(), "PyTorch")) {
      loaded.load(model, "model.pt");
      try (Predictor<NDList, NDList> predictor = loaded.newPredictor(new NoopTranslator())) {
        NDList input = new NDList(loaded.getNDManager().create(image(), new Shape(1, 3, 64, 64)));
        var output = predictor.predict(input).singletonOrThrow();
        assertThat(output.getShape()).isEqualTo(new Shape(1, dimension));
        return output.toFloatArray();
      }
    }
  }

  private static double relativeError(float[] values, float[] expected) {
    assertThat(values).hasSameSizeAs(expected);
    double differences = 0;
    double squares = 0;
    for (int i = 0; i < values.length; i++) {
      differences += Math.pow((double) values[i] - expected[i], 2);
      squares += (double) expected[i] * expected[i];
    }
    return Math.sqrt(differences / squares);
  }

  private static float[] floats(Path file) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    float[] values = new float[bytes.remaining() / Float.BYTES];
    bytes.asFloatBuffer().get(values);
    return values;
  }

  private void embedInPython(Path model, Path weights) throws Exception {
    ByteBuffer pixels =
        ByteBuffer.allocate(3 * 64 * 64 * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    pixels.asFloatBuffer().put(image());
    Path input = Files.write(folder.resolve("image.f32"), pixels.array());
    PythonScript.run(
        folder,
        "embed_twice.py",
        model.resolve("model.pt").toString(),
        weights.toString(),
        input.toString(),
        folder.toString());
  }

  private void agreesEverywhere(String name, int dimension, Map<String, int[]> shapes)
      throws Exception {
    Path weights = RandomResNet.write(folder, shapes, Map.of());
    Path model = importModel(weights, name, dimension);
    float[] inDjl = embedInDjl(model, dimension);
    assertThat(inDjl).doesNotContain(Float.NaN);

    PythonScript.require("numpy, torch", "python3-torch");
    embedInPython(model, weights);
    assertThat(relativeError(floats(folder.resolve("archive.f32")), inDjl)).isLessThan(1e-5);
    assertThat(relativeError(floats(folder.resolve("weights.f32")), inDjl)).isLessThan(1e-5);
  }

  @Test
  void networksOfBasicBlocksAgreeWithPyTorch() throws Exception {
    agreesEverywhere("resnet18", 512, RandomResNet.shapes(2, 64, 2, 2, 2, 2));
  }

  @Test
  void networksOfBottlenecksAgreeWithPyTorch() throws Exception {
    agreesEverywhere("resnet50", 2048, RandomResNet.shapes(3, 64, 3, 4, 6, 3));
  }

  @Test
  void wideNetworksAgreeWithPyTorch() throws Exception {
    agreesEverywhere("wide_resnet50_2", 2048, RandomResNet.shapes(3, 128, 3, 4, 6, 3));
  }
}
