package org.dn2.cli;

import java.io.PrintWriter;
import java.time.DateTimeException;
import java.time.LocalDate;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/** What is printed of a wrong command line: what is wrong, and where help is to be had. */
final class UsageReport {
  private UsageReport() {}

  /** Prints it, and gives the exit code. */
  static int print(ParameterException exception, String... arguments) {
    return print(exception, exception.getCommandLine());
  }

  static int print(RuntimeException exception, CommandLine command) {
    PrintWriter err = command.getErr();
    err.println("dn2: " + exception.getMessage());
    if (exception instanceof UnmatchedArgumentException unmatched) {
      UnmatchedArgumentException.printSuggestions(unmatched, err);
    }
    err.printf("See %s --help.%n", command.getCommandSpec().qualifiedName());
    err.flush();
    return ExitCode.USAGE;
  }

  /** A day as an option gives it. */
  static LocalDate date(String text) {
    try {
      return LocalDate.parse(text);
    } catch (DateTimeException e) {
      throw (TypeConversionException)
          new TypeConversionException(
                  "'%s' is no day; give one of the calendar, such as 2026-01-31".formatted(text))
              .initCause(e);
    }
  }
}
