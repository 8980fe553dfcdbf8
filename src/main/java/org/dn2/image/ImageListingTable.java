package org.dn2.image;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat_ws;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.first;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.xxhash64;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.fs.FileStatus;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.dn2.table.ContentPlace;
import org.dn2.table.Tables;
import org.dn2.table.UserDataException;

/**
 * The images that a Parquet table holds, encoded, in a binary column: where they are, not the bytes
 * themselves.
 */
final class ImageListingTable {
  /** Another name that {@code content} may have. */
  private static final String BYTES = "bytes";

  /** What Spark tells of a row's file. */
  private static final String PLACE = Tables.CONTENT_AT;

  private static final Set<DataType> WHOLE_NUMBERS =
      Set.of(DataTypes.IntegerType, DataTypes.LongType);

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
   * The table's own columns, with {@code _content_at}, {@code size_bytes} and an {@code image_id}.
   * The bytes are not read.
   *
   * @param root a Parquet file, or a folder of them
   * @throws UserDataException if a column is missing or of another type, or a crop malformed
   */
  static Dataset<Row> images(SparkSession spark, FileStatus root) {
    Dataset<Row> found = ImageListingParquet.read(spark, root);
    String what = "The table " + root.getPath();
    String struct = structOf(found);
    Dataset<Row> placed = found.withColumn(PLACE, col("_metadata"));
    Dataset<Row> rows =
        ImageListingColumns.named(
            struct == null ? placed : unpacked(placed, struct),
            List.of(Tables.CONTENT, BYTES),
            what);
    String content = struct == null ? requireContent(rows, what) : null;
    List<String> columns = Arrays.asList(rows.columns());
    if (!columns.contains(Tables.IMAGE_ID)) {
      Tables.requireColumns(rows.drop(PLACE), what + " (without image_id)", Tables.PATH);
      rows = rows.withColumn(Tables.IMAGE_ID, col(Tables.PATH));
    }
    if (ImageListingCrops.areIn(rows)) {
      ImageListingCrops.requireWhole(rows.drop(PLACE), what);
    }
    // Columns may be known by other names than the file has for them.
    String inFile = struct == null ? found.columns()[columns.indexOf(content)] : struct;
    return rows.withColumn(Tables.SIZE_BYTES, size(rows))
        .withColumn(Tables.CONTENT_AT, place(inFile))
        .drop(Tables.CONTENT, BYTES);
  }

  /**
   * The path out of the struct as a column. Such paths may be missing, and the same for images of
   * several folders, so that an image's id is the Parquet file's name and the row's number in it,
   * from 0, unless there is a column for it.
   */
  private static Dataset<Row> unpacked(Dataset<Row> rows, String struct) {
    Column image = col("`" + struct.replace("`", "``") + "`");
    Dataset<Row> unpacked = rows;
    if (!Arrays.asList(rows.columns()).contains(Tables.IMAGE_ID)) {
      unpacked =
          unpacked.withColumn(
              Tables.IMAGE_ID,
              concat_ws("#", col(PLACE + ".file_name"), col(PLACE + ".row_index")));
    }
    return unpacked.withColumn(Tables.PATH, image.getField(Tables.PATH)).drop(struct);
  }

  /** The name of the column that holds the images. */
  private static String requireContent(Dataset<Row> rows, String what) {
    List<String> columns = Arrays.asList(rows.columns());
    String content =
        columns.contains(BYTES) && !columns.contains(Tables.CONTENT) ? BYTES : Tables.CONTENT;
    Tables.requireColumns(rows.drop(PLACE), what, content);
    if (!rows.schema().apply(content).dataType().equals(DataTypes.BinaryType)) {
      throw new UserDataException(
          "%s has a column %s of type %s; it must be binary and hold encoded images (JPEG, PNG)."
              .formatted(what, content, rows.schema().apply(content).dataType().simpleString()));
    }
    return content;
  }

  private static Column place(String columnInFile) {
    return struct(
        col(PLACE + ".file_path").as(ContentPlace.FILE),
        lit(columnInFile).as(ContentPlace.COLUMN),
        col(PLACE + ".row_index").as(ContentPlace.ROW),
        xxhash64(col(PLACE + ".file_modification_time"), col(PLACE + ".file_size")).as("version"));
  }

  /** What the table says, or the mean of its files' bytes by row. */
  private static Column size(Dataset<Row> rows) {
    if (Arrays.asList(rows.columns()).contains(Tables.SIZE_BYTES)
        && WHOLE_NUMBERS.contains(rows.schema().apply(Tables.SIZE_BYTES).dataType())) {
      return col(Tables.SIZE_BYTES);
    }
    Row mean =
        rows.groupBy(PLACE + ".file_path")
            .agg(first(PLACE + ".file_size").as("bytes"), count(lit(1)).as("rows"))
            .agg(sum("bytes").divide(sum("rows")).cast(DataTypes.LongType))
            .head();
    return lit(mean.isNullAt(0) ? null : mean.getLong(0));
  }
}
