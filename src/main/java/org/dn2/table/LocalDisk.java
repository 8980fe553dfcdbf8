package org.dn2.table;

import java.io.IOException;
import java.net.URI;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.ChecksumFileSystem;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Local disks as every other program sees them: without the checksum files that Hadoop keeps hidden
 * beside its own, which are wrong once another program has written a file.
 */
public final class LocalDisk {
  private static final URI ROOT = URI.create("file:///");

  private LocalDisk() {}

  /**
   * Has this process read and write local files without checksum files, Spark's readers and writers
   * too: all of a process share Hadoop's one object for the disk.
   */
  public static void useWithoutChecksums(Configuration hadoop) throws IOException {
    withoutChecksums(FileSystem.get(ROOT, hadoop));
  }

  /** The file system of a path; a local one without checksum files. */
  public static FileSystem of(Path path, Configuration hadoop) throws IOException {
    return withoutChecksums(path.getFileSystem(hadoop));
  }

  private static FileSystem withoutChecksums(FileSystem files) {
    if (files instanceof ChecksumFileSystem checked) {
      checked.setVerifyChecksum(false);
      checked.setWriteChecksum(false);
    }
    return files;
  }

  /** Whether a path with its store's name is one of a local disk. */
  public static boolean has(Path path) {
    return ROOT.getScheme().equals(path.toUri().getScheme());
  }
}
