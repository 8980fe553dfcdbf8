package org.dn2.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/** A Java program that serves the loopback interface, in a process of its own. */
final class ServerProcess implements AutoCloseable {
  private static final Duration START_LIMIT = Duration.ofSeconds(60);
  private static final Duration POLL_INTERVAL = Duration.ofMillis(100);

  private final Process process;

  private ServerProcess(Process process) {
    this.process = process;
  }

  /** A port that nothing listens on now. */
  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /**
   * Starts the program and returns when it is ready; it ends with this JVM at the latest.
   *
   * @param log takes what it prints
   * @param isReady asked again and again
   * @param arguments of {@code java}
   * @throws IllegalStateException with the log if it does not start within a minute
   */
  static ServerProcess start(Path log, BooleanSupplier isReady, List<String> arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(LocalCluster.QUICK_JVM.split(" ")));
    command.add("-Xmx256m");
    command.addAll(arguments);
    Process process =
        new ProcessBuilder(command)
            .directory(log.toAbsolutePath().getParent().toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly, "server-exit"));
    ServerProcess server = new ServerProcess(process);
    if (!server.becomes(isReady)) {
      server.close();
      throw new IllegalStateException("the server did not start:\n" + Files.readString(log));
    }
    return server;
  }

  private boolean becomes(BooleanSupplier isReady) throws InterruptedException {
    long deadline = System.nanoTime() + START_LIMIT.toNanos();
    while (process.isAlive() && System.nanoTime() < deadline) {
      if (isReady.getAsBoolean()) {
        return true;
      }
      Thread.sleep(POLL_INTERVAL.toMillis());
    }
    return false;
  }

  /** Whether something listens on the port. */
  static boolean isOpen(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
