package org.dn2.embedding;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

class PixelBuffersTest {
  private static final int MEBIBYTE = 1 << 20;
  private final PixelBuffers buffers = new PixelBuffers();

  private static long nativeBuffers() {
    return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
        .filter(pool -> pool.getName().equals("direct"))
        .mapToLong(BufferPoolMXBean::getMemoryUsed)
        .sum();
  }

  @Test
  void oneTaskAfterTheOtherUsesOneBuffer() {
    ByteBuffer first = buffers.borrow(MEBIBYTE);
    buffers.giveBack(first);
    long before = nativeBuffers();
    for (int task = 0; task < 500; task++) {
      ByteBuffer next = buffers.borrow(MEBIBYTE - task);
      assertThat(next).isSameAs(first);
      assertThat(next.order()).isEqualTo(ByteOrder.nativeOrder());
      assertThat(next.remaining()).isEqualTo(MEBIBYTE);
      next.position(17).limit(100);
      buffers.giveBack(next);
    }
    assertThat(nativeBuffers()).isEqualTo(before);
  }

  @Test
  void tasksBesideEachOtherHaveTheirOwn() {
    assertThat(buffers.borrow(MEBIBYTE)).isNotSameAs(buffers.borrow(MEBIBYTE));
  }

  @Test
  void aLargerOneTakesThePlaceOfOneTooSmall() {
    ByteBuffer small = buffers.borrow(MEBIBYTE);
    buffers.giveBack(small);
    ByteBuffer large = buffers.borrow(2 * MEBIBYTE);
    buffers.giveBack(large);
    assertThat(buffers.borrow(1)).isSameAs(large);
    assertThat(buffers.borrow(1)).isNotSameAs(small);
  }
}
