package org.dn2.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.dn2.table.UserDataException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PthWeightsTest {
  @TempDir Path folder;

  private Path archive(byte[] pickle, Map<String, byte[]> storages) throws IOException {
    Path file = folder.resolve("weights.pth");
    try (OutputStream out = Files.newOutputStream(file);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      zip.putNextEntry(new ZipEntry("weights/data.pkl"));
      zip.write(pickle);
      for (Map.Entry<String, byte[]> storage : storages.entrySet()) {
        zip.putNextEntry(new ZipEntry("weights/data/" + storage.getKey()));
        zip.write(storage.getValue());
      }
    }
    return file;
  }

  /** As torch.save writes it: _rebuild_tensor_v2(storage, offset, size, stride, False, {}). */
  private static void tensor(
      Pickle pickle,
      String name,
      String storageClass,
      String key,
      int count,
      int offset,
      int[] shape,
      int[] strides) {
    pickle.string(name).global("torch._utils", "_rebuild_tensor_v2").mark();
    pickle
        .mark()
        .string("storage")
        .global("torch", storageClass)
        .string(key)
        .string("cpu")
        .integer(count)
        .tuple();
    pickle.persistentId().integer(offset);
    pickle.mark();
    Arrays.stream(shape).forEach(pickle::integer);
    pickle.tuple().mark();
    Arrays.stream(strides).forEach(pickle::integer);
    pickle.tuple().falseValue().global("collections", "OrderedDict").emptyTuple().reduce();
    pickle.tuple().reduce();
  }

  private static byte[] floats(float... values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      bytes.putFloat(value);
    }
    return bytes.array();
  }

  private static Pickle dictionary() {
    return new Pickle().global("collections", "OrderedDict").emptyTuple().reduce().mark();
  }

  @Test
  void tensorsAreReadThroughTheirStrides() throws IOException {
    Pickle pickle = dictionary();
    tensor(pickle, "plain", "FloatStorage", "0", 6, 0, new int[] {2, 3}, new int[] {3, 1});
    tensor(pickle, "turned", "FloatStorage", "0", 6, 0, new int[] {3, 2}, new int[] {1, 3});
    tensor(pickle, "last", "FloatStorage", "0", 6, 4, new int[] {2}, new int[] {1});
    tensor(pickle, "half", "HalfStorage", "1", 2, 0, new int[] {2}, new int[] {1});
    tensor(pickle, "steps", "LongStorage", "2", 1, 0, new int[] {}, new int[] {});
    Map<String, byte[]> storages = new TreeMap<>();
    storages.put("0", floats(1, 2, 3, 4, 5, 6));
    storages.put("1", new byte[] {0x00, 0x3c, 0x00, (byte) 0xc0});
    storages.put("2", new byte[8]);
    PthWeights weights = new PthWeights(archive(pickle.setItems().stop(), storages));
    assertThat(weights.names()).containsExactly("half", "last", "plain", "steps", "turned");
    assertThat(weights.shape("turned")).containsExactly(3, 2);
    assertThat(weights.tensor("plain").values()).containsExactly(1, 2, 3, 4, 5, 6);
    assertThat(weights.tensor("turned").values()).containsExactly(1, 4, 2, 5, 3, 6);
    assertThat(weights.tensor("last").values()).containsExactly(5, 6);
    assertThat(weights.tensor("half").values()).containsExactly(1, -2);
    assertThatThrownBy(() -> weights.tensor("steps")).hasMessageContaining("holds whole numbers");
    assertThatThrownBy(() -> weights.tensor("none")).hasMessageContaining("has no tensor none");
  }

  @Test
  void tensorsBeyondTheirNumbersAreDamaged() throws IOException {
    Pickle pickle = dictionary();
    tensor(pickle, "beyond", "FloatStorage", "0", 2, 1, new int[] {2}, new int[] {1});
    tensor(
        pickle, "huge", "FloatStorage", "0", 2, 0, new int[] {1 << 30, 1 << 30}, new int[] {0, 0});
    tensor(pickle, "missing", "FloatStorage", "9", 2, 0, new int[] {2}, new int[] {1});
    tensor(pickle, "less", "FloatStorage", "1", 1 << 29, 0, new int[] {2}, new int[] {1});
    PthWeights weights =
        new PthWeights(
            archive(pickle.setItems().stop(), Map.of("0", floats(1, 2), "1", floats(1))));
    for (String name : new String[] {"beyond", "huge", "less"}) {
      assertThatThrownBy(() -> weights.tensor(name))
          .isInstanceOf(UserDataException.class)
          .hasMessageStartingWith("The tensor " + name + " reaches beyond its numbers");
    }
    for (String name : new String[] {"missing"}) {
      assertThatThrownBy(() -> weights.tensor(name))
          .isInstanceOf(UserDataException.class)
          .hasMessageContaining("cannot be read");
    }
  }

  /** What a pickle can do to whoever loads it in Python: none of it happens here. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "cos\nsystem\n(S'touch PLACE'\ntR.",
        "cposix\nsystem\n(S'touch PLACE'\ntR.",
        "(S'touch PLACE'\nios\nsystem\n.",
        "c__builtin__\neval\n(S'1'\ntR.",
        "cdatetime\ndatetime\n(I2026\nI1\nI1\ntR.",
        "cnet.razorvine.pickle.objects\nAnyClassConstructor\n.",
        "\u0080\u0004\u008c\u0002os\u008c\u0006system\u0093\u008c\u0001x\u0085R.",
        "(c__main__\nThing\no.",
        "ctorch._utils\n_rebuild_tensor_v2\n(tR.",
        "ctorch\nFloatStorage\n(tR.",
        "I1\n(dR.",
        "(I1\nI2\n",
        "}}b.",
        "Pnothing\n.",
        "",
      })
  void aPickleOfAnythingElseIsRefused(String pickle) throws IOException {
    Path place = folder.resolve("touched");
    byte[] bytes = pickle.replace("PLACE", place.toString()).getBytes(StandardCharsets.ISO_8859_1);
    Path file = archive(bytes, Map.of());
    assertThatThrownBy(() -> new PthWeights(file))
        .isInstanceOf(UserDataException.class)
        .hasMessageContaining(" is not a .pth file of tensors: ")
        .hasMessageEndingWith("Save the weights alone: torch.save(model.state_dict(), file).");
    assertThat(place).doesNotExist();
  }

  @Test
  void theNameOfARefusedClassIsTold() throws IOException {
    Path file = archive("cos\nsystem\n(S'true'\ntR.".getBytes(StandardCharsets.US_ASCII), Map.of());
    assertThatThrownBy(() -> new PthWeights(file))
        .hasMessageContaining("it names os.system, and only tensors are read");
  }

  /** A few bytes that ask for two gigabytes. */
  @ParameterizedTest
  @ValueSource(strings = {"B", "X", "T"})
  void aPickleThatAsksForMemoryIsRefused(String instruction) throws IOException {
    byte[] start = ("\u0080\u0002" + instruction).getBytes(StandardCharsets.ISO_8859_1);
    byte[] pickle = Arrays.copyOf(start, start.length + 5);
    Arrays.fill(pickle, start.length, start.length + 3, (byte) 0xff);
    pickle[start.length + 3] = 0x7f;
    Path file = archive(pickle, Map.of());
    assertThatThrownBy(() -> new PthWeights(file))
        .isInstanceOf(UserDataException.class)
        .hasMessageContaining(" is not a .pth file of tensors: ");
  }

  @Test
  void aViewThatRepeatsItsNumbersIsNoWeight() throws IOException {
    Pickle pickle = dictionary();
    tensor(
        pickle, "giant", "FloatStorage", "0", 1, 0, new int[] {64_000, 33_000}, new int[] {0, 0});
    PthWeights weights = new PthWeights(archive(pickle.setItems().stop(), Map.of("0", floats(1))));
    assertThatThrownBy(() -> weights.tensor("giant"))
        .isInstanceOf(UserDataException.class)
        .hasMessageContaining("reaches beyond its numbers");
  }

  @Test
  void whatIsNoSuchFileIsTold() throws IOException {
    Path text = Files.writeString(folder.resolve("text.pth"), "these are no weights");
    assertThatThrownBy(() -> new PthWeights(text))
        .isInstanceOf(UserDataException.class)
        .hasMessageContaining("it begins as no such file does");
    Path empty = Files.write(folder.resolve("empty.pth"), new byte[0]);
    assertThatThrownBy(() -> new PthWeights(empty))
        .isInstanceOf(UserDataException.class)
        .hasMessageContaining("it begins as no such file does");
    Path cut = folder.resolve("cut.pth");
    byte[] whole = Files.readAllBytes(archive(dictionary().setItems().stop(), Map.of()));
    Files.write(cut, Arrays.copyOf(whole, whole.length - 30));
    assertThatThrownBy(() -> new PthWeights(cut)).isInstanceOf(UserDataException.class);
    assertThatThrownBy(() -> new PthWeights(folder.resolve("nothing.pth")))
        .isInstanceOf(UserDataException.class)
        .hasMessageContaining("cannot be read");
    Path none = archive(dictionary().setItems().stop(), Map.of());
    assertThatThrownBy(() -> new PthWeights(none)).hasMessageContaining("it has no tensor");
  }
}
