package org.dn2.cli;

import java.io.PrintWriter;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.List;
import java.util.StringJoiner;
import org.dn2.table.Printable;
import org.dn2.table.Redacted;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * What is printed of a wrong command line: what is wrong, what is needed, and where help is to be
 * had.
 */
final class UsageReport {
  private UsageReport() {}

  /** Prints it, and gives the exit code. */
  static int print(ParameterException exception, String... arguments) {
    CommandLine command = exception.getCommandLine();
    // An option that is missing may be there, under a misspelled name.
    List<String> unknown = command.getUnmatchedArguments();
    boolean isMisspelled = exception instanceof MissingParameterException && !unknown.isEmpty();
    return print(
        isMisspelled ? new UnmatchedArgumentException(command, unknown) : exception, command);
  }

  static int print(RuntimeException exception, CommandLine command) {
    PrintWriter err = command.getErr();
    err.println("dn2: " + Redacted.of(Printable.lines(String.valueOf(exception.getMessage()))));
    if (exception instanceof UnmatchedArgumentException unmatched) {
      UnmatchedArgumentException.printSuggestions(unmatched, err);
    }
    CommandSpec spec = command.getCommandSpec();
    err.printf("Usage: %s%n", synopsis(spec));
    err.printf("See %s --help.%n", spec.qualifiedName());
    err.flush();
    return ExitCode.USAGE;
  }

  /** A command with what it must be given; that there is more is told by one word. */
  private static String synopsis(CommandSpec spec) {
    StringJoiner words = new StringJoiner(" ");
    words.add(spec.qualifiedName());
    for (ArgGroupSpec group : spec.argGroups()) {
      if (group.multiplicity().min() > 0) {
        words.add(group.synopsis());
      }
    }
    for (OptionSpec option : spec.options()) {
      if (option.required() && option.group() == null) {
        words.add(option.longestName() + "=" + option.paramLabel());
      }
    }
    words.add("[OPTIONS]");
    spec.positionalParameters().forEach(parameter -> words.add(parameter.paramLabel()));
    if (!spec.subcommands().isEmpty()) {
      words.add(spec.usageMessage().synopsisSubcommandLabel());
    }
    return words.toString();
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
