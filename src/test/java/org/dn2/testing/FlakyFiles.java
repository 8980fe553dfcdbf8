package org.dn2.testing;

import java.io.EOFException;
import java.io.FileInputStream;
import java.io.IOException;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsAction;

/**
 * The local disk under addresses {@code flaky:///}, where reading the files fails that a test
 * names, so often as it says; one test at a time.
 */
public final class FlakyFiles extends RawLocalFileSystem {
  /** Where a read fails. */
  public enum Where {
    LOOK,
    OPEN,
    READ
  }

  /** The setting that makes Hadoop know these addresses. */
  public static final String IMPLEMENTATION = "fs.flaky.impl";

  private static final Map<String, Fault> FAULTS = new HashMap<>();
  private static final Map<String, Integer> OPENED = new HashMap<>();
  private static final Map<String, Integer> LISTED = new TreeMap<>();
  private static final URI ROOT = URI.create("flaky:///");

  private static final class Fault {
    private final Where where;
    private final Supplier<? extends Throwable> failure;
    private int left;

    Fault(Where where, int left, Supplier<? extends Throwable> failure) {
      this.where = where;
      this.left = left;
      this.failure = failure;
    }
  }

  /** The address of a local path. */
  public static String address(java.nio.file.Path path) {
    return "flaky://" + path.toUri().getRawPath();
  }

  /** From now on all files can be read. */
  public static synchronized void heal() {
    FAULTS.clear();
    OPENED.clear();
    LISTED.clear();
  }

  /** The next reads of a file fail. */
  public static synchronized void fail(
      String name, Where where, int times, Supplier<? extends Throwable> failure) {
    FAULTS.put(name, new Fault(where, times, failure));
  }

  /** How often a file was opened, or tried to be, since all was healed. */
  public static synchronized int timesOpened(String name) {
    return OPENED.getOrDefault(name, 0);
  }

  /** How often each folder was listed since all was healed, by its local path. */
  public static synchronized Map<String, Integer> timesListed() {
    return new TreeMap<>(LISTED);
  }

  private static synchronized void list(Path path) {
    LISTED.merge(path.toUri().getPath(), 1, Integer::sum);
  }

  private static synchronized void at(Where where, Path path) throws IOException {
    if (where == Where.OPEN) {
      OPENED.merge(path.getName(), 1, Integer::sum);
    }
    Fault fault = FAULTS.get(path.getName());
    if (fault == null || fault.where != where || fault.left == 0) {
      return;
    }
    fault.left--;
    Throwable failure = fault.failure.get();
    if (failure instanceof Error error) {
      throw error;
    }
    throw (IOException) failure;
  }

  @Override
  public URI getUri() {
    return ROOT;
  }

  @Override
  public FileStatus getFileStatus(Path path) throws IOException {
    at(Where.LOOK, path);
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
  public FileStatus[] listStatus(Path path) throws IOException {
    list(path);
    return super.listStatus(path);
  }

  @Override
  public void access(Path path, FsAction mode) {
    // Everybody may read.
  }

  @Override
  public FSDataInputStream open(Path path, int bufferSize) throws IOException {
    at(Where.OPEN, path);
    return new FSDataInputStream(new Bytes(path, new FileInputStream(pathToFile(path))));
  }

  private static final class Bytes extends FSInputStream {
    private final Path path;
    private final FileInputStream bytes;

    Bytes(Path path, FileInputStream bytes) {
      this.path = path;
      this.bytes = bytes;
    }

    @Override
    public int read() throws IOException {
      at(Where.READ, path);
      return bytes.read();
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      at(Where.READ, path);
      return bytes.read(buffer, offset, length);
    }

    @Override
    public void seek(long position) throws IOException {
      if (position > bytes.getChannel().size()) {
        throw new EOFException(path + " ends before " + position);
      }
      bytes.getChannel().position(position);
    }

    @Override
    public long getPos() throws IOException {
      return bytes.getChannel().position();
    }

    @Override
    public boolean seekToNewSource(long position) {
      return false;
    }

    @Override
    public void close() throws IOException {
      bytes.close();
    }
  }
}
