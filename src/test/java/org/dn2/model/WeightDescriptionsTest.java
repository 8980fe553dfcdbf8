package org.dn2.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.dn2.table.UserDataException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Descriptions of weights that say what cannot be. */
class WeightDescriptionsTest {
  @TempDir Path folder;

  private Path safetensors(String header) throws IOException {
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES + text.length + 16);
    bytes.order(ByteOrder.LITTLE_ENDIAN).putLong(text.length).put(text);
    return Files.write(folder.resolve("a.safetensors"), bytes.array());
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]", "{\"", "null", "{}}"})
  void aHeaderThatIsNoObjectIsRefused(String header) throws IOException {
    Path file = safetensors(header);
    assertThatThrownBy(() -> new SafetensorsWeights(file))
        .isInstanceOf(UserDataException.class)
        .hasMessageStartingWith("The header of " + file + " is ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"[65536, 65536]", "[2147483647, 2147483647, 4]", "[-2, -2]"})
  void shapesThatNoFileHoldsAreRefused(String shape) throws IOException {
    Path file =
        safetensors(
            "{\"a\": {\"dtype\": \"F32\", \"shape\": %s, \"data_offsets\": [0, 16]}}"
                .formatted(shape));
    assertThatThrownBy(() -> new SafetensorsWeights(file).tensor("a"))
        .isInstanceOf(UserDataException.class)
        .hasMessageStartingWith("The tensor a cannot have the shape " + shape);
    Files.write(folder.resolve("shard"), new byte[16]);
    Files.writeString(
        folder.resolve("model.json"),
        """
        {"weightsManifest": [{"paths": ["shard"],
          "weights": [{"name": "a", "dtype": "float32", "shape": %s}]}]}
        """
            .formatted(shape));
    assertThatThrownBy(() -> new TfjsWeights(folder))
        .isInstanceOf(UserDataException.class)
        .hasMessageStartingWith("The tensor a cannot have the shape " + shape);
  }

  @Test
  void aShapeIsCounted() {
    assertThat(WeightTensor.count("a", new int[] {2, 3, 4})).isEqualTo(24);
    assertThat(WeightTensor.count("a", new int[0])).isOne();
    assertThat(WeightTensor.count("a", new int[] {0, 7})).isZero();
  }
}
