package org.dn2.cli;

import java.time.LocalDate;
import org.dn2.work.ProgramVersion;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExecutionException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command that holds the others. */
@Command(
    name = "dn2",
    version = "dn2 " + ProgramVersion.TEXT,
    mixinStandardHelpOptions = true,
    scope = ScopeType.INHERIT,
    sortOptions = false,
    usageHelpAutoWidth = true,
    description = "Finds strange images: scores each by its distance to its nearest normal images.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      FindCommand.class,
      RunCommand.class,
      NightlyCommand.class,
      RunsCommand.class,
      DetectorCommand.class,
      DoctorCommand.class,
      EmbedCommand.class,
      FitCommand.class,
      ScoreCommand.class,
      EvaluateCommand.class,
      ReportCommand.class,
      CompareCommand.class,
      PackCommand.class,
      DatasetCommand.class,
      ReproduceCommand.class,
      ModelCommand.class,
      DemoCommand.class,
      RehearseCommand.class
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done",
      "1:the command line is wrong",
      "2:the data or a setting is at fault",
      "3:an internal error",
      "130, 143:stopped by Ctrl-C or SIGTERM"
    },
    exitCodeOnInvalidInput = ExitCode.USAGE,
    exitCodeOnExecutionException = ExitCode.INTERNAL)
public final class Dn2Command implements Runnable {
  @Spec private CommandSpec spec;

  @Option(
      names = "--verbose",
      scope = ScopeType.INHERIT,
      description = "Print the stack trace of an error.")
  private boolean verbose;

  /** A command line in a process that goes on. */
  static CommandLine newCommandLine() {
    return newCommandLine(new Stopping());
  }

  /**
   * A command line that runs dn2 and turns every error into a message and an exit code.
   *
   * @param stopping which takes what fails because the process is told to end
   */
  public static CommandLine newCommandLine(Stopping stopping) {
    Dn2Command dn2 = new Dn2Command();
    return new CommandLine(dn2)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setDefaultValueProvider(new ConfiguredDefaults())
        .registerConverter(LocalDate.class, UsageReport::date)
        .setParameterExceptionHandler(UsageReport::print)
        .setExecutionStrategy(Dn2Command::execute)
        .setExecutionExceptionHandler(
            (exception, command, parsed) -> {
              if (exception instanceof UsageException usage) {
                return UsageReport.print(usage, command);
              }
              ErrorReport report =
                  ErrorReport.of(
                      exception instanceof ExecutionException ? exception.getCause() : exception);
              return stopping.isUnderWay()
                  ? stopping.take(report)
                  : report.print(command.getErr(), dn2.verbose);
            });
  }

  /** Errors too end in a message and an exit code; picocli would let them through. */
  private static int execute(ParseResult parsed) {
    try {
      return new RunLast().execute(parsed);
    } catch (Error e) {
      throw new ExecutionException(parsed.commandSpec().commandLine(), e.toString(), e);
    }
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Name a command.");
  }
}
