package org.dn2.store;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import org.dn2.doctor.Finding;
import org.dn2.doctor.Memory;
import org.dn2.doctor.TimeLimit;

/** Looks at the local disks that a process shuffles and unpacks its libraries to. */
public final class ScratchCheck {
  private static final long LITTLE_SPACE = 2L << 30;

  private ScratchCheck() {}

  /**
   * Whether each folder can be written, and has room.
   *
   * @param folders that are there
   */
  public static Finding of(List<File> folders) {
    TreeMap<Long, File> byFreeSpace = new TreeMap<>();
    for (File folder : folders) {
      try {
        Path probe = Files.createTempFile(folder.toPath(), ".dn2-doctor~", "");
        Files.delete(probe);
      } catch (IOException | RuntimeException e) {
        return Finding.fail(
            "scratch space",
            "%s cannot be written: %s".formatted(folder, TimeLimit.inWords(e)),
            "Name another folder by spark.local.dir (on YARN the node manager's local-dirs).");
      }
      byFreeSpace.putIfAbsent(folder.getUsableSpace(), folder.getParentFile());
    }
    if (byFreeSpace.isEmpty()) {
      return Finding.ok("scratch space", "none is used");
    }
    long free = byFreeSpace.firstKey();
    String detail = "%s free in %s".formatted(Memory.size(free), byFreeSpace.get(free));
    return free < LITTLE_SPACE
        ? Finding.warn(
            "scratch space",
            detail,
            "Make room, or name a larger disk by spark.local.dir: shuffles go there.")
        : Finding.ok("scratch space", detail);
  }
}
