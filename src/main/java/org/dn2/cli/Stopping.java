package org.dn2.cli;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.hadoop.util.ShutdownHookManager;
import org.dn2.pipeline.Sessions;
import org.dn2.work.ProcessEnd;

/**
 * The end of a process that is told to end before its command is done: by Ctrl-C, by a scheduler
 * that wants the machine, by a cluster's manager. Spark's jobs are cancelled, the command clears
 * up, and one line says what is kept. What takes long, or a second signal, ends the process at
 * once.
 */
public final class Stopping {
  /** Before Spark stops itself, at 40, and Hadoop closes its file systems, at 10. */
  private static final int PRIORITY = 100;

  private static final Duration LONGEST = Duration.ofSeconds(20);
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);
  private static final String DONE = "Stopped, when the command's work was done.";

  private static final String AT_ONCE =
      "Ended at once. Parts that were done are kept, and the command with --resume goes on with"
          + " them.";

  private final Thread command = Thread.currentThread();

  /** The last line, empty where there is none to print; there once the command has ended. */
  private final CompletableFuture<String> lastLine = new CompletableFuture<>();

  private volatile boolean isUnderWay;
  private volatile ErrorReport report;

  /** Of the command that the calling thread will run; nothing happens unless it is installed. */
  Stopping() {}

  /** Of the command that the calling thread will run. */
  public static Stopping install() {
    Stopping stopping = new Stopping();
    ShutdownHookManager.get()
        .addShutdownHook(
            stopping::stop, PRIORITY, LONGEST.multipliedBy(2).toSeconds(), TimeUnit.SECONDS);
    return stopping;
  }

  /** Whether a failure of the command is none, but its end as it was told. */
  boolean isUnderWay() {
    return isUnderWay;
  }

  /** Takes the command's failure, which it had because it was told to end. */
  int take(ErrorReport failure) {
    report = failure;
    return failure.exitCode();
  }

  /**
   * The command has ended. Must be called before {@link System#exit}, which waits for this class
   * where the process is told to end.
   */
  public void ended(int exitCode) {
    if (report != null) {
      lastLine.complete(report.stopped());
    } else {
      lastLine.complete(exitCode == ExitCode.DONE ? DONE : "");
    }
  }

  /** Runs when the process is about to end, whatever for. */
  private void stop() {
    if (lastLine.isDone()) {
      return;
    }
    isUnderWay = true;
    if (!Sessions.cancelJobs()) {
      // Not where Spark is at work: it would leave its files as they are.
      command.interrupt();
    }
    String line = awaitLastLine();
    if (line == null) {
      print(AT_ONCE);
      ProcessEnd.atOnce();
    } else if (!line.isEmpty()) {
      print(line);
    }
  }

  /** Null where the end cannot be waited for. */
  private String awaitLastLine() {
    long start = System.nanoTime();
    while (System.nanoTime() - start < LONGEST.toNanos() && ProcessEnd.signals() < 2) {
      try {
        return lastLine.get(BETWEEN_LOOKS.toMillis(), TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        // The command may have begun another job.
        Sessions.cancelJobs();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return null;
      } catch (ExecutionException e) {
        throw new IllegalStateException(e);
      }
    }
    return null;
  }

  private static void print(String line) {
    System.err.println("dn2: " + line);
    System.err.flush();
  }
}
