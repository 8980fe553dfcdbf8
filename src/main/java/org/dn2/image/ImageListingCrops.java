package org.dn2.image;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.concat_ws;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.trim;
import static org.apache.spark.sql.functions.when;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.dn2.table.Printable;
import org.dn2.table.Tables;
import org.dn2.table.UserDataException;

/** The four columns that cut an image out of a larger one, as a manifest or a table gives them. */
final class ImageListingCrops {
  private static final List<String> COLUMNS =
      List.of(Tables.CROP_X, Tables.CROP_Y, Tables.CROP_WIDTH, Tables.CROP_HEIGHT);

  private static final String WHOLE = "^[0-9]+([.]0*)?$";

  /** How pandas and Spark write a missing number of a column of floating-point ones. */
  private static final String NOT_A_NUMBER = "NaN";

  private ImageListingCrops() {}

  /** Whether a source says anything of crops. */
  static boolean areIn(Dataset<Row> rows) {
    return Arrays.stream(rows.columns()).anyMatch(COLUMNS::contains);
  }

  /**
   * Checks that all four columns are there, and in every row whole numbers or nothing.
   *
   * @param what the rows' source in the user's words, for the message
   * @throws UserDataException if a column is missing, or showing a row whose crop is malformed
   */
  static void requireWhole(Dataset<Row> rows, String what) {
    Tables.requireColumns(rows.drop(ImageListingCsv.ROW), what, COLUMNS.toArray(String[]::new));
    Column none =
        COLUMNS.stream().map(name -> cell(name).isNull()).reduce(Column::and).orElseThrow();
    Column whole =
        COLUMNS.stream()
            .map(
                name ->
                    coalesce(
                        number(name)
                            .geq(name.equals(Tables.CROP_X) || name.equals(Tables.CROP_Y) ? 0 : 1),
                        lit(false)))
            .reduce(Column::and)
            .orElseThrow();
    List<String> present = Arrays.asList(rows.columns());
    List<String> shown =
        Stream.concat(
                Stream.of(Tables.PATH, Tables.IMAGE_ID).filter(present::contains).limit(1),
                COLUMNS.stream())
            .toList();
    List<String> taken = new ArrayList<>(shown);
    if (present.contains(ImageListingCsv.ROW)) {
      taken.add(ImageListingCsv.ROW);
    }
    Dataset<Row> broken =
        rows.where(not(none.or(whole)))
            .select(taken.stream().map(functions::col).toArray(Column[]::new));
    List<Row> first = broken.takeAsList(1);
    if (!first.isEmpty()) {
      throw new UserDataException(
          ("%s has a malformed crop in %s %s; give all of x, y (0 or more),"
                  + " width and height (1 or more) as whole numbers of pixels, or none.")
              .formatted(
                  what,
                  taken.size() > shown.size()
                      ? first.get(0).<String>getAs(ImageListingCsv.ROW) + ","
                      : "the row",
                  shown.stream()
                      .map(
                          name ->
                              name
                                  + "="
                                  + Printable.of(String.valueOf(first.get(0).<Object>getAs(name))))
                      .collect(Collectors.joining(", "))));
    }
  }

  /** The {@code image_id} of a crop: the path, {@code #} and the four numbers. */
  static Column id(Column path) {
    return when(
            cell(Tables.CROP_X).isNotNull(),
            concat(
                path,
                lit("#"),
                concat_ws(
                    ",", COLUMNS.stream().map(ImageListingCrops::number).toArray(Column[]::new))))
        .otherwise(path);
  }

  /** The rows with their crops as integers, null where a cell is empty. */
  static Dataset<Row> asNumbers(Dataset<Row> rows) {
    Dataset<Row> numbered = rows;
    for (String name : COLUMNS) {
      numbered = numbered.withColumn(name, number(name));
    }
    return numbered;
  }

  /** A crop's cell as trimmed text, null where it is empty or no number at all. */
  private static Column cell(String name) {
    Column text = trim(col(name).cast(DataTypes.StringType));
    return when(text.notEqual("").and(text.notEqual(NOT_A_NUMBER)), text);
  }

  /** The whole number in a cell, which may be written as {@code 3.0}; null for anything else. */
  private static Column number(String name) {
    return when(
        cell(name).rlike(WHOLE),
        cell(name).try_cast(DataTypes.createDecimalType(38, 10)).try_cast(DataTypes.IntegerType));
  }
}
