package org.dn2.image;

import java.io.IOException;
import java.io.InputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.util.functional.FutureIO;

/** An image file that is there, on any of Hadoop's file systems. */
public final class ImageFile {
  private final FileSystem files;
  private final FileStatus status;

  private ImageFile(FileSystem files, FileStatus status) {
    this.files = files;
    this.status = status;
  }

  /**
   * Looks at the file.
   *
   * @throws IOException if it is missing or cannot be looked at
   * @throws IllegalArgumentException if that is no path
   */
  public static ImageFile at(String name, Configuration hadoop) throws IOException {
    Path path = new Path(name);
    FileSystem files = FileSystem.get(path.toUri(), hadoop);
    return new ImageFile(files, files.getFileStatus(path));
  }

  /** Its length. */
  public long sizeBytes() {
    return status.getLen();
  }

  /**
   * Its bytes.
   *
   * @throws IOException if it is a folder or cannot be read
   * @throws UndecodableImageException if it has more bytes than the limit
   */
  public byte[] read(DecodeLimits limits) throws IOException, UndecodableImageException {
    if (status.isDirectory()) {
      throw new IOException("it is a folder");
    }
    if (status.getLen() > limits.maxBytes()) {
      throw new UndecodableImageException(
          RejectReason.TOO_LARGE,
          "The file has %,d bytes, the limit is %,d."
              .formatted(status.getLen(), limits.maxBytes()));
    }
    // With the status at hand an object store need not be asked for it again.
    try (InputStream in =
        FutureIO.awaitFuture(files.openFile(status.getPath()).withFileStatus(status).build())) {
      return in.readNBytes((int) limits.maxBytes());
    }
  }

  /** A reject's message about a file that could not be read. */
  public static String unreadable(Exception e) {
    String message = e.getMessage();
    return "The file could not be read: "
        + (message == null || message.isBlank() ? e.getClass().getSimpleName() : message);
  }
}
