package org.dn2.image;

import org.apache.hadoop.fs.FileStatus;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.dn2.table.LiteralPath;
import org.dn2.table.TableFault;
import org.dn2.table.UserDataException;

/** The Parquet files that a manifest or a table may be made of. */
final class ImageListingParquet {
  private ImageListingParquet() {}

  /**
   * All rows.
   *
   * @param root a Parquet file, or a folder of them
   * @throws UserDataException if it cannot be read as Parquet
   */
  static Dataset<Row> read(SparkSession spark, FileStatus root) {
    try {
      return spark.read().parquet(LiteralPath.of(root.getPath().toString()));
    } catch (Throwable e) { // Scala throws checked ones without saying so.
      String fault = TableFault.in(e);
      if (fault != null) {
        throw new UserDataException(
            "%s cannot be read as Parquet: %s".formatted(root.getPath(), fault), e);
      }
      throw e;
    }
  }
}
