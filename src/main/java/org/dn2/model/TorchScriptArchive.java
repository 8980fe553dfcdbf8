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
import org.dn2.embedding.Precision;

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
  static void write(ResidualNetwork network, Precision precision, Path file) throws IOException {
    write(ForwardCode.of(network, precision), network.convolutions(), precision, file);
  }

  /** Writes a module without weights. */
  static void write(String code, Path file) throws IOException {
    write(code, List.of(), Precision.FP32, file);
  }

  private static void write(
      String code, List<Convolution> convolutions, Precision precision, Path file)
      throws IOException {
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 20);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      zip.setMethod(ZipOutputStream.STORED);
      store(zip, ROOT + "data.pkl", module(convolutions, precision));
      store(zip, ROOT + "code/__torch__.py", utf8(code));
      store(zip, ROOT + "constants.pkl", new Pickle().emptyTuple().stop());
      for (int i = 0; i < convolutions.size(); i++) {
        Convolution.Parameters parameters = convolutions.get(i).parameters().get();
        store(zip, ROOT + "data/" + 2 * i, littleEndian(parameters.weights(), precision));
        store(zip, ROOT + "data/" + (2 * i + 1), littleEndian(parameters.bias(), precision));
      }
      store(zip, ROOT + "version", utf8(FORMAT_VERSION));
    }
  }

  /** Adds a file to an archive. */
  static void store(ZipOutputStream zip, String name, byte[] bytes) throws IOException {
    ZipEntry entry = new ZipEntry(name);
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

  private static byte[] littleEndian(float[] values, Precision precision) {
    int width = precision == Precision.BF16 ? Short.BYTES : Float.BYTES;
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.multiplyExact(values.length, width))
            .order(ByteOrder.LITTLE_ENDIAN);
    if (precision == Precision.FP32) {
      bytes.asFloatBuffer().put(values);
    } else {
      for (float value : values) {
        bytes.putShort(bfloat16(value));
      }
    }
    return bytes.array();
  }

  /** The upper half of a finite number's bits, rounded to the nearest, ties to even. */
  static short bfloat16(float value) {
    int bits = Float.floatToIntBits(value);
    return (short) ((bits + 0x7fff + (bits >>> 16 & 1)) >>> 16);
  }

  private static byte[] module(List<Convolution> convolutions, Precision precision) {
    String storage = precision == Precision.BF16 ? "BFloat16Storage" : "FloatStorage";
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
          storage,
          2 * i,
          new int[] {output, input, size, size},
          new int[] {size * size * input, 1, size * input, input});
      pickle.string(ForwardCode.bias(i));
      tensor(pickle, storage, 2 * i + 1, new int[] {output}, new int[] {1});
    }
    return pickle.setItems().build().stop();
  }

  private static void tensor(
      Pickle pickle, String storage, int number, int[] shape, int[] strides) {
    int count = 1;
    for (int size : shape) {
      count *= size;
    }
    pickle.global("torch._utils", "_rebuild_tensor_v2").mark();
    pickle
        .mark()
        .string("storage")
        .global("torch", storage)
        .string(Integer.toString(number))
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
