package org.dn2.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.dn2.json.JsonText;
import org.dn2.table.UserDataException;

/**
 * The weights of a {@code .safetensors} file: the length of a JSON header in eight little-endian
 * bytes, the header with each tensor's type, shape and place, then the numbers.
 */
final class SafetensorsWeights implements Weights {
  private static final long LARGEST_HEADER = 100_000_000;
  private static final String METADATA = "__metadata__";

  private final Path file;
  private final long dataStart;
  private final long dataLength;
  private final TreeMap<String, Entry> entries = new TreeMap<>();

  private record Entry(String type, int[] shape, long begin, long end) {}

  SafetensorsWeights(Path file) {
    this.file = file;
    try (FileChannel channel = FileChannel.open(file)) {
      long headerLength = channel.size() < Long.BYTES ? -1 : read(channel, 0, Long.BYTES).getLong();
      if (headerLength < 2
          || headerLength > LARGEST_HEADER
          || headerLength > channel.size() - Long.BYTES) {
        throw notSafetensors("its header's length is wrong");
      }
      this.dataStart = Long.BYTES + headerLength;
      this.dataLength = channel.size() - dataStart;
      byte[] header = new byte[(int) headerLength];
      read(channel, Long.BYTES, header.length).get(header);
      JsonText tensors = JsonText.of(header, "The header of " + file);
      for (Map.Entry<String, JsonNode> field : tensors.tree().properties()) {
        if (!field.getKey().equals(METADATA)) {
          entries.put(field.getKey(), entry(field.getKey(), field.getValue()));
        }
      }
    } catch (IOException e) {
      throw new UserDataException(file + " cannot be read: " + e.getMessage(), e);
    }
  }

  private UserDataException notSafetensors(String why) {
    return new UserDataException(file + " is not a .safetensors file: " + why + ".");
  }

  private Entry entry(String name, JsonNode node) {
    JsonNode shape = node.path("shape");
    JsonNode offsets = node.path("data_offsets");
    if (!shape.isArray() || offsets.size() != 2) {
      throw notSafetensors("the tensor " + name + " has no shape or place");
    }
    Entry entry =
        new Entry(
            node.path("dtype").asText(),
            IntStream.range(0, shape.size()).map(axis -> shape.get(axis).asInt()).toArray(),
            offsets.get(0).asLong(),
            offsets.get(1).asLong());
    if (entry.begin() < 0 || entry.end() < entry.begin() || entry.end() > dataLength) {
      throw new UserDataException(
          "The file %s ends within the tensor %s: it is cut short. Get it again."
              .formatted(file, name));
    }
    return entry;
  }

  private static ByteBuffer read(FileChannel channel, long position, int length)
      throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, position + buffer.position()) < 0) {
        throw new IOException("the file became shorter while it was read");
      }
    }
    return buffer.flip();
  }

  @Override
  public Set<String> names() {
    return entries.keySet();
  }

  private Entry find(String name) {
    Entry entry = entries.get(name);
    if (entry == null) {
      throw new UserDataException(
          "The file %s has no tensor %s: it does not hold a ResNet under torchvision's names."
              .formatted(file, name));
    }
    return entry;
  }

  @Override
  public int[] shape(String name) {
    return find(name).shape().clone();
  }

  @Override
  public WeightTensor tensor(String name) {
    Entry entry = find(name);
    int bytesPerNumber =
        switch (entry.type()) {
          case "F32" -> 4;
          case "F16", "BF16" -> 2;
          default ->
              throw new UserDataException(
                  "The tensor %s is of type %s; F32, F16 and BF16 are read."
                      .formatted(name, entry.type()));
        };
    int count = WeightTensor.count(name, entry.shape());
    if (entry.end() - entry.begin() != (long) count * bytesPerNumber) {
      throw notSafetensors("the tensor " + name + " has another size than its shape says");
    }
    try (FileChannel channel = FileChannel.open(file)) {
      ByteBuffer bytes = read(channel, dataStart + entry.begin(), count * bytesPerNumber);
      float[] values = new float[count];
      for (int i = 0; i < count; i++) {
        values[i] =
            switch (entry.type()) {
              case "F32" -> bytes.getFloat();
              case "F16" -> SmallFloats.half(bytes.getShort());
              default -> SmallFloats.bfloat16(bytes.getShort());
            };
      }
      return new WeightTensor(name, entry.shape(), values).requireFinite();
    } catch (IOException e) {
      throw new UserDataException(file + " cannot be read: " + e.getMessage(), e);
    }
  }
}
