package org.dn2.table;

import java.util.function.Function;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;

/** Tables that are kept for as long as they are used. */
public final class LentCache {
  private LentCache() {}

  /** Keeps a table while {@code use} works on it, and releases it whatever comes of that. */
  public static <T> T with(Dataset<Row> table, StorageLevel level, Function<Dataset<Row>, T> use) {
    Dataset<Row> kept = table.persist(level);
    try {
      return use.apply(kept);
    } finally {
      kept.unpersist();
    }
  }
}
