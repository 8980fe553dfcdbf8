package org.dn2.store;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.hadoop.hdfs.DistributedFileSystem;
import org.dn2.doctor.Finding;
import org.dn2.doctor.Memory;
import org.dn2.doctor.TimeLimit;
import org.dn2.table.LocalDisk;
import org.dn2.table.UserDataException;

/**
 * Looks at a place that a job reads or writes.
 *
 * @param what of the configuration names it, such as {@code nightly.plant}
 * @param path on any of Hadoop's file systems
 */
public record PlaceCheck(String what, String path, Configuration hadoop) {
  private static final int MOST_LISTED = 1000;
  private static final int MOST_TRIED = 3;
  private static final long LITTLE_SPACE = 1L << 30;
  private static final String S3A = "s3a";

  /**
   * Whether it is there and can be listed and read.
   *
   * @param ifMissing what to do where nothing is there
   */
  public List<Finding> readable(String ifMissing) {
    try {
      Path place = Destination.qualified(path, hadoop);
      FileSystem files = LocalDisk.of(place, hadoop);
      FileStatus status = files.getFileStatus(place);
      return List.of(status.isFile() ? file(files, status) : folder(files, place));
    } catch (FileNotFoundException e) {
      return List.of(Finding.fail(what, "there is nothing at " + path, ifMissing));
    } catch (IOException | RuntimeException e) {
      return List.of(unreachable(e));
    }
  }

  private Finding unreachable(Exception e) {
    String detail =
        e instanceof UserDataException && e.getCause() != null
            ? TimeLimit.inWords(e.getCause())
            : TimeLimit.inWords(e);
    return Finding.fail(
        what,
        "%s cannot be looked at: %s".formatted(path, detail),
        "Is the path right, and the store in reach with these keys or this user?");
  }

  private Finding file(FileSystem files, FileStatus file) {
    try {
      readFirst(files, file);
      return Finding.ok(what, "%s can be read".formatted(path));
    } catch (IOException e) {
      return Finding.fail(
          what,
          "%s cannot be read: %s".formatted(path, TimeLimit.inWords(e)),
          "Give this user the right to read it.");
    }
  }

  private Finding folder(FileSystem files, Path folder) throws IOException {
    RemoteIterator<FileStatus> entries = files.listStatusIterator(folder);
    int count = 0;
    List<IOException> failures = new ArrayList<>();
    boolean wasRead = false;
    while (entries.hasNext() && count < MOST_LISTED) {
      FileStatus entry = entries.next();
      count++;
      if (entry.isFile() && entry.getLen() > 0 && !wasRead && failures.size() < MOST_TRIED) {
        try {
          readFirst(files, entry);
          wasRead = true;
        } catch (IOException e) {
          failures.add(e);
        }
      }
    }
    if (count == 0) {
      return Finding.warn(what, path + " is empty", "Nothing to do, if images are still to come.");
    }
    if (!wasRead && !failures.isEmpty()) {
      return Finding.fail(
          what,
          "%s can be listed, but its files cannot be read: %s"
              .formatted(path, TimeLimit.inWords(failures.get(0))),
          "Give this user the right to read them.");
    }
    return Finding.ok(
        what,
        String.format(
            Locale.ROOT,
            "%s can be read; entries: %,d%s",
            path,
            count,
            count < MOST_LISTED ? "" : " or more"));
  }

  private static void readFirst(FileSystem files, FileStatus file) throws IOException {
    try (InputStream in = files.open(file.getPath())) {
      in.read();
    }
  }

  /**
   * Whether it can be written as a job does, by a file that is made and removed again; folders that
   * are not there are made for it and removed too.
   */
  public List<Finding> writable() {
    Path folder;
    FileSystem files;
    FileStatus there;
    try {
      folder = Destination.qualified(path, hadoop);
      files = LocalDisk.of(folder, hadoop);
      there = nearest(files, folder);
    } catch (IOException | RuntimeException e) {
      return List.of(unreachable(e));
    }
    if (there.isFile()) {
      return List.of(
          Finding.fail(
              what,
              "%s cannot be a folder: %s is a file".formatted(path, there.getPath()),
              "Name another folder."));
    }
    List<Finding> findings = new ArrayList<>();
    List<String> fine = new ArrayList<>();
    new PlaceProbe(what, folder, there.getPath(), hadoop).run(fine, findings);
    committer(files, folder, fine, findings);
    space(files, there.getPath(), fine, findings);
    if (!fine.isEmpty()) {
      findings.add(0, Finding.ok(what, "%s: %s".formatted(path, String.join(", ", fine))));
    }
    return findings;
  }

  /** The folder, or what holds it as far as it is there. */
  private static FileStatus nearest(FileSystem files, Path folder) throws IOException {
    Path place = folder;
    while (true) {
      try {
        return files.getFileStatus(place);
      } catch (FileNotFoundException e) {
        if (place.getParent() == null) {
          throw e;
        }
        place = place.getParent();
      } catch (IOException e) {
        // Below a file.
        if (place.getParent() == null || !files.exists(place.getParent())) {
          throw e;
        }
        place = place.getParent();
      }
    }
  }

  private void committer(FileSystem files, Path folder, List<String> fine, List<Finding> findings) {
    try {
      if (files.hasPathCapability(folder, CommittedFolder.WRITES_IN_PLACE)) {
        fine.add("tables committed by S3A's magic committer");
      } else if (S3A.equals(folder.toUri().getScheme())) {
        findings.add(
            Finding.fail(
                what,
                "S3A's magic committer is switched off: tables would be renamed, which S3 does file by file",
                "Take spark.hadoop.fs.s3a.committer.magic.enabled=false out of Spark's settings."));
      } else if (files instanceof LocalFileSystem || files instanceof DistributedFileSystem) {
        fine.add("tables committed by renaming");
      } else {
        findings.add(
            Finding.warn(
                what,
                "tables would be committed by renaming; dn2 is tested on local disks, HDFS and S3 (s3a://)",
                "Make sure that this store renames a folder in one step, or use one of those."));
      }
    } catch (IOException e) {
      findings.add(unreachable(e));
    }
  }

  private void space(FileSystem files, Path there, List<String> fine, List<Finding> findings) {
    try {
      long free = files.getStatus(there).getRemaining();
      if (free == Long.MAX_VALUE) {
        return;
      }
      if (free < LITTLE_SPACE) {
        findings.add(
            Finding.warn(
                what,
                "%s has %s left".formatted(path, Memory.size(free)),
                "Make room: 100,000 embeddings of 2,048 numbers take about 0.8 GiB."));
      } else {
        fine.add(Memory.size(free) + " free");
      }
    } catch (IOException e) {
      findings.add(unreachable(e));
    }
  }
}
