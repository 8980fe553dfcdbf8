package org.dn2.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.dn2.store.KeptWork;
import org.dn2.store.RunId;
import org.dn2.table.ClusterFaultException;
import org.dn2.table.UserDataException;
import org.junit.jupiter.api.Test;

class ErrorReportTest {
  private static final RunId RUN = new RunId("nightly");
  private static final String KEPT =
      "60 of 1,000 images are embedded and kept. Repeat the command with --run-id nightly to go on.";

  private static String printed(ErrorReport report) {
    StringWriter printed = new StringWriter();
    report.print(new PrintWriter(printed), false);
    return printed.toString();
  }

  private static <T extends Throwable> T keeping(T failure) {
    failure.addSuppressed(KeptWork.of(60, 1000, "embedded", RUN));
    return failure;
  }

  @Test
  void aFaultOfTheDataIsItsMessage() {
    ErrorReport report =
        ErrorReport.of(new IllegalStateException(new UserDataException("The folder is empty.")));
    assertThat(printed(report)).isEqualTo("dn2: The folder is empty.\n");
    assertThat(report.exitCode()).isEqualTo(ExitCode.USER_DATA);
  }

  @Test
  void aFaultOfTheStoreIsItsMessageAndNoFaultOfTheUser() {
    ErrorReport report =
        ErrorReport.of(
            new IllegalStateException(
                new ClusterFaultException("The store failed.", new IOException("reset"))));
    assertThat(printed(report)).isEqualTo("dn2: The store failed.\n");
    assertThat(report.exitCode()).isEqualTo(ExitCode.INTERNAL);
  }

  @Test
  void whatIsKeptIsTheSecondLine() {
    assertThat(printed(ErrorReport.of(keeping(new UserDataException("The disk is full.")))))
        .isEqualTo("dn2: The disk is full.\ndn2: " + KEPT + "\n");
  }

  @Test
  void whatIsKeptIsFoundBehindCauses() {
    Exception job = keeping(new IOException("task 3 failed"));
    ErrorReport report = ErrorReport.of(new IllegalStateException("aborted", job));
    assertThat(printed(report))
        .startsWith("dn2: Internal error: java.lang.IllegalStateException: aborted.")
        .endsWith("\ndn2: " + KEPT + "\n");
    assertThat(report.exitCode()).isEqualTo(ExitCode.INTERNAL);
  }

  @Test
  void causesThatGoInCirclesEnd() {
    Exception inner = new IllegalStateException("inner");
    Exception outer = new IllegalStateException("outer", inner);
    inner.initCause(outer);
    assertThat(ErrorReport.of(outer).kept()).isNull();
  }

  @Test
  void aStopIsOneLineWhateverTheException() {
    assertThat(ErrorReport.of(keeping(new IllegalStateException("cancelled"))).stopped())
        .isEqualTo("Stopped. " + KEPT);
    assertThat(ErrorReport.of(new IllegalStateException("cancelled")).stopped())
        .isEqualTo("Stopped. There is no work to go on with.");
  }
}
