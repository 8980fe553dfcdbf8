package org.dn2.doctor;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.Locale;

/**
 * The memory and cores of a process.
 *
 * @param heapBytes the most that Java's heap may take
 * @param machineBytes of the machine, or of the container that the process is in
 * @param cores that Java sees
 */
public record Memory(long heapBytes, long machineBytes, int cores) {
  private static final long GIBIBYTE = 1L << 30;

  /** What libtorch's weights and activations may take beside the heap. */
  private static final long OUTSIDE_HEAP = 3 * GIBIBYTE;

  /** Below it, a batch of decoded images and a reference set hardly fit. */
  private static final long SMALLEST_HEAP = GIBIBYTE * 9 / 10;

  /** Those of this process. */
  public static Memory ofThisProcess() {
    OperatingSystemMXBean machine =
        ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    return new Memory(
        Runtime.getRuntime().maxMemory(),
        machine.getTotalMemorySize(),
        Runtime.getRuntime().availableProcessors());
  }

  /**
   * Whether a process that embeds has room.
   *
   * @param heapSetting that gives it another heap, such as {@code DN2_HEAP}
   */
  public Finding finding(String heapSetting) {
    String detail =
        "%d cores, %s heap, %s outside it"
            .formatted(cores, size(heapBytes), size(Math.max(0, machineBytes - heapBytes)));
    if (machineBytes - heapBytes < OUTSIDE_HEAP) {
      return Finding.warn(
          "memory",
          detail + "; libtorch wants about " + size(OUTSIDE_HEAP),
          "Give Java less (%s), or the machine or container more.".formatted(heapSetting));
    }
    return heapBytes < SMALLEST_HEAP
        ? Finding.warn(
            "memory",
            detail + "; the heap is small",
            "Give Java 2 GiB or more (%s).".formatted(heapSetting))
        : Finding.ok("memory", detail);
  }

  /**
   * A size in words.
   *
   * @param bytes 0 or more
   */
  public static String size(long bytes) {
    return bytes >= GIBIBYTE
        ? String.format(Locale.ROOT, "%,.1f GiB", (double) bytes / GIBIBYTE)
        : String.format(Locale.ROOT, "%,d MiB", bytes >> 20);
  }
}
