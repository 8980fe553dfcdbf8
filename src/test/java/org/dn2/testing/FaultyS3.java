package org.dn2.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FSDataOutputStreamBuilder;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.fs.s3a.S3AFileSystem;
import org.apache.hadoop.util.Progressable;

/** S3 whose calls fail when {@link Faults} says so. */
public final class FaultyS3 extends S3AFileSystem {
  @Override
  public FSDataOutputStream create(
      Path path,
      FsPermission permission,
      boolean overwrite,
      int bufferSize,
      short replication,
      long blockSize,
      Progressable progress)
      throws IOException {
    Faults.at("create " + path.getName());
    return super.create(path, permission, overwrite, bufferSize, replication, blockSize, progress);
  }

  @Override
  @SuppressWarnings("rawtypes") // As it is declared.
  public FSDataOutputStreamBuilder createFile(Path path) {
    try {
      Faults.at("create " + path.getName());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return super.createFile(path);
  }

  @Override
  public boolean delete(Path path, boolean recursive) throws IOException {
    Faults.at("delete " + path.getName());
    return super.delete(path, recursive);
  }

  @Override
  public FileStatus[] listStatus(Path path) throws IOException {
    Faults.at("list " + path.getName());
    return super.listStatus(path);
  }

  @Override
  public boolean mkdirs(Path path, FsPermission permission) throws IOException {
    Faults.at("make " + path.getName());
    return super.mkdirs(path, permission);
  }

  @Override
  public boolean rename(Path from, Path to) throws IOException {
    Faults.at("rename " + from.getName());
    return super.rename(from, to);
  }
}
