package org.dn2.image;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat_ws;
import static org.apache.spark.sql.functions.length;

import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.fs.FileStatus;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.dn2.table.Tables;
import org.dn2.table.UserDataException;

/** The images that a Parquet table holds, encoded, in a binary column. */
final class ImageListingTable {
  /** Another name that {@code content} may have. */
  private static final String BYTES = "bytes";

  private static final StructType IMAGE =
      new StructType().add(BYTES, DataTypes.BinaryType).add(Tables.PATH, DataTypes.StringType);

  private ImageListingTable() {}

  /** Whether a table holds encoded images. */
  static boolean isOne(Dataset<Row> rows) {
    return structOf(rows) != null
        || Arrays.stream(rows.schema().fields())
            .anyMatch(field -> field.dataType().equals(DataTypes.BinaryType));
  }

  /** The column that holds bytes and path of an image, as Hugging Face has it; null for none. */
  private static String structOf(Dataset<Row> rows) {
    return Arrays.stream(rows.schema().fields())
        .filter(field -> field.dataType() instanceof StructType type && holdsImage(type))
        .map(StructField::name)
        .findFirst()
        .orElse(null);
  }

  private static boolean holdsImage(StructType type) {
    return type.length() == IMAGE.length()
        && Arrays.stream(IMAGE.fields())
            .allMatch(
                wanted ->
                    Arrays.stream(type.fields())
                        .anyMatch(
                            field ->
                                field.name().equals(wanted.name())
                                    && field.dataType().equals(wanted.dataType())));
  }

  /**
   * The bytes and the path as columns. Such paths may be missing, and the same for images of
   * several folders, so that an image's id is the Parquet file's name and the row's number in it,
   * from 0, unless there is a column for it.
   */
  private static Dataset<Row> unpacked(Dataset<Row> rows, String struct) {
    Column image = col("`" + struct.replace("`", "``") + "`");
    Dataset<Row> unpacked = rows;
    List<String> columns = Arrays.asList(rows.columns());
    if (!columns.contains(Tables.IMAGE_ID)) {
      unpacked =
          unpacked.withColumn(
              Tables.IMAGE_ID,
              concat_ws("#", col("_metadata.file_name"), col("_metadata.row_index")));
    }
    return unpacked
        .withColumn(Tables.CONTENT, image.getField(BYTES))
        .withColumn(Tables.PATH, image.getField(Tables.PATH))
        .drop(struct);
  }

  /**
   * The table's own columns, with {@code content}, its size and an {@code image_id}.
   *
   * @param root a Parquet file, or a folder of them
   * @throws UserDataException if a column is missing or of another type, or a crop malformed
   */
  static Dataset<Row> images(SparkSession spark, FileStatus root) {
    Dataset<Row> found = ImageListingParquet.read(spark, root);
    String what = "The table " + root.getPath();
    String struct = structOf(found);
    Dataset<Row> rows =
        ImageListingColumns.named(
            struct == null ? found : unpacked(found, struct), List.of(Tables.CONTENT, BYTES), what);
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
