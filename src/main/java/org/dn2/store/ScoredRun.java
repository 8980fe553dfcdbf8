package org.dn2.store;

import java.time.LocalDate;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * The scores of one run under one date.
 *
 * @param runDate null where the run's folder lies outside of a table of scores
 * @param scores rows of {@link org.dn2.table.Tables#SCORES}
 */
public record ScoredRun(RunId runId, LocalDate runDate, Dataset<Row> scores) {
  /** The run in words, such as {@code a of 2026-11-24}. */
  public String inWords() {
    return runId.value() + (runDate == null ? "" : " of " + runDate);
  }
}
