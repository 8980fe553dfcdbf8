package org.dn2.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/**
 * A real S3 server (S3Proxy) on the loopback interface, in a process of its own. Its buckets are
 * the folders of a folder, and its objects their files.
 */
public final class S3Server implements AutoCloseable {
  public static final String ACCESS_KEY = "dn2-test-access-key";
  public static final String SECRET_KEY = "dn2-test-secret-key";

  private static final Duration START_LIMIT = Duration.ofSeconds(60);
  private static final Duration POLL_INTERVAL = Duration.ofMillis(100);

  private final Process process;
  private final int port;
  private final Path buckets;

  private S3Server(Process process, int port, Path buckets) {
    this.process = process;
    this.port = port;
    this.buckets = buckets;
  }

  /** Starts a server that answers as soon as it can. */
  public static S3Server start(Path folder) throws IOException, InterruptedException {
    return start(folder, 0);
  }

  /**
   * Starts the server and returns when it takes connections.
   *
   * @param folder an existing folder for the buckets, the server's settings and its log
   * @param waitMilliseconds before every answer, as a store far away has
   * @throws IllegalStateException with the log if it does not start within a minute
   */
  public static S3Server start(Path folder, int waitMilliseconds)
      throws IOException, InterruptedException {
    Path buckets = Files.createDirectories(folder.resolve("buckets"));
    Path log = folder.resolve("s3proxy.log");
    int port = freePort();
    Path settings =
        Files.writeString(
            folder.resolve("s3proxy.properties"),
            """
            s3proxy.endpoint=http://127.0.0.1:%d
            s3proxy.authorization=aws-v2-or-v4
            s3proxy.identity=%s
            s3proxy.credential=%s
            jclouds.provider=filesystem-nio2
            jclouds.filesystem.basedir=%s
            s3proxy.latency-blobstore=%b
            s3proxy.latency-blobstore.*.latency=%d
            """
                .formatted(
                    port,
                    ACCESS_KEY,
                    SECRET_KEY,
                    buckets.toAbsolutePath(),
                    waitMilliseconds > 0,
                    waitMilliseconds));
    Path jar = Path.of(System.getProperty("dn2.s3.server", "target/s3-server/s3proxy.jar"));
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-jar",
                jar.toAbsolutePath().toString(),
                "--properties",
                settings.toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    S3Server server = new S3Server(process, port, buckets);
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly, "s3-server-exit"));
    server.awaitStart(log);
    return server;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private void awaitStart(Path log) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + START_LIMIT.toNanos();
    while (process.isAlive() && System.nanoTime() < deadline) {
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
        return;
      } catch (IOException e) {
        Thread.sleep(POLL_INTERVAL.toMillis());
      }
    }
    close();
    throw new IllegalStateException("the S3 server did not start:\n" + Files.readString(log));
  }

  /** Makes an empty bucket. */
  public void makeBucket(String name) throws IOException {
    Files.createDirectory(bucket(name));
  }

  /** The folder that is the bucket. */
  public Path bucket(String name) {
    return buckets.resolve(name);
  }

  /** What Hadoop's S3A must be told to find it, apart from the keys. */
  public Map<String, String> hadoopSettings() {
    Map<String, String> settings = new TreeMap<>();
    settings.put("fs.s3a.endpoint", "http://127.0.0.1:" + port);
    settings.put("fs.s3a.endpoint.region", "us-east-1");
    settings.put("fs.s3a.path.style.access", "true");
    return settings;
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
