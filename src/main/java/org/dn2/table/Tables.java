package org.dn2.table;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.raise_error;
import static org.apache.spark.sql.types.DataTypes.BinaryType;
import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.FloatType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.TimestampType;
import static org.apache.spark.sql.types.DataTypes.createArrayType;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.AtomicType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** Column names and schemas of every table that is exchanged between rooms or written. */
public final class Tables {
  public static final String IMAGE_ID = "image_id";
  public static final String PATH = "path";
  public static final String SIZE_BYTES = "size_bytes";
  public static final String MODIFIED_AT = "modified_at";
  public static final String CONTENT_SHA256 = "content_sha256";
  public static final String LABEL = "label";
  public static final String GROUP_ID = "group_id";
  public static final String SPLIT = "split";
  public static final String CROP_X = "x";
  public static final String CROP_Y = "y";
  public static final String CROP_WIDTH = "width";
  public static final String CROP_HEIGHT = "height";
  public static final String CONTENT = "content";
  public static final String EMBEDDING = "embedding";
  public static final String MODEL_ID = "model_id";
  public static final String REASON = "reason";
  public static final String MESSAGE = "message";
  public static final String SCORE = "score";
  public static final String THRESHOLD = "threshold";
  public static final String IS_ANOMALY = "is_anomaly";
  public static final String P_VALUE = "p_value";
  public static final String NEIGHBOR_IDS = "neighbor_ids";
  public static final String NEIGHBOR_DISTANCES = "neighbor_distances";
  public static final String DETECTOR_ID = "detector_id";
  public static final String RUN_ID = "run_id";
  public static final String SCORED_AT = "scored_at";
  public static final String RUN_DATE = "run_date";

  /**
   * In tables under way: a hash of an image's row in the listing, which tells whether it changed.
   */
  public static final String LISTED_AS = "_listed_as";

  /** In listings: where in a table the encoded bytes are, a {@link ContentPlace}. */
  public static final String CONTENT_AT = "_content_at";

  /** In listings: what the store calls the content, such as an object's ETag. */
  public static final String STORE_TAG = "_store_tag";

  private static final StructType IMAGES_WITHOUT_CONTENT =
      new StructType()
          .add(IMAGE_ID, StringType, false)
          .add(PATH, StringType, true)
          .add(SIZE_BYTES, LongType, true)
          .add(MODIFIED_AT, TimestampType, true)
          .add(LABEL, StringType, true)
          .add(GROUP_ID, StringType, true)
          .add(SPLIT, StringType, true)
          .add(CROP_X, IntegerType, true)
          .add(CROP_Y, IntegerType, true)
          .add(CROP_WIDTH, IntegerType, true)
          .add(CROP_HEIGHT, IntegerType, true);

  /**
   * A listing of images: one row per image to embed. {@code path} can be opened through Hadoop's
   * file systems unless {@code _content_at} (nullable) tells where in a table the encoded bytes
   * are; no listing has the bytes themselves. The crop columns are all null or all set, in pixels
   * of the decoded image, {@code x}, {@code y} the upper left corner. {@code size_bytes} is null
   * where it is not known; of tables that do not say it, the mean. {@code _store_tag} is null where
   * the store has no such name.
   */
  public static final StructType LISTING =
      IMAGES_WITHOUT_CONTENT
          .add(CONTENT_AT, ContentPlace.SCHEMA, true)
          .add(STORE_TAG, StringType, true);

  /** A table of images: as listed, with {@code content}, the encoded bytes. */
  public static final StructType IMAGES =
      ImageWords.ALL.on(IMAGES_WITHOUT_CONTENT.add(CONTENT, BinaryType, true));

  /** One row per embedded image; {@code embedding} holds the model's dimension of finite floats. */
  public static final StructType EMBEDDINGS =
      ImageWords.ALL.on(
          new StructType()
              .add(IMAGE_ID, StringType, false)
              .add(PATH, StringType, true)
              .add(SIZE_BYTES, LongType, true)
              .add(MODIFIED_AT, TimestampType, true)
              .add(CONTENT_SHA256, StringType, true)
              .add(LABEL, StringType, true)
              .add(GROUP_ID, StringType, true)
              .add(EMBEDDING, createArrayType(FloatType, false), false)
              .add(MODEL_ID, StringType, false));

  /** One row per listed image that has no embedding; {@code reason} is a {@code RejectReason}. */
  public static final StructType REJECTS =
      ImageWords.REJECTS.on(
          new StructType()
              .add(IMAGE_ID, StringType, false)
              .add(PATH, StringType, true)
              .add(SIZE_BYTES, LongType, true)
              .add(REASON, StringType, false)
              .add(MESSAGE, StringType, false));

  /** One row per group that has no score. */
  public static final StructType REJECTED_GROUPS =
      new StructType()
          .add(REJECTS.apply(IMAGE_ID))
          .add(REJECTS.apply(REASON))
          .add(REJECTS.apply(MESSAGE));

  /**
   * One row per scored image or group, without the two columns ({@code run_date}, {@code run_id})
   * that the folders on disk carry. {@code score} is 0 or more, higher is more anomalous; {@code
   * neighbor_distances} are the detector's distances, ascending. Without a detector the columns
   * that come from one are null, and the neighbors empty.
   */
  public static final StructType SCORES =
      ImageWords.ALL.on(
          new StructType()
              .add(IMAGE_ID, StringType, false)
              .add(PATH, StringType, true)
              .add(LABEL, StringType, true)
              .add(GROUP_ID, StringType, true)
              .add(SCORE, DoubleType, false)
              .add(THRESHOLD, DoubleType, true)
              .add(IS_ANOMALY, BooleanType, true)
              .add(P_VALUE, DoubleType, true)
              .add(NEIGHBOR_IDS, createArrayType(StringType, false), false)
              .add(NEIGHBOR_DISTANCES, createArrayType(DoubleType, false), false)
              .add(DETECTOR_ID, StringType, true)
              .add(SCORED_AT, TimestampType, false));

  /** What folders {@code run_date=DATE/run_id=ID} carry beside the rows in them. */
  public static final StructType RUN_FOLDERS =
      ImageWords.ALL.on(
          new StructType().add(RUN_DATE, DateType, false).add(RUN_ID, StringType, false));

  private static final int SHOWN_COLUMNS = 50;

  private Tables() {}

  /**
   * Checks that a table has columns of the given names.
   *
   * @param what the table in the user's words, for the message
   * @throws UserDataException naming the missing columns and those that are there
   */
  public static void requireColumns(Dataset<Row> table, String what, String... names) {
    List<String> present = Arrays.asList(table.columns());
    requireColumns(present, present, what, names);
  }

  /**
   * Columns of a table in the types of a schema. Any single value makes text, and any number a
   * number.
   *
   * @param what the table in the user's words, for the message
   * @throws UserDataException if a column is missing, or of a type that does not become the
   *     schema's; a null where the schema allows none is found when its row is read
   */
  public static Dataset<Row> typed(
      Dataset<Row> table, String what, StructType schema, String... names) {
    requireColumns(table, what, names);
    return table.select(
        Arrays.stream(names)
            .map(name -> typed(table.schema().apply(name), what, schema.apply(name)))
            .toArray(Column[]::new));
  }

  private static Column typed(StructField given, String what, StructField wanted) {
    DataType from = given.dataType();
    DataType to = wanted.dataType();
    boolean becomes =
        DataType.equalsIgnoreNullability(from, to)
            || (to.equals(StringType) && from instanceof AtomicType && !from.equals(BinaryType))
            || (to instanceof NumericType && from instanceof NumericType)
            || (to instanceof ArrayType list
                && from instanceof ArrayType numbers
                && list.elementType() instanceof NumericType
                && numbers.elementType() instanceof NumericType);
    if (!becomes) {
      throw new UserDataException(
          "%s: the column %s is of type %s; it must be %s."
              .formatted(what, given.name(), from.simpleString(), to.simpleString()));
    }
    Column column = col("`" + given.name() + "`");
    if (!DataType.equalsIgnoreNullability(from, to)) {
      column = column.cast(to);
    }
    return (wanted.nullable() || !given.nullable() ? column : notNull(column, what, wanted.name()))
        .as(wanted.name());
  }

  private static Column notNull(Column column, String what, String name) {
    String fault = "%s: a row has no %s; each needs one.".formatted(what, name);
    return coalesce(column, raise_error(lit(fault)));
  }

  /**
   * Checks that names are among those of a table's columns.
   *
   * @param shown the columns' names as the user wrote them
   */
  static void requireColumns(
      Collection<String> present, List<String> shown, String what, String... names) {
    List<String> missing = Arrays.stream(names).filter(name -> !present.contains(name)).toList();
    if (!missing.isEmpty()) {
      throw new UserDataException(
          "%s lacks the column%s %s; it has %s."
              .formatted(
                  what,
                  missing.size() == 1 ? "" : "s",
                  String.join(", ", missing),
                  shown.isEmpty()
                      ? "no columns"
                      : shown.stream()
                              .limit(SHOWN_COLUMNS)
                              .map(Printable::of)
                              .collect(Collectors.joining(", "))
                          + (shown.size() > SHOWN_COLUMNS ? " and more" : "")));
    }
  }
}
