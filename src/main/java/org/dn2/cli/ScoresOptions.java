package org.dn2.cli;

import java.time.LocalDate;
import java.time.ZoneOffset;
import org.dn2.pipeline.ScoreJob;
import picocli.CommandLine.Option;

/** Under which date scores are kept. */
final class ScoresOptions {
  @Option(
      names = "--run-date",
      paramLabel = "YYYY-MM-DD",
      description = "The partition of the scores. Default: today in UTC.")
  private LocalDate runDate;

  @Option(
      names = "--move-run",
      description =
          "The run moves to this date: its scores of other dates are removed once the new ones are"
              + " there. Default: they stay, another date being another night.")
  private boolean moveRun;

  /** Null for today in UTC. */
  LocalDate runDate() {
    return runDate;
  }

  LocalDate date() {
    return runDate == null ? LocalDate.now(ZoneOffset.UTC) : runDate;
  }

  ScoreJob.OtherDates otherDates() {
    return moveRun ? ScoreJob.OtherDates.ARE_REMOVED : ScoreJob.OtherDates.STAY;
  }
}
