package org.dn2.pipeline;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.sql.Row;
import org.dn2.store.RunRecord;
import org.dn2.testing.Images;

/**
 * A plant with three images whose scores go to a table of Apache Iceberg, whose jar is on the class
 * path of its tests alone.
 *
 * @param table its name
 */
record IcebergLake(NightlyPlace place, String table) {
  static final String FIRST = "2026-11-01";
  static final String SECOND = "2026-11-02";
  private static final AtomicInteger CATALOGS = new AtomicInteger();

  /** In a table of Hadoop's catalog. */
  static IcebergLake in(Path folder) throws IOException {
    NightlyPlace place = NightlyPlace.in(folder);
    Images.writeFolder(place.normal(), 6, Color.RED, 100);
    Images.writeFolder(place.inbox().resolve("a"), 2, Color.RED, 1000);
    Images.writeFolder(place.inbox().resolve("b"), 1, Color.BLUE, 2000);
    return new IcebergLake(place, null).by("hadoop", folder.resolve("lake").toString());
  }

  /** The same plant with another catalog. */
  IcebergLake by(String type, String warehouse) {
    String catalog = "lake" + CATALOGS.incrementAndGet();
    IcebergLake lake = new IcebergLake(place, catalog + ".quality.scores");
    lake.set("", "org.apache.iceberg.spark.SparkCatalog");
    lake.set(".type", type);
    lake.set(".warehouse", warehouse);
    return lake;
  }

  /** Sets a property of the catalog. */
  void set(String key, String value) {
    String catalog = table.substring(0, table.indexOf('.'));
    Workplace.SPARK.conf().set("spark.sql.catalog." + catalog + key, value);
  }

  RunRecord run(String date, NightlyConfig.Choice... choices) {
    return place.run(date, "scores = \"table:" + table + "\"", choices);
  }

  static List<String> sql(String query) {
    return Workplace.SPARK.sql(query).collectAsList().stream().map(Row::mkString).toList();
  }

  List<String> scores() {
    return sql(
        "SELECT concat(image_id, ':', image_version, ' ', run_id, ' ', run_sequence) FROM "
            + table
            + " ORDER BY 1");
  }

  List<String> commits() {
    return sql(
        "SELECT concat(operation, ' ', coalesce(summary['dn2-run-id'], ''), ' ', coalesce(summary['dn2-run-date'], ''), ' ', coalesce(summary['dn2-sequence'], '')) FROM "
            + table
            + ".snapshots ORDER BY committed_at");
  }
}
