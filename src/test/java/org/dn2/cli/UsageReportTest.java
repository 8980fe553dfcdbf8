package org.dn2.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.NoSuchFileException;
import org.apache.hadoop.fs.Path;
import org.dn2.neighbors.Distance;
import org.dn2.table.UserDataException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class UsageReportTest {
  private final StringWriter printed = new StringWriter();

  private int run(String arguments) {
    CommandLine dn2 = Dn2Command.newCommandLine();
    dn2.setErr(new PrintWriter(printed, true));
    return dn2.execute(arguments.split(" ", -1));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          embed --input i                        | Missing required option: '--out=FOLDER'     | embed | --input=PATH --out=FOLDER [OPTIONS]
          embed --input i --out o --batch-size x | Invalid value for option '--batch-size'     | embed | --input=PATH --out=FOLDER [OPTIONS]
          embed --input i --out o --device tpu   | Invalid value for option '--device'         | embed | --input=PATH --out=FOLDER [OPTIONS]
          score --embeddings e --detector d --out o --run-date 2026-13-01 | '2026-13-01' is no day; give one of the calendar, such as 2026-01-31 | score | --out=FOLDER [OPTIONS]
          embed --inptu i --out o                | Unknown options: '--inptu', 'i'            | embed | --input=PATH --out=FOLDER [OPTIONS]
          dataset import nothing --from a --out b | Invalid value for option 'NAME'            | dataset import | --from=DIR --out=TABLE [OPTIONS] NAME
          model                                  | Name a command: fetch, import or verify.    | model | [OPTIONS] COMMAND
          """)
  void aWrongCommandLineIsOneMessageAndWhatIsNeededAndWhereHelpIs(
      String arguments, String message, String command, String synopsis) {
    assertThat(run(arguments)).isEqualTo(ExitCode.USAGE);
    assertThat(printed.toString())
        .startsWith("dn2: ")
        .contains(message)
        .contains("\nUsage: dn2 " + command + " ")
        .endsWith(synopsis + "\nSee dn2 " + command + " --help.\n")
        .doesNotContain("Exception");
    assertThat(printed.toString().lines().count()).isLessThanOrEqualTo(4);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          fti                  | dn2       | There is no command 'fti'. Did you mean fit?
          rnu --conf x         | dn2       | There is no command 'rnu'. Did you mean run or runs?
          eval --scores x      | dn2       | There is no command 'eval'. Did you mean evaluate?
          paint                | dn2       | There is no command 'paint'.
          model ftech          | dn2 model | There is no command 'ftech'. Did you mean fetch?
          """)
  void aWordThatIsNoCommandNamesTheNearestOnes(String arguments, String command, String message) {
    assertThat(run(arguments)).isEqualTo(ExitCode.USAGE);
    assertThat(printed)
        .hasToString(
            "dn2: %s%nUsage: %s [OPTIONS] COMMAND%nSee %s --help.%n"
                .formatted(message, command, command));
  }

  @Test
  void unknownNamesOfOptionsAreUsage() {
    assertThat(catchThrowable(() -> UsageException.named("--distance", "foo", Distance::named)))
        .isInstanceOf(UsageException.class)
        .hasMessageStartingWith(
            "Invalid value for option '--distance': There is no distance foo; there are ");
  }

  @Test
  void malformedPathsAreTheUsersFault() {
    Throwable empty = catchThrowable(() -> new Path(""));
    ErrorReport report = ErrorReport.of(empty);
    assertThat(report.exitCode()).isEqualTo(ExitCode.USER_DATA);
    assertThat(report.message()).startsWith("A path is malformed: ");
    assertThat(ErrorReport.of(new IllegalArgumentException("other")).exitCode())
        .isEqualTo(ExitCode.INTERNAL);
  }

  @Test
  void aMissingFileIsSaidToBeMissing() {
    IOException missing = new NoSuchFileException("/x/y");
    assertThat(new UserDataException("/x/y cannot be read: " + missing.getMessage(), missing))
        .hasMessage("/x/y cannot be read: it is missing");
  }
}
