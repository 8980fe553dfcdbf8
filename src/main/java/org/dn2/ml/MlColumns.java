package org.dn2.ml;

import java.util.Arrays;
import org.apache.spark.sql.types.StructType;
import org.dn2.table.UserDataException;

/** Checks of the columns that stages take and add. */
final class MlColumns {
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

  /** Checks that what is added is not there. */
  static void requireFree(StructType schema, String... added) {
    for (String name : added) {
      if (Arrays.asList(schema.fieldNames()).contains(name)) {
        throw new UserDataException(
            "There is a column %s already, which this stage adds. Rename or drop it."
                .formatted(name));
      }
    }
  }
}
