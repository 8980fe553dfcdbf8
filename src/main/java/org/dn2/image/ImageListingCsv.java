package org.dn2.image;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;
import org.apache.spark.util.TaskCompletionListener;
import org.dn2.csv.CsvCell;
import org.dn2.csv.CsvRow;
import org.dn2.csv.CsvRows;
import org.dn2.csv.CsvTable;
import org.dn2.table.ColumnNames;
import org.dn2.table.Tables;
import org.dn2.table.UserDataException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rows of a manifest in CSV. The driver reads all of it once, so that what is wrong is told
 * before any work, and keeps nothing; tasks read it again, one for each file.
 */
final class ImageListingCsv {
  /** A column that says where a row is written, such as {@code line 7}; for messages. */
  static final String ROW = "_row";

  private static final Logger LOG = LoggerFactory.getLogger(ImageListingCsv.class);

  private static final List<String> AS_WRITTEN = List.of(Tables.PATH, Tables.IMAGE_ID);

  private ImageListingCsv() {}

  /**
   * The known columns that are there, as text without blanks around it (paths and ids as they are
   * written), null where nothing is written; and {@link #ROW}. Rows in which nothing is written are
   * left out.
   *
   * @param root the file, or the folder that the files are in
   * @param files with the same columns each
   * @throws UserDataException with the line's number if a file is malformed or a row has no path
   */
  static ImageListing.Found read(SparkSession spark, FileStatus root, List<FileStatus> files) {
    SerializableConfiguration hadoop =
        new SerializableConfiguration(spark.sessionState().newHadoopConf());
    List<Part> parts = new ArrayList<>();
    List<String> columns = null;
    long blankRows = 0;
    for (FileStatus file : files) {
      if (file.getLen() == 0 && files.size() > 1) {
        continue;
      }
      Part part =
          new Part(
              "The manifest " + file.getPath(),
              file.getPath().toString(),
              root.isFile() ? "" : " of " + file.getPath().getName());
      Checked checked = part.check(hadoop.value());
      List<String> found = checked.columns();
      blankRows += checked.blankRows();
      if (columns == null) {
        columns = found;
      } else if (!Set.copyOf(columns).equals(Set.copyOf(found))) {
        throw new UserDataException(
            "%s has the columns %s, but %s has %s; all files of a manifest have the same."
                .formatted(
                    parts.get(0).what(),
                    String.join(", ", columns),
                    file.getPath(),
                    String.join(", ", found)));
      }
      parts.add(part);
    }
    if (columns == null) {
      throw new UserDataException(
          "The manifest %s holds empty files only.".formatted(root.getPath()));
    }
    StructType schema = new StructType().add(ROW, DataTypes.StringType, false);
    for (String column : columns) {
      schema = schema.add(column, DataTypes.StringType, true);
    }
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    return new ImageListing.Found(
        spark.createDataFrame(
            context
                .parallelize(parts, parts.size())
                .flatMap(new ReadPart(List.copyOf(columns), hadoop)),
            schema),
        LeftOut.of(Map.of(LeftOutRule.BLANK_ROW, blankRows)));
  }

  private record ReadPart(List<String> columns, SerializableConfiguration hadoop)
      implements FlatMapFunction<Part, Row> {
    @Override
    public Iterator<Row> call(Part part) {
      CsvTable table = part.open(hadoop.value());
      TaskContext.get().addTaskCompletionListener((TaskCompletionListener) ended -> table.close());
      CsvRows rows = table.rows();
      return new Iterator<>() {
        @Override
        public boolean hasNext() {
          return rows.hasNext();
        }

        @Override
        public Row next() {
          return part.toRow(rows.next(), table.columns(), columns);
        }
      };
    }
  }

  /**
   * A well-formed file.
   *
   * @param columns the known ones that are there
   */
  private record Checked(List<String> columns, long blankRows) {}

  /**
   * A file.
   *
   * @param inFile what a row's place ends with
   */
  private record Part(String what, String path, String inFile) implements Serializable {

    CsvTable open(Configuration hadoop) {
      CsvTable table = CsvTable.open(what, new Path(path), ImageListingColumns.NAMES, hadoop);
      table.columns().require(Tables.PATH);
      return table;
    }

    /** Reads all of it. */
    Checked check(Configuration hadoop) {
      try (CsvTable table = open(hadoop)) {
        ImageListingColumns.tellUnknown(what, table.columns());
        int path = table.columns().position(Tables.PATH);
        CsvRows rows = table.rows();
        while (rows.hasNext()) {
          CsvRow row = rows.next();
          if (row.cells().get(path).text().isEmpty()) {
            throw new UserDataException(
                "%s, line %d: it has no path; give every row one.".formatted(what, row.line()));
          }
        }
        if (rows.rowsOfSeveralLines() > 0) {
          LOG.warn(
              "{}: rows that go over several lines: {}; a quotation mark too many would look like that.",
              what,
              rows.rowsOfSeveralLines());
        }
        return new Checked(List.copyOf(table.columns().present()), rows.blankRows());
      }
    }

    Row toRow(CsvRow row, ColumnNames names, List<String> columns) {
      Object[] values = new Object[columns.size() + 1];
      values[0] = "line " + row.line() + inFile;
      for (int i = 0; i < columns.size(); i++) {
        String column = columns.get(i);
        CsvCell cell = row.cells().get(names.position(column));
        String text = AS_WRITTEN.contains(column) ? cell.text() : cell.trimmed();
        values[i + 1] = text.isEmpty() ? null : text;
      }
      return RowFactory.create(values);
    }
  }
}
