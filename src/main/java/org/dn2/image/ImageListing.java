package org.dn2.image;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_distinct;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.regexp_extract;
import static org.apache.spark.sql.functions.when;

import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructField;
import org.dn2.table.Printable;
import org.dn2.table.Tables;
import org.dn2.table.UserDataException;

/**
 * Lists the images of an {@link ImageInput} as a table under {@link Tables#LISTING}. No image is
 * opened, nor are the bytes in a table read: what cannot be read is for the decoding task to
 * reject.
 */
public final class ImageListing {
  private static final int SHOWN_LABELS = 20;
  private static final int SHOWN_DUPLICATES = 5;

  private ImageListing() {}

  /**
   * The images that an input means, and what else is there.
   *
   * @param images rows of {@link Tables#LISTING}
   * @param leftOut everything that was found and is not among them
   */
  public record Found(Dataset<Row> images, LeftOut leftOut) {}

  /**
   * The images that the input means, unordered, partitioned as the source is. Runs Spark jobs to
   * check the listing.
   *
   * @throws UserDataException if the path or a column is missing, a manifest names a file outside
   *     of its roots, a pattern or a crop is malformed, an {@code image_id} is empty or occurs
   *     twice, nothing is left after the filters, or a pattern matches no image
   */
  public static Dataset<Row> list(SparkSession spark, ImageInput input) {
    return find(spark, input).images();
  }

  /**
   * The images of {@link #list} and the number of entries that are left out, by rule.
   *
   * @throws UserDataException as there
   */
  public static Found find(SparkSession spark, ImageInput input) {
    ImageListingSource source = ImageListingSource.of(spark, input);
    Found all = source.images();
    Found found = new Found(labeled(all.images(), input), all.leftOut());
    Found kept = ImageListingChoice.of(found, input);
    if (kept.images().isEmpty()) {
      throw nothingLeft(found.images(), input, found.leftOut());
    }
    ImageListingLabels.requireMatches(ImageListingChoice.ofSplit(found.images(), input), input);
    ImageListingLabels.requireEach(kept.images(), input);
    requireUniqueIds(kept.images(), input.path());
    return new Found(kept.images().drop(ImageListingCsv.ROW), kept.leftOut());
  }

  /**
   * The images of an input to which new ones come: there may be none, and each row tells its file's
   * size and time, which are looked up where a manifest names the file; they are null where there
   * is no such file.
   *
   * @param keep gives back the rows that it is given, kept so that they stay as they are; the
   *     driver does not hold them
   * @throws UserDataException if the path or a column is missing, a pattern or a crop is malformed,
   *     or an {@code image_id} is empty or occurs twice
   */
  public static Found findWhateverIsThere(
      SparkSession spark, ImageInput input, UnaryOperator<Dataset<Row>> keep) {
    Found all = ImageListingSource.of(spark, input).images(keep);
    Found kept =
        ImageListingChoice.of(new Found(labeled(all.images(), input), all.leftOut()), input);
    requireUniqueIds(kept.images(), input.path());
    return new Found(kept.images().drop(ImageListingCsv.ROW), kept.leftOut());
  }

  private static Dataset<Row> labeled(Dataset<Row> images, ImageInput input) {
    return conform(images)
        .withColumn(Tables.LABEL, orPattern(Tables.LABEL, input.labelPattern()))
        .withColumn(Tables.GROUP_ID, orPattern(Tables.GROUP_ID, input.groupPattern()));
  }

  static Found all(Dataset<Row> images) {
    return new Found(images, LeftOut.NOTHING);
  }

  /**
   * The columns of {@link Tables#LISTING}, null where the source has none, and where a row is
   * written, if the source says it.
   */
  static Dataset<Row> conform(Dataset<Row> found) {
    List<String> present = Arrays.asList(found.columns());
    return found.select(
        Stream.concat(
                Arrays.stream(Tables.LISTING.fields()).map(field -> conform(field, present)),
                Stream.of(ImageListingCsv.ROW).filter(present::contains).map(name -> col(name)))
            .toArray(Column[]::new));
  }

  private static Column conform(StructField field, List<String> present) {
    Column value = present.contains(field.name()) ? col(field.name()) : lit(null);
    value = value.cast(field.dataType());
    // An absent image_id becomes empty text, which is rejected below, so that the column's type
    // says that it is never null.
    return (field.nullable() ? value : coalesce(value, lit(""))).as(field.name());
  }

  private static Column orPattern(String name, String pattern) {
    Column own = when(col(name).notEqual(""), col(name));
    if (pattern == null) {
      return own;
    }
    Column matched = regexp_extract(col(Tables.IMAGE_ID), pattern, 1);
    return coalesce(own, when(matched.notEqual(""), matched));
  }

  private static void requireUniqueIds(Dataset<Row> listed, String path) {
    Column id = col(Tables.IMAGE_ID);
    Row counts = listed.agg(count_if(id.equalTo("")), count(id), count_distinct(id)).head();
    if (counts.getLong(0) == 0 && counts.getLong(1) == counts.getLong(2)) {
      return;
    }
    if (counts.getLong(0) > 0) {
      throw new UserDataException(
          "An image at %s has an empty image_id; give every row a path or an image_id."
              .formatted(path));
    }
    Column place =
        Arrays.asList(listed.columns()).contains(ImageListingCsv.ROW)
            ? concat(lit(" ("), max(ImageListingCsv.ROW), lit(")"))
            : lit("");
    List<Row> twice =
        listed
            .groupBy(id)
            .agg(count(lit(1)).as("count"), place.as("place"))
            .where(col("count").gt(1))
            .orderBy(id)
            .select(concat(id, col("place")))
            .takeAsList(SHOWN_DUPLICATES);
    throw new UserDataException(
        ("At %s the image_id of some images occurs more than once, such as %s;"
                + " remove the double rows or add a column image_id that tells them apart.")
            .formatted(
                path,
                twice.stream()
                    .map(row -> Printable.of(row.getString(0)))
                    .collect(Collectors.joining(", "))));
  }

  private static UserDataException nothingLeft(
      Dataset<Row> listed, ImageInput input, LeftOut leftOut) {
    long count = listed.count();
    if (count == 0) {
      return new UserDataException(
          "No images were found at %s%s; %s."
              .formatted(
                  input.path(),
                  input.glob() == null ? "" : " that match " + input.glob(),
                  leftOut));
    }
    StringBuilder message =
        new StringBuilder("None of the %d images at %s".formatted(count, input.path()));
    if (input.split() != null) {
      message.append(" of the split ").append(input.split());
    }
    if (!input.labels().isEmpty()) {
      message.append(" with the label ").append(String.join(" or ", input.labels()));
    }
    message.append(" is left; ");
    message.append(valuesOf(listed, Tables.SPLIT, "splits"));
    message.append(" and ").append(valuesOf(listed, Tables.LABEL, "labels")).append('.');
    return new UserDataException(message.toString());
  }

  private static String valuesOf(Dataset<Row> listed, String name, String plural) {
    List<Row> values =
        listed
            .select(name)
            .where(col(name).isNotNull())
            .distinct()
            .orderBy(name)
            .takeAsList(SHOWN_LABELS + 1);
    if (values.isEmpty()) {
      return "there are no " + plural;
    }
    String shown =
        values.stream()
            .limit(SHOWN_LABELS)
            .map(row -> row.getString(0))
            .collect(Collectors.joining(", "));
    return "the %s are %s%s"
        .formatted(plural, shown, values.size() > SHOWN_LABELS ? " and more" : "");
  }
}
