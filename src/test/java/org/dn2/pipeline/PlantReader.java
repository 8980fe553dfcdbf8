package org.dn2.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;
import org.dn2.store.Plant;
import org.dn2.store.RunRecord;
import org.dn2.table.PlantColumns;
import org.dn2.table.UserDataException;

/**
 * A plant as a program reads it that knows nothing of records: all Parquet below its tables.
 *
 * @param plant on any of Hadoop's file systems
 */
record PlantReader(String plant) {
  /** Each score, in order. */
  List<String> scores() {
    return rows("scores", PlantColumns.SCORES, "image_id", "':'", "image_version", "' '", "score");
  }

  /** Each reject, in order. */
  List<String> rejects() {
    return rows(
        "rejects", PlantColumns.REJECTS, "image_id", "':'", "image_version", "' '", "reason");
  }

  private List<String> rows(String table, StructType schema, String... columns) {
    try {
      return Workplace.SPARK
          .read()
          .schema(schema)
          .parquet(plant + "/" + table)
          .selectExpr(columns)
          .collectAsList()
          .stream()
          .map(Row::mkString)
          .map(row -> row.replace("[", "").replace("]", ""))
          .sorted()
          .toList();
    } catch (Throwable e) { // Scala throws checked ones without saying so.
      if (String.valueOf(e.getMessage()).contains("PATH_NOT_FOUND")) {
        return List.of();
      }
      throw e;
    }
  }

  /** The runs' outcomes, in their order, from their records. */
  List<String> outcomes() {
    return new Plant(Workplace.SPARK, plant)
        .runs().records().stream()
            .map(record -> record.outcome().name().toLowerCase(Locale.ROOT))
            .toList();
  }

  /**
   * Why the newest run failed.
   *
   * @throws UserDataException if the records cannot be read
   */
  String newestFailure() {
    List<RunRecord> records = new Plant(Workplace.SPARK, plant).runs().records();
    return records.get(records.size() - 1).failure();
  }

  /** Requires that every image of a listing is among scores or rejects, once. */
  void requireEachOnce(Collection<String> listed, String what) {
    List<String> all = new ArrayList<>();
    for (String row : scores()) {
      all.add(row.substring(0, row.lastIndexOf(' ')));
    }
    for (String row : rejects()) {
      all.add(row.substring(0, row.lastIndexOf(' ')));
    }
    assertThat(all).as("no image twice, " + what).doesNotHaveDuplicates();
    TreeSet<String> ids = new TreeSet<>();
    all.forEach(row -> ids.add(row.substring(0, row.lastIndexOf(':'))));
    assertThat(ids).as("every image, " + what).containsExactlyElementsOf(new TreeSet<>(listed));
  }
}
