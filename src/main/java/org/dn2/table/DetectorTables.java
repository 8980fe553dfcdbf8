package org.dn2.table;

import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.createArrayType;

import org.apache.spark.sql.types.StructType;

/** Schemas of the tables in a detector's folder. */
public final class DetectorTables {
  /** The column of {@link #CLEANING} that says whether an image is dropped. */
  public static final String DROPPED = "dropped";

  /** The column of {@link #MEMBERS} with the center that stands for an image. */
  public static final String CENTER_ID = "center_id";

  private static final ColumnWords IMAGES =
      ColumnWords.of(
          """
          image_id | | unique | The image; of pooled groups, the group; in reference, where centers stand for images, center-NUMBER
          path | | | Where the image's file lies; null for groups, centers, and images in tables
          label | | | The class of the image; null where none was given, and for centers
          embedding | | finite | The features that are compared: what the features' map, whitening and pooling make of embeddings
          score | mean distance, by default of squared length | 0 or more | The image's score by images that it is none of
          dropped | | true, false | Whether the image was left out of the reference set
          center_id | | | The center that stands for the image: image_id in reference
          """);

  /** What new images are compared with: images, groups or centers. */
  public static final StructType REFERENCE =
      IMAGES.on(
          new StructType()
              .add(Tables.EMBEDDINGS.apply(Tables.IMAGE_ID))
              .add(Tables.EMBEDDINGS.apply(Tables.PATH))
              .add(Tables.EMBEDDINGS.apply(Tables.LABEL))
              .add(Tables.EMBEDDINGS.apply(Tables.EMBEDDING)));

  /** How normal images score that took no part in what judged them. */
  public static final StructType CALIBRATION =
      IMAGES.on(
          new StructType()
              .add(Tables.SCORES.apply(Tables.IMAGE_ID))
              .add(Tables.SCORES.apply(Tables.SCORE)));

  /** Which images were dropped from the reference set, by their scores. */
  public static final StructType CLEANING =
      IMAGES.on(
          new StructType()
              .add(Tables.SCORES.apply(Tables.IMAGE_ID))
              .add(Tables.SCORES.apply(Tables.PATH))
              .add(Tables.SCORES.apply(Tables.LABEL))
              .add(Tables.SCORES.apply(Tables.SCORE))
              .add(DROPPED, BooleanType, false));

  /** Which center stands for which image. */
  public static final StructType MEMBERS =
      IMAGES.on(
          new StructType()
              .add(Tables.EMBEDDINGS.apply(Tables.IMAGE_ID))
              .add(CENTER_ID, StringType, false));

  /**
   * A whitening's numbers: the row 0 holds the mean and no variance, the others a direction each,
   * by descending variance along it.
   */
  public static final StructType WHITENING =
      ColumnWords.of(
              """
              number | | 0 or more | 0 for the mean, then the directions, by descending variance
              variance | squared features | 0 or more | Of the features along the direction; null for the mean
              values | | finite | The mean or the direction, a number for each dimension
              """)
          .on(
              new StructType()
                  .add("number", IntegerType, false)
                  .add("variance", DoubleType, true)
                  .add("values", createArrayType(DoubleType, false), false));

  private DetectorTables() {}
}
