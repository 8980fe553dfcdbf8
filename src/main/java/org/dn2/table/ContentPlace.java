package org.dn2.table;

import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import java.io.Serializable;
import java.util.Comparator;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/**
 * Where in a table an image's encoded bytes are, so that a listing need not carry them.
 *
 * @param file the URI of a Parquet file
 * @param column of bytes, or of a struct that has a field {@code bytes}
 * @param row in the file, from 0
 */
public record ContentPlace(String file, String column, long row) implements Serializable {
  /** As rows lie in their files. */
  public static final Comparator<ContentPlace> IN_FILES =
      Comparator.comparing(ContentPlace::file).thenComparingLong(ContentPlace::row);

  public static final String FILE = "file";
  public static final String COLUMN = "column";
  public static final String ROW = "row";

  /** The column of a listing; its last field changes whenever the file is written anew. */
  static final StructType SCHEMA =
      new StructType()
          .add(FILE, StringType, true)
          .add(COLUMN, StringType, true)
          .add(ROW, LongType, true)
          .add("version", LongType, true);

  /** Whether a listed image's bytes are in a table, not in a file of its own. */
  public static boolean isGiven(Row image) {
    return image.getAs(Tables.CONTENT_AT) != null;
  }

  /** Where a listed image's bytes are; null if they are no part of a table. */
  public static ContentPlace of(Row image) {
    Row place = image.getAs(Tables.CONTENT_AT);
    return place == null
        ? null
        : new ContentPlace(place.getString(0), place.getString(1), place.getLong(2));
  }
}
