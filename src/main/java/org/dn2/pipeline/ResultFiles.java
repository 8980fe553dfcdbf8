package org.dn2.pipeline;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.dn2.store.Draft;
import org.dn2.store.SmallFiles;
import org.dn2.table.ColumnWords;

/** A table of results, for programs as Parquet and for everything else as JSON. */
final class ResultFiles {
  private ResultFiles() {}

  /** Writes rows as a folder of Parquet, and as a JSON file of the same name beside it. */
  static void write(
      SparkSession spark, List<Row> rows, StructType schema, Draft draft, String name) {
    draft.table(name, ColumnWords.written(spark.createDataFrame(rows, schema).coalesce(1), schema));
    draft.file(
        name + ".json", SmallFiles.json(rows.stream().map(row -> fields(row, schema)).toList()));
  }

  private static Map<String, Object> fields(Row row, StructType schema) {
    Map<String, Object> fields = new LinkedHashMap<>();
    for (int i = 0; i < row.length(); i++) {
      fields.put(schema.fieldNames()[i], row.get(i));
    }
    return fields;
  }
}
