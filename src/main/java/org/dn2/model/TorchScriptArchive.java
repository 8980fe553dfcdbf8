package org.dn2.model;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Writes a network as a TorchScript archive: a zip of stored entries with the code as text, the
 * module as a pickle and every tensor as raw little-endian floats.
 */
final class TorchScriptArchive {
  private static final String ROOT = "embedder/";

  /** The format of PyTorch 1.6; every later version reads it. */
  private static final String FORMAT_VERSION = "3\n";

  private TorchScriptArchive() {}

  /** Writes the archive; a weight's numbers are in memory only while they are written. */
  static void write(ResidualNetwork network, Path file) throws IOException {
    write(ForwardCode.of(network), network.convolutions(), file);
  }

  /** Writes a module without weights. */
  static void write(String code, Path file) throws IOException {
    write(code, List.of(), file);
  }

  private static void write(String code, List<Convolution> convolutions, Path file)
      throws IOException {
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 20);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      zip.setMethod(ZipOutputStream.STORED);
      store(zip, "data.pkl", module(convolutions));
      store(zip, "code/__torch__.py", utf8(code));
      store(zip, "constants.pkl", new Pickle().emptyTuple().stop());
      for (int i = 0; i < convolutions.size(); i++) {
        Convolution.Parameters parameters = convolutions.get(i).parameters().get();
        store(zip, "data/" + 2 * i, littleEndian(parameters.weights()));
        store(zip, "data/" + (2 * i + 1), littleEndian(parameters.bias()));
      }
      store(zip, "version", utf8(FORMAT_VERSION));
    }
  }

  private static void store(ZipOutputStream zip, String name, byte[] bytes) throws IOException {
    ZipEntry entry = new ZipEntry(ROOT + name);
    CRC32 checksum = new CRC32();
    checksum.update(bytes);
    entry.setCrc(checksum.getValue());
    entry.setSize(bytes.length);
    // The same weights give the same file.
    entry.setTime(0);
    zip.putNextEntry(entry);
    zip.write(bytes);
    zip.closeEntry();
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] littleEndian(float[] values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.multiplyExact(values.length, Float.BYTES))
            .order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return bytes.array();
  }

  private static byte[] module(List<Convolution> convolutions) {
    Pickle pickle =
        new Pickle()
            .global("__torch__", ForwardCode.CLASS)
            .emptyTuple()
            .newObject()
            .emptyDictionary()
            .mark()
            .string("training")
            .falseValue();
    for (int i = 0; i < convolutions.size(); i++) {
      Convolution convolution = convolutions.get(i);
      int size = convolution.kernelSize();
      int input = convolution.inputChannels();
      int output = convolution.outputChannels();
      pickle.string(ForwardCode.weight(i));
      tensor(
          pickle,
          2 * i,
          new int[] {output, input, size, size},
          new int[] {size * size * input, 1, size * input, input});
      pickle.string(ForwardCode.bias(i));
      tensor(pickle, 2 * i + 1, new int[] {output}, new int[] {1});
    }
    return pickle.setItems().build().stop();
  }

  private static void tensor(Pickle pickle, int storage, int[] shape, int[] strides) {
    int count = 1;
    for (int size : shape) {
      count *= size;
    }
    pickle.global("torch._utils", "_rebuild_tensor_v2").mark();
    pickle
        .mark()
        .string("storage")
        .global("torch", "FloatStorage")
        .string(Integer.toString(storage))
        .string("cpu")
        .integer(count)
        .tuple()
        .persistentId();
    pickle.integer(0);
    integers(pickle, shape);
    integers(pickle, strides);
    pickle.falseValue();
    pickle.global("collections", "OrderedDict").emptyTuple().reduce();
    pickle.tuple().reduce();
  }

  private static void integers(Pickle pickle, int[] values) {
    pickle.mark();
    for (int value : values) {
      pickle.integer(value);
    }
    pickle.tuple();
  }
}
