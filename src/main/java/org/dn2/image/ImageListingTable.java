package org.dn2.image;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.length;

import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.fs.FileStatus;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.dn2.table.Tables;
import org.dn2.table.UserDataException;

/** The images that a Parquet table holds, encoded, in a binary column. */
final class ImageListingTable {
  /** Another name that {@code content} may have. */
  private static final String BYTES = "bytes";

  private ImageListingTable() {}

  /**
   * The table's own columns, with {@code content}, its size and an {@code image_id}.
   *
   * @param root a Parquet file, or a folder of them
   * @throws UserDataException if a column is missing or of another type, or a crop malformed
   */
  static Dataset<Row> images(SparkSession spark, FileStatus root) {
    Dataset<Row> rows = ImageListingParquet.read(spark, root);
    String what = "The table " + root.getPath();
    List<String> columns = Arrays.asList(rows.columns());
    String content =
        columns.contains(BYTES) && !columns.contains(Tables.CONTENT) ? BYTES : Tables.CONTENT;
    Tables.requireColumns(rows, what, content);
    if (!rows.schema().apply(content).dataType().equals(DataTypes.BinaryType)) {
      throw new UserDataException(
          "%s has a column %s of type %s; it must be binary and hold encoded images (JPEG, PNG)."
              .formatted(what, content, rows.schema().apply(content).dataType().simpleString()));
    }
    if (!columns.contains(Tables.IMAGE_ID)) {
      Tables.requireColumns(rows, what + " (without image_id)", Tables.PATH);
      rows = rows.withColumn(Tables.IMAGE_ID, col(Tables.PATH));
    }
    if (ImageListingCrops.areIn(rows)) {
      ImageListingCrops.requireWhole(rows, what);
    }
    return rows.withColumn(Tables.CONTENT, col(content))
        .withColumn(Tables.SIZE_BYTES, length(col(content)));
  }
}
