package org.dn2.store;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.dn2.table.ColumnWords;
import org.dn2.table.PlantColumns;
import org.dn2.table.Tables;

/** {@link PlantColumns#ANOMALIES} in PostgreSQL's words. */
public final class AnomalyColumns {
  private static final Map<DataType, String> TYPES =
      Map.of(
          DataTypes.StringType,
          "text",
          DataTypes.IntegerType,
          "integer",
          DataTypes.LongType,
          "bigint",
          DataTypes.DoubleType,
          "double precision",
          DataTypes.DateType,
          "date",
          DataTypes.TimestampType,
          "timestamp with time zone",
          PlantColumns.ANOMALIES.apply(Tables.NEIGHBOR_IDS).dataType(),
          "text[]");

  private AnomalyColumns() {}

  /** A column's type as PostgreSQL tells it. */
  public static String type(StructField column) {
    return TYPES.get(column.dataType());
  }

  /**
   * What makes the table, with comments on its columns.
   *
   * @param table its name, quoted
   */
  static List<String> statements(String table) {
    List<String> statements = new ArrayList<>();
    statements.add(
        "CREATE TABLE IF NOT EXISTS %s (%s, PRIMARY KEY (%s, %s, %s))"
            .formatted(
                table,
                Arrays.stream(PlantColumns.ANOMALIES.fields())
                    .map(
                        column ->
                            column.name()
                                + " "
                                + type(column)
                                + (column.nullable() ? "" : " NOT NULL"))
                    .collect(Collectors.joining(", ")),
                PlantColumns.IMAGE_KEY,
                PlantColumns.IMAGE_VERSION,
                Tables.DETECTOR_ID));
    for (StructField column : PlantColumns.ANOMALIES.fields()) {
      statements.add(
          "COMMENT ON COLUMN %s.%s IS '%s'"
              .formatted(table, column.name(), ColumnWords.comment(column).replace("'", "''")));
    }
    return statements;
  }
}
