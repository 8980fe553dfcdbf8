package org.dn2.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.dn2.json.JsonText;
import org.dn2.table.UserDataException;

/**
 * The weights of a TensorFlow.js layers model: {@code model.json} lists the tensors, whose
 * little-endian floats follow each other through the shards named there.
 */
final class TfjsWeights implements Weights {
  private static final String DESCRIPTION = "model.json";
  private static final String FLOAT = "float32";

  private final Map<String, WeightTensor> tensors = new HashMap<>();

  /**
   * Reads the whole model.
   *
   * @param folder holds {@code model.json} and the shards
   */
  TfjsWeights(Path folder) {
    Path description = folder.resolve(DESCRIPTION);
    if (!Files.isRegularFile(description)) {
      throw new UserDataException(
          "There is no TensorFlow.js model in " + folder + ": it has no " + DESCRIPTION + ".");
    }
    try {
      JsonText root = JsonText.of(Files.readAllBytes(description), description.toString());
      for (JsonNode group : root.tree().path("weightsManifest")) {
        read(folder, group);
      }
    } catch (IOException e) {
      throw new UserDataException(
          "The TensorFlow.js model in " + folder + " cannot be read: " + e.getMessage(), e);
    }
    if (tensors.isEmpty()) {
      throw new UserDataException(
          description + " lists no weights: it is not a TensorFlow.js layers model.");
    }
  }

  private void read(Path folder, JsonNode group) throws IOException {
    try (InputStream in = shards(folder, group)) {
      for (JsonNode weight : group.path("weights")) {
        String name = weight.path("name").asText();
        if (!FLOAT.equals(weight.path("dtype").asText())) {
          throw new UserDataException(
              "The tensor %s is of type %s; only float32 is read."
                  .formatted(name, weight.path("dtype").asText()));
        }
        int[] shape =
            IntStream.range(0, weight.path("shape").size())
                .map(axis -> weight.path("shape").get(axis).asInt())
                .toArray();
        tensors.put(name, new WeightTensor(name, shape, floats(in, name, shape)).requireFinite());
      }
      if (in.read() >= 0) {
        throw new UserDataException(
            "The shards in " + folder + " are longer than the tensors in " + DESCRIPTION + ".");
      }
    }
  }

  private static InputStream shards(Path folder, JsonNode group) throws IOException {
    List<InputStream> shards = new ArrayList<>();
    for (JsonNode path : group.path("paths")) {
      Path shard = folder.resolve(path.asText()).normalize();
      if (!shard.startsWith(folder.normalize()) || !Files.isRegularFile(shard)) {
        throw new UserDataException(
            "The shard " + path.asText() + " is missing in " + folder + ".");
      }
      shards.add(Files.newInputStream(shard));
    }
    return new SequenceInputStream(Collections.enumeration(shards));
  }

  private static float[] floats(InputStream in, String name, int[] shape) throws IOException {
    int count = WeightTensor.count(name, shape);
    byte[] bytes = in.readNBytes(count * Float.BYTES);
    if (bytes.length < count * Float.BYTES) {
      throw new UserDataException(
          "The shards end within the tensor " + name + ": a file is cut short. Get them again.");
    }
    float[] values = new float[count];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
    return values;
  }

  @Override
  public Set<String> names() {
    return tensors.keySet();
  }

  @Override
  public int[] shape(String name) {
    return tensor(name).shape();
  }

  @Override
  public WeightTensor tensor(String name) {
    WeightTensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new UserDataException(
          "The weights have no tensor " + name + ": they are not those of Keras' ResNet-50.");
    }
    return tensor;
  }
}
