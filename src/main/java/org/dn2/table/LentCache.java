package org.dn2.table;

import java.util.function.Function;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;

/** A table that executors keep while it is used several times, and not longer. */
public final class LentCache {
  private LentCache() {}

  /**
   * What the use of a table gives, the table being kept meanwhile; it is let go of however the use
   * ends.
   *
   * @param table which nothing else keeps or lets go of
   * @param level where it is kept
   * @param use must be through with the kept table when it returns: what it returns lazily would
   *     make the table again
   */
  public static <T> T with(Dataset<Row> table, StorageLevel level, Function<Dataset<Row>, T> use) {
    Dataset<Row> kept = table.persist(level);
    try {
      return use.apply(kept);
    } finally {
      kept.unpersist();
    }
  }
}
