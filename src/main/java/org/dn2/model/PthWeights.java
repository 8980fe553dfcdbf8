package org.dn2.model;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import net.razorvine.pickle.PickleException;
import org.apache.commons.io.input.BoundedInputStream;
import org.dn2.table.Printable;
import org.dn2.table.UserDataException;

/**
 * The weights of a {@code .pth} file as {@code torch.save(model.state_dict(), file)} writes it: a
 * pickle of tensors with their numbers beside it, in a zip archive or, before PyTorch 1.6, one
 * after the other. Nothing in it is called.
 */
final class PthWeights implements Weights {
  private static final String PARALLEL = "module.";
  private static final long LARGEST_PICKLE = 64L << 20;
  private static final BigInteger OLD_MAGIC = new BigInteger("1950a86a20f9469cfc6c", 16);

  private final Path file;
  private final TreeMap<String, TensorPickle.Tensor> tensors = new TreeMap<>();

  /** Where an old file's storages begin, by key; null for an archive. */
  private Map<String, Long> places;

  /** The folder in an archive, with a slash. */
  private String folder;

  PthWeights(Path file) {
    this.file = file;
    try {
      Object content = BackboneImport.isZip(file) ? readArchive() : readOld();
      if (!(content instanceof Map<?, ?> items)) {
        throw notTensors("it holds no dictionary", null);
      }
      items.forEach(this::add);
    } catch (ZipException e) {
      throw notTensors("its archive is damaged or cut short (" + e.getMessage() + ")", e);
    } catch (IOException e) {
      throw new UserDataException(file + " cannot be read: " + e.getMessage(), e);
    } catch (OutOfMemoryError e) {
      throw notTensors("its pickle asks for more memory than there is", e);
    } catch (PickleException e) {
      throw notTensors(e.getMessage(), e);
    } catch (RuntimeException e) {
      if (e instanceof UserDataException) {
        throw e;
      }
      // What the library throws on a pickle that is damaged: casts, missing items, sizes.
      throw notTensors("its pickle is damaged", e);
    }
    if (tensors.isEmpty()) {
      throw notTensors("it has no tensor", null);
    }
  }

  private void add(Object name, Object value) {
    if (!(name instanceof String key) || !(value instanceof TensorPickle.Tensor tensor)) {
      throw notTensors(
          "its entry %s is no tensor".formatted(Printable.of(String.valueOf(name))), null);
    }
    // As the networks that were trained on several GPUs name them.
    tensors.put(key.startsWith(PARALLEL) ? key.substring(PARALLEL.length()) : key, tensor);
  }

  private UserDataException notTensors(String why, Throwable cause) {
    return new UserDataException(
        "%s is not a .pth file of tensors: %s. Save the weights alone: torch.save(model.state_dict(), file)."
            .formatted(file, why),
        cause);
  }

  private Object readArchive() throws IOException {
    try (ZipFile archive = new ZipFile(file.toFile())) {
      ZipEntry pickle =
          archive.stream()
              .filter(entry -> entry.getName().matches("[^/]+/data\\.pkl"))
              .findFirst()
              .orElseThrow(() -> notTensors("the archive has no data.pkl", null));
      folder = pickle.getName().substring(0, pickle.getName().indexOf('/') + 1);
      ZipEntry order = archive.getEntry(folder + "byteorder");
      if (order != null && !"little".equals(text(archive, order))) {
        throw notTensors("its numbers are not little-endian", null);
      }
      return TensorPickle.read(new ByteArrayInputStream(bytes(archive, pickle, LARGEST_PICKLE)));
    }
  }

  private String text(ZipFile archive, ZipEntry entry) throws IOException {
    return new String(bytes(archive, entry, 16), StandardCharsets.UTF_8);
  }

  private byte[] bytes(ZipFile archive, ZipEntry entry, long most) throws IOException {
    try (InputStream in = archive.getInputStream(entry)) {
      byte[] bytes = in.readNBytes((int) most + 1);
      if (bytes.length > most) {
        throw notTensors("%s is too large".formatted(entry.getName()), null);
      }
      return bytes;
    }
  }

  /** Pickles of a magic number, a version, the system, the tensors and the storages' keys. */
  private Object readOld() throws IOException {
    try (FileChannel channel = FileChannel.open(file);
        BoundedInputStream in =
            BoundedInputStream.builder()
                .setInputStream(new BufferedInputStream(Channels.newInputStream(channel)))
                .setMaxCount(LARGEST_PICKLE)
                .get()) {
      if (!OLD_MAGIC.equals(magic(in))) {
        throw notTensors("it begins as no such file does", null);
      }
      TensorPickle.read(in);
      TensorPickle.read(in);
      Object content = TensorPickle.read(in);
      places = new HashMap<>();
      Map<String, TensorPickle.Storage> storages = storages(content);
      long at = -1;
      for (Object key : (List<?>) TensorPickle.read(in)) {
        at = at < 0 ? in.getCount() : at;
        TensorPickle.Storage storage = storages.get(String.valueOf(key));
        if (storage == null) {
          throw notTensors("no tensor has the storage " + Printable.of(String.valueOf(key)), null);
        }
        places.put(storage.key(), at + Long.BYTES);
        at += Long.BYTES + Math.multiplyExact(storage.count(), (long) storage.type().bytes());
      }
      return content;
    }
  }

  private static Object magic(InputStream in) throws IOException {
    in.mark(1);
    int first = in.read();
    in.reset();
    return first == 0x80 ? TensorPickle.read(in) : null;
  }

  private static Map<String, TensorPickle.Storage> storages(Object content) {
    Map<String, TensorPickle.Storage> storages = new HashMap<>();
    if (content instanceof Map<?, ?> items) {
      for (Object value : items.values()) {
        if (value instanceof TensorPickle.Tensor tensor) {
          storages.put(tensor.storage().key(), tensor.storage());
        }
      }
    }
    return storages;
  }

  @Override
  public Set<String> names() {
    return tensors.keySet();
  }

  private TensorPickle.Tensor find(String name) {
    TensorPickle.Tensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new UserDataException(
          "The file %s has no tensor %s: it does not hold a ResNet under torchvision's names."
              .formatted(file, name));
    }
    return tensor;
  }

  @Override
  public int[] shape(String name) {
    return find(name).shape().clone();
  }

  @Override
  public WeightTensor tensor(String name) {
    TensorPickle.Tensor tensor = find(name);
    try {
      ByteBuffer bytes = storage(tensor.storage());
      int count = 1;
      for (int size : tensor.shape()) {
        count = Math.multiplyExact(count, size);
      }
      if (count > tensor.storage().count()) {
        throw new IndexOutOfBoundsException("more numbers than are stored");
      }
      float[] values = new float[count];
      long[] index = new long[tensor.shape().length];
      for (int i = 0; i < count; i++) {
        values[i] = value(name, bytes, tensor.storage().type(), place(tensor, index));
        advance(index, tensor.shape());
      }
      return new WeightTensor(name, tensor.shape(), values).requireFinite();
    } catch (IOException e) {
      throw new UserDataException(file + " cannot be read: " + e.getMessage(), e);
    } catch (ArithmeticException | IndexOutOfBoundsException e) {
      throw new UserDataException(
          "The tensor %s reaches beyond its numbers in %s: the file is damaged. Get it again."
              .formatted(name, file),
          e);
    }
  }

  private static int place(TensorPickle.Tensor tensor, long[] index) {
    long place = tensor.offset();
    for (int axis = 0; axis < index.length; axis++) {
      place += Math.multiplyExact(index[axis], tensor.strides()[axis]);
    }
    return Math.multiplyExact(Math.toIntExact(place), tensor.storage().type().bytes());
  }

  /** The last axis goes fastest. */
  private static void advance(long[] index, int[] shape) {
    for (int axis = index.length - 1; axis >= 0 && ++index[axis] == shape[axis]; axis--) {
      index[axis] = 0;
    }
  }

  private static float value(
      String name, ByteBuffer bytes, TensorPickle.NumberType type, int place) {
    return switch (type) {
      case FLOAT -> bytes.getFloat(place);
      case HALF -> SmallFloats.half(bytes.getShort(place));
      case BFLOAT16 -> SmallFloats.bfloat16(bytes.getShort(place));
      case DOUBLE -> (float) bytes.getDouble(place);
      default ->
          throw new UserDataException(
              "The tensor %s holds whole numbers; weights are fractions.".formatted(name));
    };
  }

  private ByteBuffer storage(TensorPickle.Storage storage) throws IOException {
    int length =
        Math.toIntExact(Math.multiplyExact(storage.count(), (long) storage.type().bytes()));
    byte[] bytes = places == null ? fromArchive(storage, length) : fromOld(storage, length);
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private byte[] fromArchive(TensorPickle.Storage storage, int length) throws IOException {
    try (ZipFile archive = new ZipFile(file.toFile())) {
      ZipEntry entry = archive.getEntry(folder + "data/" + storage.key());
      // Not by the pickle's word alone: the memory is asked for only where the bytes are there.
      if (entry == null || entry.getSize() != length) {
        throw new EOFException("the numbers of storage " + storage.key() + " are not all there");
      }
      try (InputStream in = archive.getInputStream(entry)) {
        return exactly(in, length);
      }
    }
  }

  private byte[] fromOld(TensorPickle.Storage storage, int length) throws IOException {
    long place = places.get(storage.key());
    try (FileChannel channel = FileChannel.open(file)) {
      if (channel.size() < place + length) {
        throw new EOFException("the numbers of storage " + storage.key() + " are not all there");
      }
      return exactly(Channels.newInputStream(channel.position(place)), length);
    }
  }

  private static byte[] exactly(InputStream in, int length) throws IOException {
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new EOFException("the file is cut short");
    }
    return bytes;
  }
}
