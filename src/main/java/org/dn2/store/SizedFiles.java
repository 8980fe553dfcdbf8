package org.dn2.store;

import static org.apache.spark.sql.functions.col;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.dn2.table.Tables;

/**
 * Lays tables out in files of 64 to 256 MiB, before compression, in ascending order of {@link
 * Tables#IMAGE_ID} within, so that readers can skip what they do not look for. A smaller table is
 * one file.
 */
final class SizedFiles {
  private static final long BYTES_PER_FILE = 128L << 20;

  private SizedFiles() {}

  static int filesFor(long rows, long bytesPerRow) {
    long files = (rows * bytesPerRow + BYTES_PER_FILE - 1) / BYTES_PER_FILE;
    return (int) Math.min(Math.max(1, files), Integer.MAX_VALUE);
  }

  /**
   * By ranges of ids, which takes a look at all of them first.
   *
   * @param rows that are cheap to read twice
   */
  static Dataset<Row> byRange(Dataset<Row> rows, int files) {
    Dataset<Row> parts =
        files == 1 ? rows.coalesce(1) : rows.repartitionByRange(files, col(Tables.IMAGE_ID));
    return parts.sortWithinPartitions(Tables.IMAGE_ID);
  }

  /** By hash, in one pass. */
  static Dataset<Row> byHash(Dataset<Row> rows, int files) {
    return rows.repartition(files, col(Tables.IMAGE_ID)).sortWithinPartitions(Tables.IMAGE_ID);
  }
}
