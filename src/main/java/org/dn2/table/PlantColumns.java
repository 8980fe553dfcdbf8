package org.dn2.table;

import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import org.apache.spark.sql.types.StructType;

/** What the tables of a plant have beside the columns of {@link Tables}. */
public final class PlantColumns {
  /** Where an image comes from: {@link #INBOX} or {@link #REFERENCE}. */
  public static final String SOURCE = "source";

  /** The source of images that are scored. */
  public static final String INBOX = "inbox";

  /** The source of normal images. */
  public static final String REFERENCE = "reference";

  /**
   * What tells a file from the one that had its name before: its size, and what the store calls the
   * content or else the time of its last change; null where there was no file.
   */
  public static final String FILE_VERSION = "file_version";

  /** Counts an image's files of other versions, from 1. */
  public static final String IMAGE_VERSION = "image_version";

  /** Of what else the embedding depends on: equal ones can be compared. */
  public static final String MODEL_FINGERPRINT = "model_fingerprint";

  /** The number of the run that wrote a row, among the runs of its plant. */
  public static final String RUN_SEQUENCE = "run_sequence";

  /** In a database: of the image's id, which may be too long for an index. */
  public static final String IMAGE_KEY = "image_key";

  /** Rows of {@link Tables#EMBEDDINGS}, those of a crop with its place in the image. */
  public static final StructType EMBEDDINGS =
      ImageWords.ALL.on(
          known(Tables.EMBEDDINGS)
              .add(Tables.CROP_X, IntegerType, true)
              .add(Tables.CROP_Y, IntegerType, true)
              .add(Tables.CROP_WIDTH, IntegerType, true)
              .add(Tables.CROP_HEIGHT, IntegerType, true));

  /** Rows of {@link Tables#REJECTS}. */
  public static final StructType REJECTS = ImageWords.REJECTS.on(known(Tables.REJECTS));

  /** Rows of {@link Tables#SCORES}. */
  public static final StructType SCORES =
      ImageWords.ALL.on(
          Tables.SCORES
              .add(IMAGE_VERSION, IntegerType, false)
              .add(MODEL_FINGERPRINT, StringType, false));

  /**
   * Rows of {@link #SCORES} in a table of a catalog, with what the plant's own folders carry, and
   * with the file that was scored.
   */
  public static final StructType CATALOG_SCORES =
      ImageWords.ALL.on(
          SCORES
              .add(FILE_VERSION, StringType, true)
              .add(Tables.RUN_DATE, DateType, false)
              .add(Tables.RUN_ID, StringType, false)
              .add(RUN_SEQUENCE, LongType, false));

  /** An image and version that a detector found anomalous: a row of a database's table. */
  public static final StructType ANOMALIES =
      ImageWords.ALL.on(
          new StructType()
              .add(IMAGE_KEY, StringType, false)
              .add(Tables.SCORES.apply(Tables.IMAGE_ID))
              .add(IMAGE_VERSION, IntegerType, false)
              .add(Tables.SCORES.apply(Tables.PATH))
              .add(Tables.SCORES.apply(Tables.SCORE))
              .add(Tables.SCORES.apply(Tables.THRESHOLD))
              .add(Tables.SCORES.apply(Tables.P_VALUE))
              .add(Tables.SCORES.apply(Tables.NEIGHBOR_IDS))
              .add(Tables.DETECTOR_ID, StringType, false)
              .add(Tables.RUN_DATE, DateType, false)
              .add(Tables.RUN_ID, StringType, false)
              .add(RUN_SEQUENCE, LongType, false)
              .add(Tables.SCORES.apply(Tables.SCORED_AT)));

  private PlantColumns() {}

  private static StructType known(StructType schema) {
    return schema
        .add(SOURCE, StringType, false)
        .add(FILE_VERSION, StringType, true)
        .add(IMAGE_VERSION, IntegerType, false)
        .add(MODEL_FINGERPRINT, StringType, false);
  }
}
