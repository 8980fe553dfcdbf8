package org.dn2.cli;

import java.io.PrintWriter;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;
import org.apache.commons.text.similarity.LevenshteinDistance;
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
  private static final LevenshteinDistance NEAR = new LevenshteinDistance(2);

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
    CommandSpec spec = command.getCommandSpec();
    UnmatchedArgumentException unmatched =
        exception instanceof UnmatchedArgumentException one ? one : null;
    boolean isCommand =
        unmatched != null && !unmatched.isUnknownOption() && !spec.subcommands().isEmpty();
    String message =
        isCommand ? noSuchCommand(spec, unmatched.getUnmatched().get(0)) : exception.getMessage();
    err.println("dn2: " + Redacted.of(Printable.lines(String.valueOf(message))));
    if (unmatched != null && !isCommand) {
      UnmatchedArgumentException.printSuggestions(unmatched, err);
    }
    err.printf("Usage: %s%n", synopsis(spec));
    err.printf("See %s --help.%n", spec.qualifiedName());
    err.flush();
    return ExitCode.USAGE;
  }

  /** Names the commands that were perhaps meant, the nearest first; picocli finds few of them. */
  private static String noSuchCommand(CommandSpec spec, String word) {
    Map<String, Integer> distances = new TreeMap<>();
    for (String name : spec.subcommands().keySet()) {
      int distance = name.startsWith(word) ? 0 : NEAR.apply(word, name);
      if (distance >= 0 && distance < word.length()) {
        distances.put(name, distance);
      }
    }
    List<String> near =
        distances.entrySet().stream()
            .sorted(Map.Entry.comparingByValue())
            .map(Map.Entry::getKey)
            .toList();
    return "There is no command '%s'.".formatted(word)
        + (near.isEmpty() ? "" : " Did you mean %s?".formatted(String.join(" or ", near)));
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
