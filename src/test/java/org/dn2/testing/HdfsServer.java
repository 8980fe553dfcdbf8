package org.dn2.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A real HDFS on the loopback interface: a name node and a data node in a process of their own. */
public final class HdfsServer implements AutoCloseable {
  private final ServerProcess process;
  private final int port;

  private HdfsServer(ServerProcess process, int port) {
    this.process = process;
    this.port = port;
  }

  /**
   * Starts the servers and returns when both are at work.
   *
   * @param folder an existing folder for its data and its log
   */
  public static HdfsServer start(Path folder) throws IOException, InterruptedException {
    int port = ServerProcess.freePort();
    Path servers = Path.of(System.getProperty("dn2.hdfs.server", "target/hdfs-server"));
    Path spark = Path.of(System.getProperty("dn2.spark.home", "target/spark"));
    // Written when both servers are at work.
    Path details = folder.resolve("details.json").toAbsolutePath();
    ServerProcess process =
        ServerProcess.start(
            folder.resolve("hdfs.log"),
            () -> Files.exists(details),
            List.of(
                "-Dtest.build.data=" + folder.toAbsolutePath(),
                "-cp",
                servers.toAbsolutePath() + "/*:" + spark.toAbsolutePath() + "/jars/*",
                "org.apache.hadoop.test.MiniDFSClusterManager",
                "-datanodes",
                "1",
                "-format",
                "-nnport",
                Integer.toString(port),
                "-writeDetails",
                details.toString()));
    return new HdfsServer(process, port);
  }

  /** {@code hdfs://127.0.0.1:PORT}. */
  public String address() {
    return "hdfs://127.0.0.1:" + port;
  }

  @Override
  public void close() {
    process.close();
  }
}
