package org.dn2.ml;

import static org.apache.spark.sql.functions.col;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.dn2.table.UserDataException;

/** Checks of the columns that stages take and add. */
final class MlColumns {
  private static final Set<DataType> IDS =
      Set.of(
          DataTypes.StringType,
          DataTypes.ByteType,
          DataTypes.ShortType,
          DataTypes.IntegerType,
          DataTypes.LongType);

  private MlColumns() {}

  /**
   * Checks that a column is there.
   *
   * @param what it holds
   * @param setter by which another is named
   */
  static void require(StructType schema, String name, String what, String setter) {
    if (!Arrays.asList(schema.fieldNames()).contains(name)) {
      throw new UserDataException(
          "There is no column %s with the %s; the columns are %s. Name it by %s."
              .formatted(name, what, String.join(", ", schema.fieldNames()), setter));
    }
  }

  /**
   * Checks that a column can name rows: texts and whole numbers look the same wherever they are
   * read.
   */
  static void requireId(StructType schema, String name) {
    require(schema, name, "names of rows", "setIdCol");
    DataType type = schema.apply(name).dataType();
    if (!IDS.contains(type)) {
      throw new UserDataException(
          "The column %s is of type %s; a row is named by a string or a whole number."
              .formatted(name, type.simpleString()));
    }
  }

  /** A row without a name is refused where rows are read. */
  static String missingId(String name) {
    return "A row has no %s, which names it; each needs one.".formatted(name);
  }

  /** The column of exactly that name, whatever is in it. */
  static Column column(String name) {
    return col("`" + name.replace("`", "``") + "`");
  }

  /** Checks that no column is there twice, and none of those that are added. */
  static void requireFree(StructType schema, String... added) {
    Set<String> names = new HashSet<>();
    for (String name : schema.fieldNames()) {
      if (!names.add(name.toLowerCase(Locale.ROOT))) {
        throw new UserDataException(
            "There are two columns %s. Rename or drop one.".formatted(name));
      }
    }
    for (String name : added) {
      if (names.contains(name.toLowerCase(Locale.ROOT))) {
        throw new UserDataException(
            "There is a column %s already, which this stage adds. Rename or drop it."
                .formatted(name));
      }
    }
  }
}
