package org.dn2.image;

import java.io.IOException;
import java.io.InputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FutureDataInputStreamBuilder;
import org.apache.hadoop.fs.Options.OpenFileOptions;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.util.functional.FutureIO;
import org.dn2.table.LiteralPath;
import org.dn2.table.LocalDisk;
import org.dn2.table.UserDataException;

/** An image file on any of Hadoop's file systems. */
public final class ImageFile {
  private final FileSystem files;
  private final Path path;
  private final long sizeBytes;

  private ImageFile(FileSystem files, Path path, long sizeBytes) {
    this.files = files;
    this.path = path;
    this.sizeBytes = sizeBytes;
  }

  /**
   * A file whose length a listing told; it is not asked for again, which saves an object store a
   * request. Where the length is not known, the file is looked at.
   *
   * @param name null where there is none by which it could be opened
   * @param listedBytes its length, or null
   * @throws IOException if it is looked at, and missing or a folder
   * @throws IllegalArgumentException if that is no path
   * @throws UndecodableImageException if there is no name, or a local disk has no file there that
   *     can be read to its end
   */
  public static ImageFile at(String name, Long listedBytes, Configuration hadoop)
      throws IOException, UndecodableImageException {
    if (name == null) {
      throw new UndecodableImageException(
          RejectReason.UNREADABLE,
          "There is no path by which it could be opened: the file's name is not valid UTF-8, or its"
              + " row names none. Rename the file.");
    }
    Path path = LiteralPath.hadoop(name);
    FileSystem files = LocalDisk.of(path, hadoop);
    if (LocalDisk.has(files.makeQualified(path))) {
      LocalFile.requireReadable(path);
    }
    if (listedBytes != null) {
      return new ImageFile(files, path, listedBytes);
    }
    FileStatus status = files.getFileStatus(path);
    if (status.isDirectory()) {
      throw new IOException("it is a folder");
    }
    return new ImageFile(files, path, status.getLen());
  }

  /** Its length. */
  public long sizeBytes() {
    return sizeBytes;
  }

  /**
   * Its bytes.
   *
   * @throws IOException if it cannot be read
   * @throws UndecodableImageException if it has more bytes than the limit
   */
  public byte[] read(DecodeLimits limits) throws IOException, UndecodableImageException {
    if (sizeBytes > limits.maxBytes()) {
      throw new UndecodableImageException(
          RejectReason.TOO_LARGE,
          "The file has %,d bytes, the limit is %,d.".formatted(sizeBytes, limits.maxBytes()));
    }
    FutureDataInputStreamBuilder opening =
        files
            .openFile(path)
            .optLong(OpenFileOptions.FS_OPTION_OPENFILE_LENGTH, sizeBytes)
            .opt(
                OpenFileOptions.FS_OPTION_OPENFILE_READ_POLICY,
                OpenFileOptions.FS_OPTION_OPENFILE_READ_POLICY_WHOLE_FILE);
    try (InputStream in = FutureIO.awaitFuture(opening.build())) {
      return in.readNBytes((int) limits.maxBytes());
    }
  }

  /** A reject's message about a file that could not be read. */
  public static String unreadable(Exception e) {
    String message = e.getMessage();
    return "The file could not be read: "
        + (message == null || message.isBlank()
            ? e.getClass().getSimpleName()
            : UserDataException.withoutStackTrace(message));
  }
}
