package org.dn2.doctor;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.dn2.table.UserDataException;

/**
 * How long a check may take; what does not answer is a finding too.
 *
 * @param longest after which a check is left to itself
 */
public record TimeLimit(Duration longest) {
  /**
   * Makes a check in a thread of its own.
   *
   * @param what is checked
   * @param advice for where there is no answer
   * @return what the check found; a failure where it does not answer or fails itself
   */
  public List<Finding> within(String what, String advice, Callable<List<Finding>> check) {
    FutureTask<List<Finding>> task = new FutureTask<>(check);
    Thread thread = new Thread(task, "dn2-doctor");
    // It must not keep the process from its end.
    thread.setDaemon(true);
    thread.start();
    try {
      return task.get(longest.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      task.cancel(true);
      return List.of(
          Finding.fail(what, "no answer within %,d s".formatted(longest.toSeconds()), advice));
    } catch (ExecutionException e) {
      return List.of(Finding.fail(what, inWords(e.getCause()), advice));
    } catch (InterruptedException e) {
      task.cancel(true);
      Thread.currentThread().interrupt();
      return List.of(Finding.fail(what, "the check was interrupted", "Run dn2 doctor again."));
    }
  }

  /** What an exception says, in a line. */
  public static String inWords(Throwable failure) {
    String message = failure.getMessage();
    if (message == null || message.isBlank()) {
      return failure.getClass().getSimpleName();
    }
    String line =
        UserDataException.withoutStackTrace(message).lines().findFirst().orElse("").strip();
    return failure instanceof UserDataException
        ? line
        : failure.getClass().getSimpleName() + ": " + line;
  }
}
