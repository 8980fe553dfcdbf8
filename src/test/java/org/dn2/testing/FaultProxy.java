package org.dn2.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * Stands before an S3 server on the loopback interface and passes requests on, one a connection,
 * but for those that a plan disturbs.
 */
public final class FaultProxy implements AutoCloseable {
  /** What becomes of a request. */
  public enum Fault {
    PASS,
    /** 503, as S3 answers those who ask too often. */
    SLOW_DOWN,
    /** The connection ends without an answer. */
    RESET,
    /** No answer for a while, and then the end. */
    STALL,
    /** 400 ExpiredToken, as S3 answers keys that are valid no more. */
    EXPIRED,
    /** 403 with the same code, as other stores do. */
    FORBIDDEN
  }

  /** Decides; asked by many threads. */
  public interface Plan {
    /**
     * What becomes of a request.
     *
     * @param line its first, such as {@code GET /bucket/key HTTP/1.1}
     */
    Fault of(String line);
  }

  private static final Pattern CONNECTION = Pattern.compile("(?im)^connection:[^\r\n]*\r\n");
  private static final int LONGEST_HEAD = 1 << 16;

  private final int serverPort;
  private final int port;
  private final long stallMilliseconds;
  private final ExecutorService threads = Executors.newCachedThreadPool(FaultProxy::newThread);
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Map<Fault, Integer> counts = new EnumMap<>(Fault.class);
  private volatile Plan plan = line -> Fault.PASS;
  private volatile ServerSocket listening;

  private FaultProxy(int serverPort, int port, long stallMilliseconds) {
    this.serverPort = serverPort;
    this.port = port;
    this.stallMilliseconds = stallMilliseconds;
  }

  /**
   * Starts it.
   *
   * @param serverPort of the server, on the loopback interface
   * @param stallMilliseconds how long a request that stalls is held
   */
  public static FaultProxy before(int serverPort, long stallMilliseconds) throws IOException {
    FaultProxy proxy = new FaultProxy(serverPort, ServerProcess.freePort(), stallMilliseconds);
    proxy.comeBack();
    return proxy;
  }

  private static Thread newThread(Runnable work) {
    Thread thread = new Thread(work, "fault-proxy");
    thread.setDaemon(true);
    return thread;
  }

  /** Where it listens. */
  public int port() {
    return port;
  }

  /** From now on a plan decides. */
  public void follow(Plan newPlan) {
    synchronized (counts) {
      counts.clear();
    }
    plan = newPlan;
  }

  /**
   * A plan that disturbs some requests at random.
   *
   * @param ofThousand how many
   */
  public static Plan random(long seed, int ofThousand, Fault... faults) {
    Random random = new Random(seed);
    return line -> {
      synchronized (random) {
        return random.nextInt(1000) < ofThousand
            ? faults[random.nextInt(faults.length)]
            : Fault.PASS;
      }
    };
  }

  /** How many requests met a fault since a plan was followed. */
  public int count(Fault fault) {
    synchronized (counts) {
      return counts.getOrDefault(fault, 0);
    }
  }

  /** From now on connections are refused. */
  public void goAway() throws IOException {
    listening.close();
  }

  /** Connections are taken again. */
  public void comeBack() throws IOException {
    ServerSocket socket = new ServerSocket(port, 100, InetAddress.getLoopbackAddress());
    listening = socket;
    threads.execute(() -> takeConnections(socket));
  }

  private void takeConnections(ServerSocket socket) {
    try {
      while (true) {
        Socket client = socket.accept();
        threads.execute(() -> serve(client));
      }
    } catch (IOException e) {
      // It has gone away.
      return;
    }
  }

  private void serve(Socket client) {
    try (client) {
      String head = head(client.getInputStream());
      if (head == null) {
        return;
      }
      Fault fault = plan.of(head.substring(0, head.indexOf('\r')));
      synchronized (counts) {
        counts.merge(fault, 1, Integer::sum);
      }
      switch (fault) {
        case PASS -> pass(client, head);
        case SLOW_DOWN -> answer(client, "503 Slow Down", "SlowDown", "Reduce your request rate.");
        case EXPIRED ->
            answer(client, "400 Bad Request", "ExpiredToken", "The provided token has expired.");
        case FORBIDDEN ->
            answer(client, "403 Forbidden", "ExpiredToken", "The provided token has expired.");
        case RESET -> client.setSoLinger(true, 0);
        case STALL -> closed.await(stallMilliseconds, TimeUnit.MILLISECONDS);
        default -> throw new IllegalStateException("no such fault: " + fault);
      }
    } catch (IOException e) {
      // The client or the server has gone: so does this connection.
      return;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Up to the empty line; null where the client says nothing. */
  private static String head(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    int newLines = 0;
    while (newLines < 2 && head.size() < LONGEST_HEAD) {
      int next = in.read();
      if (next < 0) {
        return null;
      }
      head.write(next);
      if (next == '\n') {
        newLines++;
      } else if (next != '\r') {
        newLines = 0;
      }
    }
    return head.toString(StandardCharsets.ISO_8859_1);
  }

  private void pass(Socket client, String head) throws IOException {
    try (Socket server = new Socket(InetAddress.getLoopbackAddress(), serverPort)) {
      String single = CONNECTION.matcher(head).replaceAll("");
      int end = single.indexOf("\r\n") + 2;
      OutputStream out = server.getOutputStream();
      out.write(
          (single.substring(0, end) + "Connection: close\r\n" + single.substring(end))
              .getBytes(StandardCharsets.ISO_8859_1));
      out.flush();
      threads.execute(() -> copyBody(client, out));
      server.getInputStream().transferTo(client.getOutputStream());
      client.getOutputStream().flush();
    }
  }

  private static void copyBody(Socket client, OutputStream out) {
    try {
      InputStream in = client.getInputStream();
      byte[] buffer = new byte[1 << 16];
      for (int read = in.read(buffer); read > 0; read = in.read(buffer)) {
        out.write(buffer, 0, read);
        out.flush();
      }
    } catch (IOException e) {
      // The answer has been given, and the connection is closed.
      return;
    }
  }

  private static void answer(Socket client, String status, String code, String message)
      throws IOException {
    byte[] body =
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>%s</Code><Message>%s</Message></Error>"
            .formatted(code, message)
            .getBytes(StandardCharsets.UTF_8);
    OutputStream out = client.getOutputStream();
    out.write(
        "HTTP/1.1 %s\r\nContent-Type: application/xml\r\nContent-Length: %d\r\nConnection: close\r\n\r\n"
            .formatted(status, body.length)
            .getBytes(StandardCharsets.US_ASCII));
    out.write(body);
    out.flush();
    client.shutdownOutput();
    // What the client still sends is taken, so that it reads the answer.
    client.setSoTimeout(1000);
    client.getInputStream().transferTo(OutputStream.nullOutputStream());
  }

  @Override
  public void close() throws IOException {
    closed.countDown();
    listening.close();
    threads.shutdownNow();
  }
}
