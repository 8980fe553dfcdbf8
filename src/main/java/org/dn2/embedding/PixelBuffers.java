package org.dn2.embedding;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Native buffers that tasks use in turn. The collector frees a native buffer late, for it sees the
 * few bytes that stand for it: with one for every task their memory would grow until a collection
 * happens to come. So there are as many as tasks at work at once, and they stay.
 */
final class PixelBuffers {
  private final List<ByteBuffer> free = new ArrayList<>();

  /** A buffer of so many bytes or more, in the machine's order, for the caller's use alone. */
  synchronized ByteBuffer borrow(int bytes) {
    ByteBuffer smallest =
        free.stream()
            .filter(buffer -> buffer.capacity() >= bytes)
            .min(Comparator.comparingInt(ByteBuffer::capacity))
            .orElse(null);
    if (smallest != null) {
      free.remove(smallest);
      return smallest.clear();
    }
    // In place of one that is too small by now, if there is one.
    if (!free.isEmpty()) {
      free.remove(free.size() - 1);
    }
    return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
  }

  /** Lends a buffer to others again; the caller must not use it any more. */
  synchronized void giveBack(ByteBuffer buffer) {
    free.add(buffer);
  }
}
