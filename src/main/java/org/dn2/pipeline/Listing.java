package org.dn2.pipeline;

import static org.apache.spark.sql.functions.bit_xor;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.xxhash64;

import java.util.Arrays;
import java.util.Locale;
import java.util.function.Supplier;
import org.apache.commons.lang3.ArrayUtils;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.storage.StorageLevel;
import org.dn2.image.ImageListing;
import org.dn2.image.LeftOut;
import org.dn2.table.Tables;
import org.dn2.work.Stage;

/**
 * The images of an input as they were when it was listed.
 *
 * @param rows of {@link Tables#LISTING} and, for each, {@link Tables#LISTED_AS}; cached
 * @param count how many
 * @param digest of all rows: another input, or a file that has changed, gives another
 * @param isOfTable whether the bytes of images are in a table's files
 * @param isOfParts whether some images are parts of files
 * @param leftOut what else was found
 */
record Listing(
    Dataset<Row> rows,
    long count,
    String digest,
    boolean isOfTable,
    boolean isOfParts,
    LeftOut leftOut)
    implements AutoCloseable {

  /**
   * Lists.
   *
   * @param path of the input, for the log
   * @param list lists
   */
  static Listing of(Stage stage, String path, Supplier<ImageListing.Found> list) {
    return stage.run(
        () -> of(list.get()),
        listing ->
            String.format(
                Locale.ROOT, "%,d images in %s, %s", listing.count(), path, listing.leftOut()));
  }

  private static Listing of(ImageListing.Found found) {
    Dataset<Row> rows =
        found
            .images()
            .withColumn(Tables.LISTED_AS, xxhash64(columns()))
            .persist(StorageLevel.MEMORY_AND_DISK());
    try {
      Row digest =
          digest(
              rows, functions.count(col(Tables.CONTENT_AT)), functions.count(col(Tables.CROP_X)));
      return new Listing(
          rows,
          digest.getLong(0),
          inWords(digest),
          digest.getLong(2) > 0,
          digest.getLong(3) > 0,
          found.leftOut());
    } catch (Throwable e) { // Scala throws checked ones without saying so.
      rows.unpersist();
      throw e;
    }
  }

  /**
   * In which order rows are handed to tasks: those of a table as they lie in its files, where they
   * are read from front to back.
   */
  static Column[] order() {
    return new Column[] {col(Tables.CONTENT_AT), col(Tables.IMAGE_ID)};
  }

  /**
   * Some of the rows, in partitions that do not mix what lies far apart in a table.
   *
   * @param chosen rows of {@link #rows} after a join
   */
  Dataset<Row> inPlace(Dataset<Row> chosen) {
    return isOfTable ? chosen.repartitionByRange(order()) : chosen;
  }

  /** Whether each image is a file of its own, which its path names. */
  boolean isOfFiles() {
    return !isOfTable && !isOfParts;
  }

  /** Whether a table has a row for each image as it was listed, and no other. */
  boolean isListedBy(Dataset<Row> rowsWithHash) {
    return digest.equals(inWords(digest(rowsWithHash)));
  }

  private static Row digest(Dataset<Row> rows, Column... more) {
    Column[] all = ArrayUtils.insert(0, more, coalesce(bit_xor(col(Tables.LISTED_AS)), lit(0L)));
    return rows.agg(functions.count(lit(1)), all).head();
  }

  private static String inWords(Row digest) {
    return String.format(Locale.ROOT, "%d-%016x", digest.getLong(0), digest.getLong(1));
  }

  @Override
  public void close() {
    rows.unpersist();
  }

  private static Column[] columns() {
    return Arrays.stream(Tables.LISTING.fieldNames()).map(name -> col(name)).toArray(Column[]::new);
  }
}
