package org.dn2.cli;

import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.dn2.pipeline.Sessions;
import org.dn2.store.RunRecord;
import org.dn2.table.Printable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Help.Column;
import picocli.CommandLine.Help.Column.Overflow;
import picocli.CommandLine.Help.TextTable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code dn2 runs}. */
@Command(
    name = "runs",
    description = "Print what the last nights did, the newest last.",
    footerHeading = "%nExample:%n",
    footer = "  dn2 runs --plant s3a://plant/dn2 --last 14")
final class RunsCommand implements Callable<Integer> {
  private static final String[] HEADS = {
    "date",
    "run",
    "outcome",
    "s",
    "listed",
    "new",
    "changed",
    "embedded",
    "reused",
    "rejected",
    "scored",
    "anomalies",
    "detector"
  };

  @Spec private CommandSpec spec;
  @Mixin private PlantOptions plant;

  @Option(
      names = "--last",
      paramLabel = "N",
      defaultValue = "30",
      description = "How many runs. Default: ${DEFAULT-VALUE}.")
  private int last;

  @Override
  public Integer call() {
    if (last < 1) {
      throw new UsageException("--last is %d; it must be 1 or more.".formatted(last));
    }
    try (Sessions.Lent session = Sessions.start()) {
      List<RunRecord> records = plant.open(session.spark()).runs().records();
      print(records.subList(Math.max(0, records.size() - last), records.size()));
    }
    return ExitCode.DONE;
  }

  private void print(List<RunRecord> records) {
    if (records.isEmpty()) {
      spec.commandLine().getOut().println("There are no runs yet.");
      return;
    }
    TextTable table = tableFor(records.stream().map(RunsCommand::cells).toList());
    spec.commandLine().getOut().print(table);
    for (RunRecord record : records) {
      if (record.failure() != null) {
        spec.commandLine()
            .getOut()
            .println(
                "%s %s %s: %s"
                    .formatted(
                        record.runDate(),
                        record.runId(),
                        outcome(record),
                        Printable.of(record.failure().replaceAll("\\n *", " | "))));
      }
    }
    spec.commandLine().getOut().flush();
  }

  private static TextTable tableFor(List<String[]> rows) {
    Column[] columns = new Column[HEADS.length];
    for (int i = 0; i < columns.length; i++) {
      int width = HEADS[i].length();
      for (String[] row : rows) {
        width = Math.max(width, row[i].length());
      }
      columns[i] = new Column(width + 2, 0, Overflow.SPAN);
    }
    TextTable table = TextTable.forColumns(newScheme(), columns);
    table.addRowValues(HEADS);
    rows.forEach(table::addRowValues);
    return table;
  }

  private static picocli.CommandLine.Help.ColorScheme newScheme() {
    return new picocli.CommandLine.Help.ColorScheme.Builder(Ansi.OFF).build();
  }

  private static String outcome(RunRecord record) {
    return record.outcome().name().toLowerCase(Locale.ROOT);
  }

  private static String[] cells(RunRecord record) {
    RunRecord.SourceCounts inbox = record.inbox();
    double seconds =
        record.secondsByStage().values().stream().mapToDouble(Double::doubleValue).sum();
    return new String[] {
      record.runDate(),
      record.runId(),
      outcome(record),
      String.format(Locale.ROOT, "%,.0f", seconds),
      inbox == null ? "" : count(inbox.listed()),
      inbox == null ? "" : count(inbox.added()),
      inbox == null ? "" : count(inbox.changed()),
      inbox == null ? "" : count(inbox.embedded()),
      inbox == null ? "" : count(inbox.reused()),
      inbox == null ? "" : count(inbox.rejected()),
      count(record.scored()),
      count(record.anomalies()),
      record.detectorId() == null ? "" : record.detectorId()
    };
  }

  private static String count(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }
}
