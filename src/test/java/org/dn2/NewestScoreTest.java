package org.dn2;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The view of docs/operations.md, as it stands there, over Parquet as a plant lays it out. */
class NewestScoreTest {
  @TempDir Path plant;

  @Test
  void theViewHasTheNewestScoreOfEachImage() throws Exception {
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement()) {
      score(
          statement,
          "2026-11-23",
          "2026-11-23",
          "('a', 0.1, '2026-11-24 01:31:00'), ('b', 0.2, '2026-11-24 01:31:00')");
      score(statement, "2026-11-24", "2026-11-24", "('a', 0.3, '2026-11-25 01:31:00')");
      // Scored anew by another detector, for the day before.
      score(statement, "2026-11-23", "again", "('b', 0.4, '2026-11-26 01:31:00')");
      String scores =
          "read_parquet('%s/scores/*/*/*.parquet', hive_partitioning = true)".formatted(plant);

      statement.execute("CREATE VIEW scores AS SELECT * FROM " + scores);
      statement.execute(view());

      List<String> rows = new ArrayList<>();
      try (ResultSet result =
          statement.executeQuery("SELECT image_id, score, run_id FROM newest_scores ORDER BY 1")) {
        while (result.next()) {
          rows.add(result.getString(1) + " " + result.getString(2) + " " + result.getString(3));
        }
      }
      assertThat(rows).containsExactly("a 0.3 2026-11-24", "b 0.4 again");
    }
  }

  private void score(Statement statement, String date, String run, String rows)
      throws IOException, SQLException {
    Path folder = plant.resolve("scores/run_date=%s/run_id=%s".formatted(date, run));
    Files.createDirectories(folder);
    statement.execute(
        "COPY (SELECT * FROM (VALUES %s) t(image_id, score, scored_at)) TO '%s/part.parquet'"
            .formatted(rows.replaceAll("'(2026[^']*)'", "TIMESTAMP '$1'"), folder));
  }

  private static String view() throws IOException {
    Matcher matcher =
        Pattern.compile("(?s)```sql\\n(CREATE VIEW newest_scores .*?)```")
            .matcher(Files.readString(Path.of("docs/operations.md")));
    assertThat(matcher.find()).isTrue();
    return matcher.group(1);
  }
}
