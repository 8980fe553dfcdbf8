package org.dn2.pipeline;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.OutputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/** A table of results, for programs as Parquet and for everything else as JSON. */
final class TableFiles {
  private TableFiles() {}

  /** Writes rows as a folder of Parquet, and as a JSON file of the same name beside it. */
  static void write(SparkSession spark, List<Row> rows, StructType schema, Path path)
      throws IOException {
    spark.createDataFrame(rows, schema).coalesce(1).write().parquet(path.toString());
    Path json = path.suffix(".json");
    try (OutputStream out =
        json.getFileSystem(spark.sessionState().newHadoopConf()).create(json, false)) {
      new ObjectMapper()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .writeValue(out, rows.stream().map(row -> fields(row, schema)).toList());
    }
  }

  private static Map<String, Object> fields(Row row, StructType schema) {
    Map<String, Object> fields = new LinkedHashMap<>();
    for (int i = 0; i < row.length(); i++) {
      fields.put(schema.fieldNames()[i], row.get(i));
    }
    return fields;
  }
}
