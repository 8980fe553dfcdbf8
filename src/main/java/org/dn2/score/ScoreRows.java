package org.dn2.score;

import static org.apache.spark.sql.functions.col;

import java.util.Arrays;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.dn2.table.Tables;

/** Rows of {@link Tables#SCORES} but for when they were scored, which is when they are written. */
final class ScoreRows {
  private ScoreRows() {}

  /** The columns in their order; others are left out. */
  static Dataset<Row> of(Dataset<Row> scores) {
    return scores.select(
        Arrays.stream(Tables.SCORES.fieldNames())
            .filter(name -> !name.equals(Tables.SCORED_AT))
            .map(name -> col(name))
            .toArray(Column[]::new));
  }
}
