package org.dn2.cli;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.AccessDeniedException;
import java.util.HashSet;
import java.util.Set;
import org.apache.hadoop.security.AccessControlException;
import org.dn2.pipeline.DataFaults;
import org.dn2.store.KeptWork;
import org.dn2.table.ClusterFaultException;
import org.dn2.table.Printable;
import org.dn2.table.Redacted;
import org.dn2.table.UserDataException;

/**
 * What the user is told of an exception.
 *
 * @param kept what work is kept and how to go on with it, null for none
 */
record ErrorReport(Throwable exception, String message, String kept, int exitCode) {

  static ErrorReport of(Throwable exception) {
    KeptWork kept = KeptWork.in(exception);
    return of(exception, kept == null ? null : kept.getMessage());
  }

  private static ErrorReport of(Throwable exception, String kept) {
    Set<Throwable> seen = new HashSet<>();
    for (Throwable cause = exception; cause != null && seen.add(cause); cause = cause.getCause()) {
      if (cause instanceof UserDataException) {
        return new ErrorReport(exception, cause.getMessage(), kept, ExitCode.USER_DATA);
      }
      if (cause instanceof ClusterFaultException) {
        return new ErrorReport(exception, cause.getMessage(), kept, ExitCode.INTERNAL);
      }
      String fault = DataFaults.in(cause);
      if (fault != null) {
        return new ErrorReport(exception, fault, kept, ExitCode.USER_DATA);
      }
      if (isUsersDisk(cause)) {
        return new ErrorReport(
            exception,
            "A file could not be read or written: "
                + UserDataException.withoutStackTrace(String.valueOf(cause.getMessage()))
                + ". Is the place writable, and is there space?",
            kept,
            ExitCode.USER_DATA);
      }
    }
    return new ErrorReport(
        exception,
        "Internal error: " + exception + ". Run it again with --verbose and report what it prints.",
        kept,
        ExitCode.INTERNAL);
  }

  private static boolean isUsersDisk(Throwable cause) {
    String message = String.valueOf(cause.getMessage());
    return cause instanceof AccessControlException
        || cause instanceof AccessDeniedException
        || cause instanceof FileNotFoundException
        || (cause instanceof IOException
            && (message.contains("No space left")
                || message.contains("Read-only file system")
                || message.contains("Permission denied")
                || message.contains("Mkdirs failed")));
  }

  /** What is told instead where the process was told to end, and the exception is due to that. */
  String stopped() {
    return kept == null ? "Stopped. There is no work to go on with." : "Stopped. " + kept;
  }

  int print(PrintWriter err, boolean verbose) {
    err.println("dn2: " + Redacted.of(Printable.lines(message)));
    if (kept != null) {
      err.println("dn2: " + kept);
    }
    if (verbose) {
      StringWriter trace = new StringWriter();
      exception.printStackTrace(new PrintWriter(trace, true));
      err.print(Redacted.of(trace.toString()));
    }
    err.flush();
    return exitCode;
  }
}
