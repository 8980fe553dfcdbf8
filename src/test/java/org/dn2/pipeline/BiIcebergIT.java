package org.dn2.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.types.StructField;
import org.dn2.table.ColumnWords;
import org.dn2.table.PlantColumns;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What BI tools see of a table of Apache Iceberg. */
class BiIcebergIT {
  private static final String NEWEST = "The newest score of each image";

  @TempDir private Path folder;

  @Test
  void columnsHaveTheirCommentsAndTheQueriesOfThePageRun() throws IOException {
    IcebergLake lake = IcebergLake.in(folder);
    lake.run(IcebergLake.FIRST);

    List<String> expected =
        Arrays.stream(PlantColumns.CATALOG_SCORES.fields())
            .map(field -> field.name() + ": " + ColumnWords.comment(field))
            .toList();
    assertThat(
            Arrays.stream(Workplace.SPARK.table(lake.table()).schema().fields())
                .map(field -> field.name() + ": " + comment(field)))
        .containsExactlyElementsOf(expected);

    IcebergLake.sql("ALTER TABLE %s DROP COLUMN file_version".formatted(lake.table()));
    lake.run(IcebergLake.SECOND);
    assertThat(Workplace.SPARK.table(lake.table()).schema().apply("file_version"))
        .as("a column that was added")
        .extracting(BiIcebergIT::comment)
        .isEqualTo(ColumnWords.comment(PlantColumns.CATALOG_SCORES.apply("file_version")));

    int run = 0;
    try {
      for (String statement : views(lake)) {
        IcebergLake.sql(statement);
      }
      for (BiPage.Query query : BiPage.queries()) {
        if (query.isFor(BiPage.SPARK)
            && !query.heading().equals("The tables")
            && query.sql().matches("(?s).*FROM (newest_)?scores.*")) {
          assertThat(Answers.of(Workplace.SPARK, List.of(query.sql())).columns())
              .as(query.heading())
              .isNotEmpty();
          run++;
        }
      }
    } finally {
      List.of("verdicts", "newest_scores", "scores")
          .forEach(view -> Workplace.SPARK.catalog().dropTempView(view));
    }
    assertThat(run).isEqualTo(5);
  }

  private static List<String> views(IcebergLake lake) {
    return List.of(
        BiPage.below("The tables", BiPage.ICEBERG)
            .get(0)
            .sql()
            .replace("lake.quality.scores", lake.table()),
        "CREATE OR REPLACE TEMPORARY VIEW newest_scores AS "
            + BiPage.below(NEWEST, BiPage.SPARK).get(0).sql(),
        "CREATE OR REPLACE TEMPORARY VIEW verdicts AS SELECT 'none' AS image_id, now() AS judged_at");
  }

  private static String comment(StructField field) {
    return field.getComment().getOrElse(() -> "");
  }
}
