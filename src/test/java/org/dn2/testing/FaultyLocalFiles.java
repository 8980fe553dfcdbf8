package org.dn2.testing;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;

/** A local disk whose calls fail when {@link Faults} says so. */
public final class FaultyLocalFiles extends LocalFileSystem {
  @Override
  public void initialize(URI name, Configuration hadoop) throws IOException {
    super.initialize(name, hadoop);
    setVerifyChecksum(false);
    setWriteChecksum(false);
  }

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

  /** The way to Java's own renames. */
  @Override
  public File pathToFile(Path path) {
    try {
      Faults.at("rename " + path.getName());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return super.pathToFile(path);
  }
}
