package org.dn2.model;

import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.razorvine.pickle.IObjectConstructor;
import net.razorvine.pickle.Opcodes;
import net.razorvine.pickle.PickleException;
import net.razorvine.pickle.PickleUtils;
import net.razorvine.pickle.Unpickler;
import org.dn2.table.Printable;

/**
 * Reads Python's pickle format as far as a dictionary of tensors needs it. A pickle can name any
 * class and call it; all but the few that make up tensors are refused before anything is called.
 */
final class TensorPickle extends Unpickler {
  private static final Map<String, Object> ALLOWED =
      Map.of(
          "collections.OrderedDict", (IObjectConstructor) TensorPickle::dictionary,
          "torch._utils._rebuild_tensor_v2", (IObjectConstructor) TensorPickle::tensor,
          "torch._utils._rebuild_parameter", (IObjectConstructor) arguments -> arguments[0]);

  /** These build or call what the pickle names by other ways than the one that is watched. */
  private static final Set<Short> REFUSED =
      Set.of(
          Opcodes.INST,
          Opcodes.OBJ,
          Opcodes.NEWOBJ,
          Opcodes.NEWOBJ_EX,
          Opcodes.STACK_GLOBAL,
          Opcodes.EXT1,
          Opcodes.EXT2,
          Opcodes.EXT4);

  /** A type of numbers, named where a storage is. */
  enum NumberType {
    FLOAT(4),
    HALF(2),
    BFLOAT16(2),
    DOUBLE(8),
    LONG(8),
    INT(4),
    SHORT(2),
    CHAR(1),
    BYTE(1),
    BOOL(1);

    private final int bytes;

    NumberType(int bytes) {
      this.bytes = bytes;
    }

    int bytes() {
      return bytes;
    }

    static NumberType ofStorage(String className) {
      for (NumberType type : values()) {
        if (className.equalsIgnoreCase("torch." + type.name() + "Storage")) {
          return type;
        }
      }
      return null;
    }
  }

  /** Numbers that lie outside the pickle. */
  record Storage(NumberType type, String key, long count) {}

  /** A view of a storage: its first number's place and, for each axis, size and step. */
  record Tensor(Storage storage, long offset, int[] shape, long[] strides) {}

  private static Object dictionary(Object[] arguments) {
    if (arguments.length == 0) {
      return new LinkedHashMap<>();
    }
    Map<Object, Object> items = new LinkedHashMap<>();
    for (Object item : (List<?>) arguments[0]) {
      Object[] pair = item instanceof List<?> list ? list.toArray() : (Object[]) item;
      items.put(pair[0], pair[1]);
    }
    return items;
  }

  private static Object tensor(Object[] arguments) {
    Object[] shape = (Object[]) arguments[2];
    Object[] strides = (Object[]) arguments[3];
    if (shape.length != strides.length) {
      throw new PickleException(
          "a tensor has %d sizes and %d strides".formatted(shape.length, strides.length));
    }
    int[] sizes = new int[shape.length];
    long[] steps = new long[shape.length];
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = Math.toIntExact(((Number) shape[i]).longValue());
      steps[i] = ((Number) strides[i]).longValue();
      if (sizes[i] < 0 || steps[i] < 0) {
        throw new PickleException("a tensor has a negative size or stride");
      }
    }
    long offset = ((Number) arguments[1]).longValue();
    return new Tensor((Storage) arguments[0], offset, sizes, steps);
  }

  /** A class that may be named, such as a storage's. */
  private record Named(NumberType type) implements IObjectConstructor {
    @Override
    public Object construct(Object[] arguments) {
      throw new PickleException("a storage is not to be called");
    }
  }

  @Override
  protected Object dispatch(short key) throws IOException {
    if (key == Opcodes.GLOBAL) {
      String module = PickleUtils.readline(input);
      stack.add(named(module + "." + PickleUtils.readline(input)));
      return NO_RETURN_VALUE;
    }
    if (key == Opcodes.BUILD) {
      // The one object that has more than its items is a dictionary with notes on versions.
      stack.pop();
      if (!(stack.peek() instanceof Map)) {
        throw new PickleException("it holds an object that is no tensor");
      }
      return NO_RETURN_VALUE;
    }
    if (REFUSED.contains(key)) {
      throw new PickleException("it makes objects in a way that tensors do not need");
    }
    return super.dispatch(key);
  }

  private static Object named(String className) {
    NumberType type = NumberType.ofStorage(className);
    if (type != null) {
      return new Named(type);
    }
    Object constructor = ALLOWED.get(className);
    if (constructor == null) {
      throw new PickleException(
          "it names %s, and only tensors are read".formatted(Printable.of(className)));
    }
    return constructor;
  }

  /** {@code ("storage", type, key, device, count)}, in older files with a sixth, a view. */
  @Override
  protected Object persistentLoad(Object id) {
    if (id instanceof Object[] parts
        && parts.length >= 5
        && "storage".equals(parts[0])
        && parts[1] instanceof Named named
        && parts[4] instanceof Number count
        && count.longValue() >= 0
        && (parts.length == 5 || parts[5] == null)) {
      return new Storage(named.type(), String.valueOf(parts[2]), count.longValue());
    }
    throw new PickleException("it refers to something that is no storage of numbers");
  }

  /** Reads one pickle; the stream stands behind it afterwards. */
  static Object read(InputStream in) throws IOException {
    try {
      return new TensorPickle().load(in);
    } catch (IOException e) {
      // The library's word for bytes that end within an item.
      if ("premature end of file".equals(e.getMessage())
          || "expected more bytes in input stream".equals(e.getMessage())) {
        throw new PickleException("its pickle ends early", e);
      }
      throw e;
    }
  }
}
