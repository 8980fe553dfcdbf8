package org.dn2.pipeline;

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
import org.dn2.csv.CsvRow;
import org.dn2.csv.CsvRows;
import org.dn2.csv.CsvTable;
import org.dn2.table.ColumnNames;
import org.dn2.table.LiteralPath;
import org.dn2.table.Printable;
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
    Map<String, String> byImage = read(file, requireFile(spark, file), spark);
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

  private static Map<String, String> read(String file, Path path, SparkSession spark) {
    String what = "The labels " + file;
    Map<String, String> byImage = new TreeMap<>();
    try (CsvTable table =
        CsvTable.open(
            what,
            path,
            List.of(Tables.IMAGE_ID, Tables.LABEL),
            spark.sessionState().newHadoopConf())) {
      ColumnNames columns = table.columns();
      columns.require(Tables.IMAGE_ID, Tables.LABEL);
      CsvRows rows = table.rows();
      while (rows.hasNext()) {
        CsvRow row = rows.next();
        String image = row.cells().get(columns.position(Tables.IMAGE_ID)).text();
        String label = row.cells().get(columns.position(Tables.LABEL)).trimmed();
        if (image.isEmpty() || label.isEmpty()) {
          throw new UserDataException(
              "%s, line %d: it has no %s; give every row an image and a label."
                  .formatted(what, row.line(), image.isEmpty() ? "image" : "label"));
        }
        if (byImage.put(image, label) != null) {
          throw new UserDataException(
              "%s, line %d: the image %s occurs more than once; remove all but one of its rows."
                  .formatted(what, row.line(), Printable.of(image)));
        }
      }
    }
    return byImage;
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
