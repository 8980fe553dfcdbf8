package org.dn2.image;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.ChecksumException;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FutureDataInputStreamBuilder;
import org.apache.hadoop.fs.Options.OpenFileOptions;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.PathIsDirectoryException;
import org.apache.hadoop.fs.UnsupportedFileSystemException;
import org.apache.hadoop.fs.permission.FsAction;
import org.apache.hadoop.ipc.RemoteException;
import org.apache.hadoop.security.AccessControlException;
import org.apache.hadoop.util.functional.FutureIO;
import org.dn2.table.LiteralPath;
import org.dn2.table.LocalDisk;
import org.dn2.table.UserDataException;

/**
 * An image file on any of Hadoop's file systems. What is wrong with the file itself is a reason to
 * reject it: there is none, nobody may read it, it is a folder. Whatever else fails is taken to be
 * the store's fault: it is tried again, and ends the task in the end.
 */
public final class ImageFile {
  /** By name: S3A is there when the program runs, not when it is compiled. */
  private static final String LACK_OF_KEYS =
      "org.apache.hadoop.fs.s3a.CredentialInitializationException";

  /** What S3 calls refusals that are due to the caller's keys or clock, whatever the file. */
  private static final Pattern REFUSED_KEYS =
      Pattern.compile(
          "\\b(ExpiredToken|ExpiredTokenException|InvalidToken|TokenRefreshRequired"
              + "|InvalidAccessKeyId|SignatureDoesNotMatch|RequestTimeTooSkewed|RequestExpired)\\b");

  private final FileSystem files;
  private final Path path;
  private final Retries retries;
  private long sizeBytes;

  private ImageFile(FileSystem files, Path path, Retries retries, long sizeBytes) {
    this.files = files;
    this.path = path;
    this.retries = retries;
    this.sizeBytes = sizeBytes;
  }

  /**
   * A file whose length a listing told; it is not asked for again, which saves an object store a
   * request. Where the length is not known, the file is looked at.
   *
   * @param name null where there is none by which it could be opened
   * @param listedBytes its length, or null
   * @throws UndecodableImageException with the reason, if there is nothing to be read, or nothing
   *     that ends
   * @throws org.dn2.table.ClusterFaultException if the store fails again and again
   */
  public static ImageFile at(String name, Long listedBytes, Configuration hadoop)
      throws UndecodableImageException {
    Path path = requirePath(name);
    Retries retries = Retries.of(hadoop);
    try {
      FileSystem files = retries.first(name, () -> fileSystem(path, hadoop));
      long sizeBytes =
          listedBytes != null ? listedBytes : retries.first(name, () -> look(files, path).getLen());
      return new ImageFile(files, path, retries, sizeBytes);
    } catch (IllegalArgumentException e) {
      throw rejected(RejectReason.UNREADABLE, e);
    }
  }

  /**
   * What the store says of a file now.
   *
   * @param name null where there is none by which it could be opened
   * @throws UndecodableImageException with the reason, if it cannot be read
   * @throws org.dn2.table.ClusterFaultException if the store fails again and again
   */
  static FileStatus statusOf(String name, Configuration hadoop) throws UndecodableImageException {
    Path path = requirePath(name);
    try {
      return Retries.of(hadoop).first(name, () -> look(fileSystem(path, hadoop), path));
    } catch (IllegalArgumentException e) {
      throw rejected(RejectReason.UNREADABLE, e);
    }
  }

  private static Path requirePath(String name) throws UndecodableImageException {
    if (name == null) {
      throw new UndecodableImageException(
          RejectReason.UNREADABLE,
          "There is no path by which it could be opened: the file's name is not valid UTF-8, or its"
              + " row names none. Rename the file.");
    }
    try {
      return LiteralPath.hadoop(name);
    } catch (IllegalArgumentException e) {
      throw rejected(RejectReason.UNREADABLE, e);
    }
  }

  private static FileSystem fileSystem(Path path, Configuration hadoop)
      throws IOException, UndecodableImageException {
    try {
      FileSystem files = LocalDisk.of(path, hadoop);
      if (LocalDisk.has(files.makeQualified(path))) {
        LocalFile.requireReadable(path);
      }
      return files;
    } catch (UnsupportedFileSystemException e) {
      throw rejected(RejectReason.UNREADABLE, e);
    }
  }

  /** What the store says of the file now. */
  private static FileStatus look(FileSystem files, Path path)
      throws IOException, UndecodableImageException {
    FileStatus status;
    try {
      status = files.getFileStatus(path);
    } catch (FileNotFoundException | NoSuchFileException e) {
      throw new UndecodableImageException(RejectReason.GONE, "There is no file " + path + ".", e);
    } catch (IOException e) {
      rejectIfForbidden(e);
      throw e;
    }
    if (status.isDirectory()) {
      throw rejected(RejectReason.UNREADABLE, new IOException("it is a folder"));
    }
    return status;
  }

  /** Its length: as it was listed, or as it was when it was last looked at. */
  public long sizeBytes() {
    return sizeBytes;
  }

  /**
   * Its bytes.
   *
   * @throws UndecodableImageException with the reason, if it cannot be read or has more bytes than
   *     the limit
   * @throws org.dn2.table.ClusterFaultException if the store fails again and again
   */
  public byte[] read(DecodeLimits limits) throws UndecodableImageException {
    try {
      return retries.first(path.toString(), () -> attempt(limits));
    } catch (IllegalArgumentException e) {
      throw rejected(RejectReason.UNREADABLE, e);
    }
  }

  private byte[] attempt(DecodeLimits limits) throws IOException, UndecodableImageException {
    requireWithin(limits);
    try {
      return readOnce(limits);
    } catch (IOException e) {
      lookAfter(e);
      throw e;
    }
  }

  private void requireWithin(DecodeLimits limits) throws UndecodableImageException {
    if (sizeBytes > limits.maxBytes()) {
      throw new UndecodableImageException(
          RejectReason.TOO_LARGE,
          "The file has %,d bytes, the limit is %,d.".formatted(sizeBytes, limits.maxBytes()));
    }
  }

  private byte[] readOnce(DecodeLimits limits) throws IOException {
    FutureDataInputStreamBuilder opening =
        files
            .openFile(path)
            .optLong(OpenFileOptions.FS_OPTION_OPENFILE_LENGTH, sizeBytes)
            .opt(
                OpenFileOptions.FS_OPTION_OPENFILE_READ_POLICY,
                OpenFileOptions.FS_OPTION_OPENFILE_READ_POLICY_WHOLE_FILE);
    try (InputStream in = FutureIO.awaitFuture(opening.build())) {
      return in.readNBytes((int) Math.min(limits.maxBytes(), Integer.MAX_VALUE - 8));
    }
  }

  /** Rejects the file if it is at fault; else its length may be another than was listed. */
  private void lookAfter(IOException failure) throws IOException, UndecodableImageException {
    rejectIfForbidden(failure);
    if (failure instanceof ChecksumException || failure instanceof PathIsDirectoryException) {
      throw rejected(RejectReason.UNREADABLE, failure);
    }
    sizeBytes = look(files, path).getLen();
    if (failure instanceof FileNotFoundException) {
      // A local disk says so of files that nobody may read.
      try {
        files.access(path, FsAction.READ);
      } catch (IOException e) {
        rejectIfForbidden(e);
        throw e;
      }
    }
  }

  private static void rejectIfForbidden(IOException failure) throws UndecodableImageException {
    IOException told =
        failure instanceof RemoteException remote ? remote.unwrapRemoteException() : failure;
    boolean isForbidden =
        told instanceof AccessControlException || told instanceof AccessDeniedException;
    // Without any key, or with one that is valid no more, it is not this file that is closed.
    if (isForbidden
        && !lacksKeys(told.getCause())
        && !REFUSED_KEYS.matcher(String.valueOf(told.getMessage())).find()) {
      throw rejected(RejectReason.UNREADABLE, told);
    }
  }

  private static boolean lacksKeys(Throwable cause) {
    Class<?> type = cause == null ? null : cause.getClass();
    while (type != null && !type.getName().equals(LACK_OF_KEYS)) {
      type = type.getSuperclass();
    }
    return type != null;
  }

  private static UndecodableImageException rejected(RejectReason reason, Exception e) {
    return new UndecodableImageException(reason, "The file could not be read: " + messageOf(e), e);
  }

  static String messageOf(Exception e) {
    String message = e.getMessage();
    return message == null || message.isBlank()
        ? e.getClass().getSimpleName()
        : UserDataException.withoutStackTrace(message);
  }
}
