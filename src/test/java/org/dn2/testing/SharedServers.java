package org.dn2.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;

/** One S3 server, one HDFS and one Spark cluster for all tests of a JVM; they end with it. */
public final class SharedServers {
  private SharedServers() {}

  private static final class S3 {
    private static final S3Server SERVER = start("s3", S3Server::start);
  }

  private static final class Hdfs {
    private static final HdfsServer SERVER = start("hdfs", HdfsServer::start);
  }

  private static final class Cluster {
    private static final LocalCluster CLUSTER = start("cluster", LocalCluster::start);
  }

  private interface Start<T> {
    T in(Path folder) throws IOException, InterruptedException;
  }

  private static <T> T start(String name, Start<T> start) {
    try {
      Path folder =
          Files.createTempDirectory(Files.createDirectories(Path.of("target")), name + "-");
      return start.in(folder.toAbsolutePath());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  public static S3Server s3() {
    return S3.SERVER;
  }

  public static HdfsServer hdfs() {
    return Hdfs.SERVER;
  }

  public static LocalCluster cluster() {
    return Cluster.CLUSTER;
  }

  /** Tells Hadoop where the S3 server is and how to enter. */
  public static Configuration withS3(Configuration settings) {
    s3().hadoopSettings().forEach(settings::set);
    settings.set("fs.s3a.access.key", S3Server.ACCESS_KEY);
    settings.set("fs.s3a.secret.key", S3Server.SECRET_KEY);
    return settings;
  }
}
