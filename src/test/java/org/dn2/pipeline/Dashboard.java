package org.dn2.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.StreamSupport;

/** The dashboard of conf/grafana as far as it can be looked at without Grafana. */
final class Dashboard {
  private static final Path FOLDER = Path.of("conf/grafana");
  private static final Set<Integer> NUMBERS =
      Set.of(Types.BIGINT, Types.INTEGER, Types.DOUBLE, Types.DECIMAL, Types.NUMERIC);
  private static final Set<Integer> TIMES = Set.of(Types.TIMESTAMP, Types.TIMESTAMP_WITH_TIMEZONE);
  private static final int TIME_SERIES = 0;
  private static final int TABLE = 1;

  private final JsonNode dashboard;
  private final JsonNode source;

  Dashboard() throws IOException {
    dashboard = new ObjectMapper().readTree(FOLDER.resolve("dashboard.json").toFile());
    source =
        new YAMLMapper()
            .readTree(FOLDER.resolve("datasource.yaml").toFile())
            .path("datasources")
            .path(0);
  }

  /** A panel with one statement. */
  record Panel(JsonNode json) {
    String title() {
      return json.path("title").asText();
    }

    /** With the macro in the words of Grafana's library for data sources. */
    String sql() {
      return json.path("targets")
          .path(0)
          .path("rawSql")
          .asText()
          .replaceAll(
              "\\$__timeFilter\\((\\w+)\\)",
              "$1 >= '2000-01-01T00:00:00Z' AND $1 <= '2100-01-01T00:00:00Z'");
    }

    boolean readsMaps() {
      return sql().contains("map_keys");
    }

    /** Runs the statement and requires what the panel's kind and overrides need. */
    int requireRows(Connection connection) throws SQLException {
      try (Statement call = connection.createStatement();
          ResultSet found = call.executeQuery(sql())) {
        ResultSetMetaData about = found.getMetaData();
        List<String> columns = new ArrayList<>();
        for (int i = 1; i <= about.getColumnCount(); i++) {
          columns.add(about.getColumnLabel(i));
        }
        for (JsonNode override : json.path("fieldConfig").path("overrides")) {
          assertThat(columns)
              .as(title())
              .contains(override.path("matcher").path("options").asText());
        }
        int format = json.path("targets").path(0).path("format").asInt(-1);
        switch (json.path("type").asText()) {
          case "stat" -> {
            assertThat(format).as(title()).isEqualTo(TABLE);
            assertThat(columns).as(title()).hasSize(1);
            boolean isText =
                json.path("options").path("reduceOptions").path("fields").asText().equals("/.*/");
            assertThat(NUMBERS.contains(about.getColumnType(1))).as(title()).isNotEqualTo(isText);
          }
          case "timeseries" -> {
            assertThat(format).as(title()).isEqualTo(TIME_SERIES);
            requireSeries(about, columns);
          }
          case "table" -> assertThat(format).as(title()).isEqualTo(TABLE);
          default -> throw new AssertionError(json.path("type") + " of " + title());
        }
        return rows(found);
      }
    }

    /** A time, numbers, and at most one text that tells series apart. */
    private void requireSeries(ResultSetMetaData about, List<String> columns) throws SQLException {
      assertThat(columns.get(0)).as(title()).isEqualTo("time");
      assertThat(TIMES).as(title()).contains(about.getColumnType(1));
      int texts = 0;
      for (int i = 2; i <= columns.size(); i++) {
        int type = about.getColumnType(i);
        if (type == Types.VARCHAR) {
          texts++;
        } else {
          assertThat(NUMBERS).as("%s, %s", title(), columns.get(i - 1)).contains(type);
        }
      }
      assertThat(texts).as(title()).isLessThanOrEqualTo(1);
      assertThat(columns.size()).as(title()).isGreaterThan(1 + texts);
      assertThat(sql()).as(title()).contains("ORDER BY time");
    }

    private int rows(ResultSet found) throws SQLException {
      int rows = 0;
      while (found.next()) {
        rows++;
        assertThat(found.getObject(1)).as(title()).isNotNull();
      }
      return rows;
    }
  }

  /** What the data source runs before the panels' statements. */
  List<String> views(String plant) {
    return Arrays.stream(
            source.path("jsonData").path("initSql").asText().replace("/srv/dn2", plant).split(";"))
        .filter(statement -> !statement.isBlank())
        .toList();
  }

  List<Panel> panels() {
    return StreamSupport.stream(dashboard.path("panels").spliterator(), false)
        .map(Panel::new)
        .toList();
  }

  /**
   * Requires that panels have numbers of their own, one target of the source, and do not overlap.
   */
  void requireWellFormed() {
    Set<Integer> ids = new TreeSet<>();
    Set<String> taken = new TreeSet<>();
    for (Panel panel : panels()) {
      assertThat(ids.add(panel.json().path("id").asInt())).as(panel.title()).isTrue();
      JsonNode place = panel.json().path("gridPos");
      assertThat(place.path("x").asInt() + place.path("w").asInt()).isLessThanOrEqualTo(24);
      for (int x = 0; x < place.path("w").asInt(); x++) {
        for (int y = 0; y < place.path("h").asInt(); y++) {
          assertThat(taken.add((place.path("x").asInt() + x) + "," + (place.path("y").asInt() + y)))
              .as(panel.title())
              .isTrue();
        }
      }
      assertThat(panel.json().path("targets")).as(panel.title()).hasSize(1);
      for (JsonNode with : List.of(panel.json(), panel.json().path("targets").path(0))) {
        assertThat(with.path("datasource").path("uid")).isEqualTo(source.path("uid"));
        assertThat(with.path("datasource").path("type")).isEqualTo(source.path("type"));
      }
    }
  }
}
