package org.dn2.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A PostgreSQL server of Debian's packages, on the loopback alone and with a folder of its own. */
public final class PostgresServer implements AutoCloseable {
  public static final String USER = "dn2";
  public static final String PASSWORD = "a-password-to-look-for";

  private static final Path INSTALLATIONS = Path.of("/usr/lib/postgresql");
  private static final String ACCOUNT = "postgres";

  private final Path programs;
  private final Path folder;
  private final int port;

  private PostgresServer(Path programs, Path folder, int port) {
    this.programs = programs;
    this.folder = folder;
    this.port = port;
  }

  /** Starts a server; the test is skipped, and says so, where PostgreSQL is missing. */
  public static PostgresServer start() throws IOException, InterruptedException {
    Path programs = programs();
    assumeThat(programs != null)
        .as("SKIPPED: no PostgreSQL in %s (Debian: postgresql)", INSTALLATIONS)
        .isTrue();
    Path folder = Files.createTempDirectory("dn2-postgres-");
    Path password = Files.writeString(folder.resolve("password"), PASSWORD + "\n");
    for (Path path : List.of(folder, password)) {
      if (isRoot()) {
        Files.setOwner(
            path,
            path.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(ACCOUNT));
      }
    }
    PostgresServer server = new PostgresServer(programs, folder, freePort());
    server.call(
        "initdb",
        "--pgdata=" + server.data(),
        "--username=" + USER,
        "--pwfile=" + password,
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale=C",
        "--no-sync");
    server.call(
        "pg_ctl",
        "--pgdata=" + server.data(),
        "--log=" + folder.resolve("log"),
        "--options=-p %d -k %s -c listen_addresses=127.0.0.1 -c fsync=off"
            .formatted(server.port, folder),
        "--wait",
        "start");
    return server;
  }

  private static Path programs() throws IOException {
    if (!Files.isDirectory(INSTALLATIONS)) {
      return null;
    }
    try (Stream<Path> versions = Files.list(INSTALLATIONS)) {
      return versions
          .map(version -> version.resolve("bin"))
          .filter(bin -> Files.isExecutable(bin.resolve("initdb")))
          .sorted()
          .reduce((first, second) -> second)
          .orElse(null);
    }
  }

  private static boolean isRoot() {
    return System.getProperty("user.name").equals("root");
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private String data() {
    return folder.resolve("data").toString();
  }

  private void call(String program, String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    if (isRoot()) {
      // PostgreSQL does not run as root.
      command.addAll(
          List.of("setpriv", "--reuid=" + ACCOUNT, "--regid=" + ACCOUNT, "--clear-groups"));
    }
    command.add(programs.resolve(program).toString());
    command.addAll(List.of(arguments));
    Path output = Files.createTempFile("dn2-postgres-", ".out");
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    assertThat(process.waitFor()).as(Files.readString(output)).isZero();
    Files.delete(output);
  }

  public String url() {
    return "jdbc:postgresql://127.0.0.1:%d/postgres".formatted(port);
  }

  @Override
  public void close() throws IOException {
    try {
      call("pg_ctl", "--pgdata=" + data(), "--mode=immediate", "--wait", "stop");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    try (Stream<Path> paths = Files.walk(folder)) {
      for (Path path : paths.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
