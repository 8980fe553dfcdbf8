package org.dn2.testing;

import java.io.IOException;
import java.net.URI;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FSDataOutputStreamBuilder;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;

/**
 * A local disk under addresses {@code odd:///} that says it is S3, makes files over others whatever
 * it is asked, and has a clock of its own.
 */
public final class OddStore extends RawLocalFileSystem {
  /** The setting that makes Hadoop know these addresses. */
  public static final String IMPLEMENTATION = "fs.odd.impl";

  /** The setting of how far its clock is ahead, in milliseconds. */
  public static final String AHEAD = "fs.odd.ahead";

  /** The address of a local path. */
  public static String address(java.nio.file.Path path) {
    return "odd://" + path.toUri().getRawPath();
  }

  @Override
  public URI getUri() {
    return URI.create("odd:///");
  }

  @Override
  public boolean hasPathCapability(Path path, String capability) {
    return capability.equals("fs.s3a.capability.magic.committer");
  }

  @Override
  public FSDataOutputStreamBuilder<?, ?> createFile(Path path) {
    return new Careless(this, path);
  }

  @Override
  public FileStatus getFileStatus(Path path) throws IOException {
    FileStatus status = super.getFileStatus(path);
    return new FileStatus(
        status.getLen(),
        status.isDirectory(),
        1,
        status.getBlockSize(),
        status.getModificationTime() + getConf().getLong(AHEAD, 0),
        status.getPath());
  }

  /** Passes over what it must do. */
  private static final class Careless
      extends FSDataOutputStreamBuilder<FSDataOutputStream, Careless> {
    Careless(FileSystem files, Path path) {
      super(files, path);
    }

    @Override
    public Careless getThisBuilder() {
      return this;
    }

    @Override
    public FSDataOutputStream build() throws IOException {
      return getFS().create(getPath(), true);
    }
  }
}
