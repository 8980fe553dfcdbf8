package org.dn2.store;

import java.time.LocalDate;

/**
 * Which run of a table of scores is meant: of those that fit, the one that was scored last.
 *
 * @param runId null for any
 * @param runDate under which it was scored, null for any
 */
public record RunChoice(RunId runId, LocalDate runDate) {
  /** The run that was scored last. */
  public static final RunChoice NEWEST = new RunChoice(null, null);

  boolean fits(RunId otherId, LocalDate otherDate) {
    return (runId == null || runId.equals(otherId))
        && (runDate == null || runDate.equals(otherDate));
  }

  /** The choice in words, such as {@code run a of 2026-11-24}. */
  @Override
  public String toString() {
    return "run"
        + (runId == null ? "" : " " + runId.value())
        + (runDate == null ? "" : " of " + runDate);
  }
}
