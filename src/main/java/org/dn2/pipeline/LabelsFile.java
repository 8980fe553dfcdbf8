package org.dn2.pipeline;

import static org.apache.spark.sql.functions.col;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.dn2.table.LiteralPath;
import org.dn2.table.Tables;
import org.dn2.table.UserDataException;

/**
 * Labels that came after the images, such as a person's verdicts: a CSV file with the columns
 * image_id and label, among others.
 */
final class LabelsFile {
  private static final StructType LABELS =
      new StructType()
          .add(Tables.IMAGE_ID, DataTypes.StringType, false)
          .add(Tables.LABEL, DataTypes.StringType, false);

  private final String file;
  private final Dataset<Row> labels;

  /**
   * Reads the whole file.
   *
   * @throws UserDataException if it is missing, no such table, or has an image twice or unlabeled
   */
  LabelsFile(SparkSession spark, String file) {
    this.file = file;
    Path path = requireFile(spark, file);
    Map<String, String> byImage = new TreeMap<>();
    for (Row row : read(spark, path)) {
      if (row.isNullAt(0) || row.isNullAt(1)) {
        throw new UserDataException(
            "A row of the labels %s has no %s: %s."
                .formatted(file, row.isNullAt(0) ? "image" : "label", row));
      }
      if (byImage.put(row.getString(0), row.getString(1)) != null) {
        throw new UserDataException(
            "The labels %s have the image %s more than once.".formatted(file, row.getString(0)));
      }
    }
    List<Row> rows = new ArrayList<>();
    byImage.forEach((image, label) -> rows.add(RowFactory.create(image, label)));
    this.labels = spark.createDataFrame(rows, LABELS);
  }

  private static Path requireFile(SparkSession spark, String file) {
    try {
      Path path = LiteralPath.given(file);
      FileSystem files = path.getFileSystem(spark.sessionState().newHadoopConf());
      if (!files.exists(path)) {
        throw new UserDataException("There are no labels: " + file + " is missing.");
      }
      FileStatus status = files.getFileStatus(path);
      if (status.isDirectory()) {
        throw new UserDataException(
            "The labels " + file + " are a folder; give a CSV file with image_id and label.");
      }
      return status.getPath();
    } catch (IOException | IllegalArgumentException e) {
      throw new UserDataException("The labels " + file + " cannot be read: " + e.getMessage(), e);
    }
  }

  private List<Row> read(SparkSession spark, Path path) {
    try {
      Dataset<Row> given =
          spark
              .read()
              .option("header", "true")
              .option("multiLine", "true")
              .option("quote", "\"")
              .option("escape", "\"")
              .option("mode", "FAILFAST")
              .csv(LiteralPath.of(path.toString()));
      Tables.requireColumns(given, "The labels " + file, Tables.IMAGE_ID, Tables.LABEL);
      return given.select(col(Tables.IMAGE_ID), col(Tables.LABEL)).collectAsList();
    } catch (UserDataException e) {
      throw e;
    } catch (RuntimeException e) {
      throw noTable(e);
    } catch (Exception e) {
      // Scala throws Spark's own without saying so.
      throw noTable(e);
    }
  }

  private UserDataException noTable(Exception e) {
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String reason = String.valueOf(root.getMessage()).lines().findFirst().orElse("");
    return new UserDataException(
        "The labels %s are no CSV table in which every row has as many cells as the first: %s"
            .formatted(file, reason),
        e);
  }

  /**
   * The images that have a label here, with it in the place of their own.
   *
   * @param folder of the embeddings, for the message
   * @throws UserDataException if none has
   */
  Dataset<Row> of(Dataset<Row> embeddings, String folder) {
    Dataset<Row> labeled = embeddings.drop(Tables.LABEL).join(labels, Tables.IMAGE_ID);
    if (labeled.isEmpty()) {
      throw new UserDataException(
          "No image of %s is among the labels %s, whose image_id must be those of the embeddings, such as %s."
              .formatted(folder, file, embeddings.select(Tables.IMAGE_ID).head().getString(0)));
    }
    return labeled;
  }
}
