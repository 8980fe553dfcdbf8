package org.dn2.image;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;

import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.fs.FileStatus;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.dn2.table.Tables;
import org.dn2.table.UserDataException;

/** The images that a manifest names: CSV or Parquet, a row per image with its path. */
final class ImageListingManifest {
  private ImageListingManifest() {}

  /**
   * The manifest's own columns, with an absolute {@code path}, an {@code image_id} and whole crops;
   * without columns that only a file's listing or a table knows.
   *
   * @param root a CSV or Parquet file, or a folder of either
   * @param input says where relative paths begin and where files may lie
   * @throws UserDataException if the path is missing, a crop malformed, or a file elsewhere
   */
  static ImageListing.Found images(SparkSession spark, FileStatus root, ImageInput input) {
    String what = "The manifest " + root.getPath();
    List<FileStatus> csv = ImageListingFormat.csvFiles(root, spark.sessionState().newHadoopConf());
    ImageListing.Found found =
        csv.isEmpty()
            ? ImageListing.all(
                ImageListingColumns.named(ImageListingParquet.read(spark, root), List.of(), what))
            : ImageListingCsv.read(spark, root, csv);
    Dataset<Row> rows = found.images();
    Tables.requireColumns(rows.drop(ImageListingCsv.ROW), what, Tables.PATH);
    boolean cropped = ImageListingCrops.areIn(rows);
    if (cropped) {
      ImageListingCrops.requireWhole(rows, what);
    }
    String folder =
        input.manifestRoot() != null
            ? input.manifestRoot()
            : (root.isFile() ? root.getPath().getParent() : root.getPath()).toString();
    Column path = col(Tables.PATH);
    Column absolute = path.rlike("^(/|[a-zA-Z][a-zA-Z0-9+.-]*:/)");
    Column id = cropped ? ImageListingCrops.id(path) : path;
    if (Arrays.asList(rows.columns()).contains(Tables.IMAGE_ID)) {
      id = coalesce(col(Tables.IMAGE_ID).cast(DataTypes.StringType), id);
    }
    Dataset<Row> images =
        (cropped ? ImageListingCrops.asNumbers(rows) : rows)
            .withColumn(Tables.IMAGE_ID, id)
            .withColumn(
                Tables.PATH,
                when(absolute, path)
                    .otherwise(concat(lit(folder.endsWith("/") ? folder : folder + "/"), path)))
            .drop(Tables.SIZE_BYTES, Tables.MODIFIED_AT, Tables.CONTENT, Tables.CONTENT_AT);
    ImageListingRoots.of(folder, input.allowedRoots(), spark.sessionState().newHadoopConf())
        .requireWithin(images, what, folder);
    return new ImageListing.Found(images, found.leftOut());
  }
}
