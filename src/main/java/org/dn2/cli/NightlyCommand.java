package org.dn2.cli;

import java.io.File;
import java.io.PrintWriter;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import org.dn2.pipeline.BackboneFolder;
import org.dn2.pipeline.NightlyConfig;
import org.dn2.pipeline.NightlyRun;
import org.dn2.pipeline.NightlySettings;
import org.dn2.pipeline.Sessions;
import org.dn2.store.RunId;
import org.dn2.store.RunRecord;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code dn2 nightly}. */
@Command(
    name = "nightly",
    description = {
      "Embed and score what is new in an inbox, each image once, and record what was done.",
      "A repeat goes on where the run stopped, and adds what has come since."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  dn2 nightly --conf conf/nightly.conf",
      "  dn2 nightly --conf conf/nightly.conf --from 2026-11-01 --to 2026-11-20"
    })
final class NightlyCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--conf",
      required = true,
      paramLabel = "FILE",
      description = "A HOCON file with a section nightly; the folder conf holds examples.")
  private File file;

  @ArgGroup private When when;

  @Option(names = "--expect-images", description = "A night without a new image is an error.")
  private boolean expectsImages;

  @Option(
      names = "--rescore",
      description =
          "Score stored embeddings anew that the current detector has not scored; no image is read"
              + " for it.")
  private boolean rescores;

  /** Which nights. */
  static final class When {
    @ArgGroup(exclusive = false)
    private OneNight oneNight;

    @ArgGroup(exclusive = false)
    private Nights nights;
  }

  /** One night. */
  static final class OneNight {
    @Option(
        names = "--run-date",
        paramLabel = "YYYY-MM-DD",
        description =
            "The partition of the night's rows, and {date} in the inbox. Default: today in UTC.")
    private LocalDate runDate;

    @Option(
        names = "--run-id",
        paramLabel = "ID",
        description =
            "Names the run; a repeat of the same name adds to its rows. Default: the date.")
    private String runId;
  }

  /** Several nights, one after another. */
  static final class Nights {
    @Option(
        names = "--from",
        required = true,
        paramLabel = "YYYY-MM-DD",
        description = "The first of several nights to make up for, a run each.")
    private LocalDate from;

    @Option(
        names = "--to",
        required = true,
        paramLabel = "YYYY-MM-DD",
        description = "The last of them.")
    private LocalDate to;
  }

  @Override
  public Integer call() {
    List<LocalDate> dates = dates();
    String givenId = when == null || when.oneNight == null ? null : when.oneNight.runId;
    RunId runId = givenId == null ? null : new RunId(givenId);
    NightlyConfig config = NightlyConfig.read(file).with(choices());
    try (Sessions.Lent session = Sessions.start()) {
      SparkSession spark = session.spark();
      BackboneFolder model = BackboneFolder.named(config.model(), config.views(), spark);
      PrintWriter out = spec.commandLine().getOut();
      for (LocalDate date : dates) {
        RunId id = runId == null ? new RunId(date.toString()) : runId;
        print(new NightlyRun(spark).run(new NightlySettings(config, model, date, id)), out);
      }
    }
    return ExitCode.DONE;
  }

  private Set<NightlyConfig.Choice> choices() {
    Set<NightlyConfig.Choice> choices = EnumSet.noneOf(NightlyConfig.Choice.class);
    if (expectsImages) {
      choices.add(NightlyConfig.Choice.EXPECT_IMAGES);
    }
    if (rescores) {
      choices.add(NightlyConfig.Choice.RESCORE);
    }
    return choices;
  }

  private List<LocalDate> dates() {
    if (when != null && when.nights != null) {
      LocalDate from = when.nights.from;
      LocalDate to = when.nights.to;
      if (to.isBefore(from)) {
        throw new UsageException("--to %s is before --from %s.".formatted(to, from));
      }
      return from.datesUntil(to.plusDays(1)).toList();
    }
    LocalDate date = when == null || when.oneNight == null ? null : when.oneNight.runDate;
    return List.of(date == null ? LocalDate.now(ZoneOffset.UTC) : date);
  }

  private static void print(RunRecord record, PrintWriter out) {
    RunRecord.SourceCounts inbox = record.inbox();
    out.println(
        String.format(
            Locale.ROOT,
            "%s %s: %,d listed, %,d new, %,d changed, %,d embedded, %,d reused, %,d rejected, %,d scored, %,d anomalies",
            record.runDate(),
            record.runId(),
            inbox.listed(),
            inbox.added(),
            inbox.changed(),
            inbox.embedded(),
            inbox.reused(),
            inbox.rejected(),
            record.scored(),
            record.anomalies()));
    out.flush();
  }
}
