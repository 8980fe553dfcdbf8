package org.dn2.image;

import java.util.List;
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
    List<FileStatus> files =
        root.isFile()
            ? List.of()
            : ImageListingFormat.filesIn(
                root, FileKind.PARQUET, spark.sessionState().newHadoopConf());
    String folder = root.getPath().toString();
    try {
      // Spark's own listing follows links without end.
      return files.isEmpty()
          ? spark.read().parquet(LiteralPath.of(folder))
          : spark
              .read()
              .option("basePath", folder)
              .parquet(
                  files.stream()
                      .map(file -> LiteralPath.of(file.getPath().toString()))
                      .toArray(String[]::new));
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
