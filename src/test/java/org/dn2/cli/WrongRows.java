package org.dn2.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.io.FileUtils;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.dn2.testing.SparkSessions;

/** Good folders in whose table one column is wrong, or the rows are. */
final class WrongRows {
  private final GoodPlaces good;
  private final String place;
  private final String table;
  private final Map<String, WrongPlaces.Maker> all = new LinkedHashMap<>();

  /**
   * @param place a good folder
   * @param table of the folder; empty for the folder itself
   */
  WrongRows(GoodPlaces good, String place, String table) {
    this.good = good;
    this.place = place;
    this.table = table;
  }

  /** A column is not there. */
  WrongRows without(String... columns) {
    for (String column : columns) {
      all.put("no column " + column, folder -> replaced(folder, rows().drop(column)));
    }
    return this;
  }

  /**
   * A column has other values, of SQL; in one row a column may be wrong and right in the others.
   */
  WrongRows with(String column, String... values) {
    for (String value : values) {
      all.put(
          column + " = " + value,
          folder ->
              replaced(
                  folder,
                  rows()
                      .selectExpr(
                          Arrays.stream(rows().columns())
                              .map(name -> name.equals(column) ? value + " as " + name : name)
                              .toArray(String[]::new))));
    }
    return this;
  }

  /** Rows are missing, or there twice. */
  WrongRows withRowsMissingOrTwice() {
    all.put("no rows", folder -> replaced(folder, rows().limit(0)));
    all.put("no table", folder -> replaced(folder, null));
    all.put("all rows twice", folder -> replaced(folder, rows().union(rows())));
    return this;
  }

  Map<String, WrongPlaces.Maker> all() {
    return all;
  }

  private Dataset<Row> rows() {
    return SparkSessions.local().read().parquet(good.at(place).resolve(table).toString());
  }

  private Path replaced(Path folder, Dataset<Row> rows) throws IOException {
    good.copy(place, folder);
    Path replaced = folder.resolve(table);
    for (String file : List.of(replaced.toFile().list())) {
      if (file.endsWith(".parquet")) {
        FileUtils.delete(replaced.resolve(file).toFile());
      }
    }
    if (rows != null) {
      rows.coalesce(1).write().mode("append").parquet(replaced.toString());
    }
    return folder;
  }
}
