package org.dn2.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.dn2.table.Tables;
import org.junit.jupiter.api.Test;

class RunJobTest {
  private static Row scored(String id, double score, Double pValue, String... neighbors) {
    return RowFactory.create(
        id, null, null, null, score, null, null, pValue, neighbors, new double[0], null, null);
  }

  private static Dataset<Row> scores(List<Row> rows) {
    return Workplace.SPARK.createDataFrame(rows, Tables.SCORES.asNullable()).repartition(3);
  }

  @Test
  void theStrangestComeFirstAndThoseOfOneScoreByTheirIds() {
    assertThat(
            RunJob.strangest(
                scores(
                    List.of(
                        scored("c", 2, 0.25, "n", "m"),
                        scored("b", 2, null, "n"),
                        scored("a", 1, 0.5, "m"),
                        scored("d", 3.5, 0.125, "o", "n")))))
        .containsExactly(
            new RunJob.StrangeImage("d", 3.5, 0.125, "o"),
            new RunJob.StrangeImage("b", 2, null, "n"),
            new RunJob.StrangeImage("c", 2, 0.25, "n"),
            new RunJob.StrangeImage("a", 1, 0.5, "m"));
  }

  @Test
  void tenAreEnough() {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 25; i++) {
      rows.add(scored("image" + i, i, null, "n"));
    }
    assertThat(RunJob.strangest(scores(rows)))
        .hasSize(10)
        .extracting(RunJob.StrangeImage::score)
        .startsWith(24.0)
        .endsWith(15.0);
  }
}
