package org.dn2.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.dn2.doctor.Finding;
import org.dn2.doctor.TimeLimit;
import org.dn2.table.LiteralPath;
import org.dn2.table.LocalDisk;

/**
 * Makes a file in a folder, and removes it and whatever folders were made for it.
 *
 * @param there the folder, or the nearest one around it that is there
 */
record PlaceProbe(String what, Path folder, Path there, Configuration hadoop) {
  private static final byte[] FIRST = "first".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] SECOND = "second".getBytes(StandardCharsets.US_ASCII);
  private static final int RACERS = 4;
  private static final Duration MOST_SKEW = Duration.ofMinutes(1);

  /**
   * Makes and removes.
   *
   * @param fine takes what is as it should be, in a few words each
   * @param findings takes the rest
   */
  void run(List<String> fine, List<Finding> findings) {
    String name = ".dn2-doctor~" + CommittedFolder.newAttempt();
    List<Path> probes =
        List.of(LiteralPath.in(folder, name), LiteralPath.in(folder, name + "~race"));
    try {
      if (!folder.equals(there)) {
        LocalDisk.of(folder, hadoop).mkdirs(folder);
      }
      long before = System.currentTimeMillis();
      SmallFiles.createWhole(probes.get(0), FIRST, hadoop);
      long after = System.currentTimeMillis();
      fine.add("can be written");
      clock(probes.get(0), before, after, fine, findings);
      createdOnce(probes, fine, findings);
    } catch (IOException | RuntimeException e) {
      findings.add(
          Finding.fail(
              what,
              "%s cannot be written: %s".formatted(folder, TimeLimit.inWords(e)),
              "Give this user the right to write there, or name another folder."));
    } finally {
      remove(probes, findings);
    }
  }

  private void clock(Path probe, long before, long after, List<String> fine, List<Finding> findings)
      throws IOException {
    long made = LocalDisk.of(probe, hadoop).getFileStatus(probe).getModificationTime();
    long seconds = (made < before ? made - before : Math.max(0, made - after)) / 1000;
    if (Math.abs(seconds) > MOST_SKEW.toSeconds()) {
      findings.add(
          Finding.warn(
              what,
              "the store's clock is %,d s %s this machine's"
                  .formatted(Math.abs(seconds), seconds > 0 ? "ahead of" : "behind"),
              "Set the clocks of both by NTP. S3 refuses requests that are 15 minutes off."));
    } else {
      fine.add("clock %,d s off".formatted(Math.abs(seconds)));
    }
  }

  /** Of two that make a file of one name, the second must fail: leases and records rest on it. */
  private void createdOnce(List<Path> probes, List<String> fine, List<Finding> findings)
      throws IOException {
    boolean isExclusive;
    try {
      SmallFiles.createWhole(probes.get(0), SECOND, hadoop);
      isExclusive = false;
    } catch (FileAlreadyExistsException e) {
      isExclusive = Arrays.equals(SmallFiles.read(probes.get(0), hadoop), FIRST);
    }
    if (isExclusive && winners(probes.get(1)) == 1) {
      fine.add("of two writers at once one fails");
    } else {
      findings.add(
          Finding.fail(
              what,
              "%s lets two writers make the same file: two runs at once would not notice each other"
                  .formatted(folder),
              "Use a store that honors conditional writes (If-None-Match on S3), or make sure by other means that one run is at work at a time."));
    }
  }

  /** How many of several that make one file at once are told that they have made it. */
  private int winners(Path probe) throws IOException {
    ExecutorService pool = Executors.newFixedThreadPool(RACERS);
    try {
      Callable<Integer> racer =
          () -> {
            try {
              SmallFiles.createWhole(probe, FIRST, hadoop);
              return 1;
            } catch (FileAlreadyExistsException e) {
              return 0;
            }
          };
      int winners = 0;
      for (Future<Integer> result : pool.invokeAll(Collections.nCopies(RACERS, racer))) {
        winners += result.get();
      }
      return winners;
    } catch (ExecutionException e) {
      throw new IOException(TimeLimit.inWords(e.getCause()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while files were made", e);
    } finally {
      pool.shutdownNow();
    }
  }

  private void remove(List<Path> probes, List<Finding> findings) {
    List<Path> all = new ArrayList<>(probes);
    for (Path made = folder; !made.equals(there); made = made.getParent()) {
      all.add(made);
    }
    for (Path path : all) {
      try {
        FileSystem files = LocalDisk.of(path, hadoop);
        if (files.exists(path) && !files.delete(path, false)) {
          throw new IOException("the store says no");
        }
      } catch (IOException | RuntimeException e) {
        findings.add(
            Finding.fail(
                what,
                "%s cannot be removed again: %s".formatted(path, TimeLimit.inWords(e)),
                "Give this user the right to delete there, and remove it by hand."));
        return;
      }
    }
  }
}
