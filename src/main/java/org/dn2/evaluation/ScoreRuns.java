package org.dn2.evaluation;

import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import org.apache.spark.sql.Row;

/** Gathers sorted rows (label, score) into runs of equal scores. */
final class ScoreRuns implements Iterator<ScoreRuns.Run> {
  private final Iterator<Row> rows;
  private Row ahead;

  /** The images that share a score, counted by label. */
  record Run(double score, Map<String, Long> countByLabel) {}

  ScoreRuns(Iterator<Row> rows) {
    this.rows = rows;
    advance();
  }

  private void advance() {
    ahead = rows.hasNext() ? rows.next() : null;
  }

  @Override
  public boolean hasNext() {
    return ahead != null;
  }

  @Override
  public Run next() {
    if (ahead == null) {
      throw new NoSuchElementException("there is no further run");
    }
    double score = ahead.getDouble(1);
    Map<String, Long> counts = new HashMap<>();
    // == and not Double.compare: 0.0 and -0.0 are the same score.
    while (ahead != null && ahead.getDouble(1) == score) {
      counts.merge(ahead.getString(0), 1L, Long::sum);
      advance();
    }
    return new Run(score, counts);
  }
}
