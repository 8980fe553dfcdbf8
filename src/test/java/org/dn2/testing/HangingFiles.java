package org.dn2.testing;

import java.io.IOException;
import java.net.URI;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;

/**
 * The local disk under addresses {@code hanging:///}, where the first of all processes that opens a
 * file named {@value #HANGS} waits for minutes, and leaves a file beside it that says so.
 */
public final class HangingFiles extends RawLocalFileSystem {
  /** The file's name. */
  public static final String HANGS = "hangs.png";

  /** The name of the file beside it, hidden. */
  public static final String NOTE = ".hung";

  private static final URI ROOT = URI.create("hanging:///");
  private static final long MINUTES = 10;

  @Override
  public URI getUri() {
    return ROOT;
  }

  @Override
  public FileStatus getFileStatus(Path path) throws IOException {
    FileStatus status = super.getFileStatus(path);
    // The disk's own would look for the owner under this address.
    return new FileStatus(
        status.getLen(),
        status.isDirectory(),
        1,
        status.getBlockSize(),
        status.getModificationTime(),
        status.getPath());
  }

  @Override
  public FSDataInputStream open(Path path, int bufferSize) throws IOException {
    if (path.getName().equals(HANGS) && isFirst(path)) {
      try {
        if (!new CountDownLatch(1).await(MINUTES, TimeUnit.MINUTES)) {
          throw new IOException(path + " took too long");
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException(e);
      }
    }
    return super.open(path, bufferSize);
  }

  private boolean isFirst(Path path) throws IOException {
    try {
      Files.createFile(pathToFile(new Path(path.getParent(), NOTE)).toPath());
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    }
  }
}
