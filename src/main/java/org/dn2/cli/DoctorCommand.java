package org.dn2.cli;

import java.io.File;
import java.io.PrintWriter;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.dn2.doctor.Finding;
import org.dn2.pipeline.DoctorJob;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Help.ColorScheme;
import picocli.CommandLine.Help.Column;
import picocli.CommandLine.Help.Column.Overflow;
import picocli.CommandLine.Help.TextTable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code dn2 doctor}. */
@Command(
    name = "doctor",
    description = {
      "Look this installation over before a job needs it: Java, Spark, native libraries, memory,"
          + " GPU, backbone, and each place that a configuration names.",
      "Each line says OK, WARN (a job would run) or FAIL (it would not) and what to do. Small files"
          + " are made to try places, and removed again; nothing is downloaded.",
      "Under spark-submit, with a job's own options, every executor is looked at too."
    },
    exitCodeList = {
      "0:nothing fails; there may be warnings",
      "1:the command line is wrong",
      "2:something fails",
      "3:an internal error",
      "130, 143:stopped by Ctrl-C or SIGTERM"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  dn2 doctor",
      "  dn2 doctor --conf conf/nightly.conf",
      "  spark-submit ... --class org.dn2.Main target/dn2.jar doctor --conf my.conf"
    })
final class DoctorCommand implements Callable<Integer> {
  private static final int LEVEL_WIDTH = 6;
  private static final int WHAT_WIDTH = 24;

  @Spec private CommandSpec spec;

  @Option(
      names = "--conf",
      paramLabel = "FILE",
      description =
          "The configuration file of the job, with a section nightly or dn2. Without it, only what"
              + " every job needs is looked at.")
  private File file;

  private final Map<Finding.Level, Integer> counts = new EnumMap<>(Finding.Level.class);

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    new DoctorJob(DoctorJob.USUAL, finding -> print(finding, out)).run(file);
    int failures = counts.getOrDefault(Finding.Level.FAIL, 0);
    int warnings = counts.getOrDefault(Finding.Level.WARN, 0);
    out.println();
    out.println(
        failures > 0
            ? "Something fails: %d FAIL, %d WARN. Mend the FAIL lines, then run dn2 doctor again."
                .formatted(failures, warnings)
            : warnings > 0
                ? "Nothing fails; %d WARN. A job would run.".formatted(warnings)
                : "All is well.");
    out.flush();
    return failures > 0 ? ExitCode.USER_DATA : ExitCode.DONE;
  }

  /** At once: a check may take a minute. */
  private void print(Finding finding, PrintWriter out) {
    counts.merge(finding.level(), 1, Integer::sum);
    String advice = finding.advice().isEmpty() ? "" : "-> " + finding.advice();
    TextTable table =
        TextTable.forColumns(
            new ColorScheme.Builder(Ansi.OFF).build(),
            new Column(LEVEL_WIDTH, 0, Overflow.SPAN),
            new Column(Math.max(WHAT_WIDTH, finding.what().length() + 2), 0, Overflow.SPAN),
            // Whole, wide letters too, so that commands and paths can be copied.
            new Column(
                2 * Math.max(finding.detail().length(), advice.length()) + 1, 0, Overflow.SPAN));
    table.addRowValues(finding.level().name(), finding.what(), finding.detail());
    if (!advice.isEmpty()) {
      table.addRowValues("", "", advice);
    }
    out.print(table);
    out.flush();
  }
}
