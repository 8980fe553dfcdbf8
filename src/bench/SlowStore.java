import java.io.IOException;
import java.net.URI;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;

/**
 * The local disk as {@code slow:/path}, with a wait before every listing, status and opening of a
 * file, as an object store has. Counts them.
 */
public final class SlowStore extends RawLocalFileSystem {
  static final String WAIT_MILLISECONDS = "fs.slow.wait.milliseconds";
  static final AtomicLong REQUESTS = new AtomicLong();

  /** Hadoop's local file system asks itself; that is no request. */
  private final ThreadLocal<Boolean> inside = ThreadLocal.withInitial(() -> false);

  private interface Request<T> {
    T answer() throws IOException;
  }

  @Override
  public URI getUri() {
    return URI.create("slow:///");
  }

  @Override
  public String getScheme() {
    return "slow";
  }

  @Override
  public FileStatus getFileStatus(Path path) throws IOException {
    return request(() -> plain(super.getFileStatus(path)));
  }

  @Override
  public FileStatus[] listStatus(Path path) throws IOException {
    return request(
        () -> Arrays.stream(super.listStatus(path)).map(SlowStore::plain).toArray(FileStatus[]::new));
  }

  @Override
  public FSDataInputStream open(Path path, int bufferSize) throws IOException {
    return request(() -> super.open(path, bufferSize));
  }

  /** Without the owner, whom the local file system would ask for under its own scheme. */
  private static FileStatus plain(FileStatus status) {
    return new FileStatus(
        status.getLen(),
        status.isDirectory(),
        1,
        status.getBlockSize(),
        status.getModificationTime(),
        status.getPath());
  }

  private <T> T request(Request<T> request) throws IOException {
    if (inside.get()) {
      return request.answer();
    }
    REQUESTS.incrementAndGet();
    inside.set(true);
    try {
      Configuration settings = getConf();
      Thread.sleep(settings.getLong(WAIT_MILLISECONDS, 0));
      return request.answer();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    } finally {
      inside.set(false);
    }
  }
}
