package org.dn2.image;

import static org.apache.spark.sql.functions.col;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.dn2.table.ColumnNames;
import org.dn2.table.Printable;
import org.dn2.table.Tables;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The columns by which a manifest or a table of images says something. */
final class ImageListingColumns {
  /** Of a manifest. */
  static final List<String> NAMES =
      List.of(
          Tables.PATH,
          Tables.IMAGE_ID,
          Tables.LABEL,
          Tables.GROUP_ID,
          Tables.SPLIT,
          Tables.CROP_X,
          Tables.CROP_Y,
          Tables.CROP_WIDTH,
          Tables.CROP_HEIGHT);

  private static final Logger LOG = LoggerFactory.getLogger(ImageListingColumns.class);

  /** Those that Spark's own tables of images have, which mean nothing new. */
  private static final List<String> OWN =
      List.of(
          Tables.SIZE_BYTES,
          Tables.MODIFIED_AT,
          Tables.CONTENT_SHA256,
          Tables.CONTENT,
          Tables.CONTENT_AT);

  private ImageListingColumns() {}

  /**
   * A Parquet table's columns under their known names.
   *
   * @param more columns that mean something beside {@link #NAMES}
   * @param what the table in the user's words, for messages
   * @throws org.dn2.table.UserDataException if a name occurs twice, or is nearly a known one
   */
  static Dataset<Row> named(Dataset<Row> rows, Collection<String> more, String what) {
    List<String> known = new ArrayList<>(NAMES);
    known.addAll(more);
    List<String> given = Arrays.asList(rows.columns());
    ColumnNames names = ColumnNames.of(given, known, what);
    tellUnknown(what, names);
    Column[] columns = new Column[given.size()];
    for (int i = 0; i < columns.length; i++) {
      columns[i] = col("`" + given.get(i).replace("`", "``") + "`");
    }
    for (String name : names.present()) {
      columns[names.position(name)] = columns[names.position(name)].as(name);
    }
    return rows.select(columns);
  }

  /** Names in the log what is ignored. */
  static void tellUnknown(String what, ColumnNames names) {
    List<String> unknown =
        names.unknown().stream().filter(name -> !OWN.contains(name)).map(Printable::of).toList();
    if (!unknown.isEmpty()) {
      LOG.info(
          "{}: these columns mean nothing here and are ignored: {}",
          what,
          unknown.stream().collect(Collectors.joining(", ")));
    }
  }
}
