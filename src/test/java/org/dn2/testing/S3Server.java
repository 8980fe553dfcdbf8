package org.dn2.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A real S3 server (S3Proxy) on the loopback interface. Its buckets are the folders of a folder,
 * and its objects their files.
 */
public final class S3Server implements AutoCloseable {
  public static final String ACCESS_KEY = "dn2-test-access-key";
  public static final String SECRET_KEY = "dn2-test-secret-key";

  private final ServerProcess process;
  private final int port;
  private final Path buckets;

  private S3Server(ServerProcess process, int port, Path buckets) {
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
   */
  public static S3Server start(Path folder, int waitMilliseconds)
      throws IOException, InterruptedException {
    Path buckets = Files.createDirectories(folder.resolve("buckets")).toAbsolutePath();
    int port = ServerProcess.freePort();
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
                    port, ACCESS_KEY, SECRET_KEY, buckets, waitMilliseconds > 0, waitMilliseconds));
    Path jar = Path.of(System.getProperty("dn2.s3.server", "target/s3-server/s3proxy.jar"));
    ServerProcess process =
        ServerProcess.start(
            folder.resolve("s3proxy.log"),
            () -> ServerProcess.isOpen(port),
            List.of(
                "-jar",
                jar.toAbsolutePath().toString(),
                "--properties",
                settings.toAbsolutePath().toString()));
    return new S3Server(process, port, buckets);
  }

  /** Makes an empty bucket. */
  public void makeBucket(String name) throws IOException {
    Files.createDirectory(bucket(name));
  }

  /** The folder that is the bucket. */
  public Path bucket(String name) {
    return buckets.resolve(name);
  }

  /** Where it listens, on the loopback interface. */
  public int port() {
    return port;
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
    process.close();
  }
}
