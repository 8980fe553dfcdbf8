package org.dn2.testing;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;

/** A local disk of a machine whose clock is wrong by {@value #MILLISECONDS} milliseconds. */
public final class ShiftedFiles extends LocalFileSystem {
  /** The setting. */
  public static final String MILLISECONDS = "dn2.test.shifted.milliseconds";

  private FileStatus shifted(FileStatus status) {
    return new FileStatus(
        status.getLen(),
        status.isDirectory(),
        status.getReplication(),
        status.getBlockSize(),
        status.getModificationTime() + getConf().getLong(MILLISECONDS, 0),
        status.getPath());
  }

  @Override
  public FileStatus getFileStatus(Path path) throws IOException {
    return shifted(super.getFileStatus(path));
  }

  @Override
  public FileStatus[] listStatus(Path path) throws IOException {
    List<FileStatus> all = new ArrayList<>();
    for (FileStatus status : super.listStatus(path)) {
      all.add(shifted(status));
    }
    return all.toArray(FileStatus[]::new);
  }
}
