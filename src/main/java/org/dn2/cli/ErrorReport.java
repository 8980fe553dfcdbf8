package org.dn2.cli;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.AccessDeniedException;
import java.util.HashSet;
import java.util.Set;
import org.apache.hadoop.security.AccessControlException;
import org.dn2.table.UserDataException;

/** What the user is told of an exception. */
record ErrorReport(Throwable exception, String message, int exitCode) {

  static ErrorReport of(Throwable exception) {
    Set<Throwable> seen = new HashSet<>();
    for (Throwable cause = exception; cause != null && seen.add(cause); cause = cause.getCause()) {
      if (cause instanceof UserDataException) {
        return new ErrorReport(exception, cause.getMessage(), ExitCode.USER_DATA);
      }
      if (isUsersDisk(cause)) {
        return new ErrorReport(
            exception,
            "A file could not be read or written: "
                + UserDataException.withoutStackTrace(String.valueOf(cause.getMessage()))
                + ". Is the place writable, and is there space?",
            ExitCode.USER_DATA);
      }
    }
    return new ErrorReport(
        exception,
        "Internal error: " + exception + ". Run it again with --verbose and report what it prints.",
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

  int print(PrintWriter err, boolean verbose) {
    err.println("dn2: " + message);
    if (verbose) {
      exception.printStackTrace(err);
    }
    err.flush();
    return exitCode;
  }
}
