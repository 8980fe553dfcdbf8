package org.dn2.pipeline;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.concat_ws;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.unix_millis;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.functions.xxhash64;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.dn2.image.ImageInput;
import org.dn2.image.ImageListing;
import org.dn2.image.LeftOut;
import org.dn2.store.Lease;
import org.dn2.store.Plant;
import org.dn2.table.PlantColumns;
import org.dn2.table.Tables;

/**
 * The images of a source as they were when they were listed.
 *
 * @param rows of {@link Tables#LISTING} and, for each, file_version; kept on the plant's store
 * @param count how many
 * @param listedBy the inputs, each with what the ids of its images begin with, where images are
 *     rows of tables or parts of files; empty where each is a file
 * @param leftOut what else was found
 */
record NightlyListing(
    Dataset<Row> rows, long count, Map<String, ImageInput> listedBy, LeftOut leftOut) {

  /**
   * Lists.
   *
   * @param source that the inputs are, for names of files
   * @param inputs each with what the ids of its images begin with
   */
  static NightlyListing of(
      SparkSession spark, Plant plant, Lease lease, String source, Map<String, ImageInput> inputs) {
    Dataset<Row> rows = null;
    LeftOut leftOut = LeftOut.NOTHING;
    List<ImageListing.Found> all = new ArrayList<>();
    for (Map.Entry<String, ImageInput> input : inputs.entrySet()) {
      String name = source + "-" + all.size();
      ImageListing.Found found =
          DataFaults.naming(
              List.of(input.getValue().path()),
              () ->
                  ImageListing.findWhateverIsThere(
                      spark, input.getValue(), listed -> plant.keep(name, listed, lease)));
      all.add(found);
      Dataset<Row> named =
          found
              .images()
              .withColumn(Tables.IMAGE_ID, concat(lit(input.getKey()), col(Tables.IMAGE_ID)))
              .withColumn(PlantColumns.FILE_VERSION, fileVersion());
      rows = rows == null ? named : rows.union(named);
      leftOut = leftOut.and(found.leftOut());
    }
    if (rows == null) {
      rows =
          spark.createDataFrame(
              List.of(), Tables.LISTING.add(PlantColumns.FILE_VERSION, DataTypes.StringType, true));
    }
    Row counts =
        rows.agg(
                functions.count(lit(1)),
                count_if(col(Tables.CONTENT_AT).isNotNull().or(col(Tables.CROP_X).isNotNull())))
            .head();
    return new NightlyListing(
        rows, counts.getLong(0), counts.getLong(1) > 0 ? inputs : Map.of(), leftOut);
  }

  private static Column fileVersion() {
    Column content =
        coalesce(
            col(Tables.STORE_TAG),
            unix_millis(col(Tables.MODIFIED_AT)).cast(DataTypes.StringType),
            when(
                col(Tables.CONTENT_AT).isNotNull(),
                xxhash64(col(Tables.CONTENT_AT)).cast(DataTypes.StringType)),
            lit(""));
    return when(
        col(Tables.SIZE_BYTES).isNotNull(),
        concat_ws("-", col(Tables.SIZE_BYTES).cast(DataTypes.StringType), content));
  }
}
