package org.dn2.pipeline;

import java.math.BigDecimal;
import java.sql.Array;
import java.sql.Connection;
import java.sql.Date;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import scala.collection.Seq;
import scala.jdk.javaapi.CollectionConverters;

/**
 * What a query gives, as text that is the same whichever program gave it.
 *
 * @param columns their names
 */
record Answers(List<String> columns, List<String> rows) {
  static Answers of(SparkSession spark, List<String> statements) {
    Answers last = null;
    for (String statement : statements) {
      var found = spark.sql(statement);
      List<String> rows = new ArrayList<>();
      for (Row row : found.collectAsList()) {
        List<Object> values = new ArrayList<>();
        for (int i = 0; i < row.length(); i++) {
          values.add(row.get(i));
        }
        rows.add(line(values));
      }
      last = new Answers(List.of(found.columns()), rows);
    }
    return last;
  }

  static Answers of(Connection connection, List<String> statements) throws SQLException {
    Answers last = null;
    try (Statement call = connection.createStatement()) {
      for (String statement : statements) {
        if (call.execute(statement)) {
          try (ResultSet found = call.getResultSet()) {
            last = of(found);
          }
        }
      }
    }
    return last;
  }

  private static Answers of(ResultSet found) throws SQLException {
    ResultSetMetaData about = found.getMetaData();
    List<String> columns = new ArrayList<>();
    for (int i = 1; i <= about.getColumnCount(); i++) {
      columns.add(about.getColumnName(i));
    }
    List<String> rows = new ArrayList<>();
    while (found.next()) {
      List<Object> values = new ArrayList<>();
      for (int i = 1; i <= columns.size(); i++) {
        values.add(found.getObject(i));
      }
      rows.add(line(values));
    }
    return new Answers(columns, rows);
  }

  private static String line(List<Object> values) {
    return values.stream().map(Answers::text).collect(Collectors.joining(" | "));
  }

  private static String text(Object value) {
    if (value instanceof Double || value instanceof Float || value instanceof BigDecimal) {
      return String.format(Locale.ROOT, "%.7g", ((Number) value).doubleValue());
    }
    if (value instanceof Timestamp time) {
      return time.toInstant().toString();
    }
    if (value instanceof OffsetDateTime time) {
      return time.toInstant().toString();
    }
    if (value instanceof Date date) {
      return date.toLocalDate().toString();
    }
    if (value instanceof Seq<?> list) {
      return list(new ArrayList<>(CollectionConverters.asJava(list)));
    }
    if (value instanceof Array list) {
      try {
        return list(Arrays.asList((Object[]) list.getArray()));
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    }
    return String.valueOf(value);
  }

  private static String list(List<?> values) {
    return values.stream().map(Answers::text).collect(Collectors.joining(", ", "[", "]"));
  }
}
