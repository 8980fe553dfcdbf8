package org.dn2.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.FileMetaData;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeUnit;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimestampLogicalTypeAnnotation;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.dn2.table.ColumnWords;

/** Looks at Parquet files as they lie on the disk. */
final class WrittenTables {
  private static final String SPARK_SCHEMA = "org.apache.spark.sql.parquet.row.metadata";

  private WrittenTables() {}

  /**
   * Requires of every Parquet file below a folder that the dictionary has its table, that each
   * column has its comment, and that nothing in it is read by some programs in another way.
   *
   * @param tables by their names in the dictionary, all of which must be there
   */
  static void require(Path folder, String... tables) {
    Set<String> found = new TreeSet<>();
    try (Stream<Path> files = Files.walk(folder);
        Connection duckDb = DriverManager.getConnection("jdbc:duckdb:")) {
      for (Path file : files.filter(path -> path.toString().endsWith(".parquet")).toList()) {
        found.add(require(file, duckDb));
      }
    } catch (IOException | SQLException e) {
      throw new IllegalStateException(e);
    }
    assertThat(found).containsExactlyInAnyOrder(tables);
  }

  private static String require(Path file, Connection duckDb) throws IOException, SQLException {
    FileMetaData footer;
    try (ParquetFileReader reader =
        ParquetFileReader.open(
            HadoopInputFile.fromPath(
                new org.apache.hadoop.fs.Path(file.toUri()), new Configuration()))) {
      footer = reader.getFileMetaData();
    }
    for (ColumnDescriptor column : footer.getSchema().getColumns()) {
      requireKnownTime(column, file);
    }
    StructType written =
        (StructType) DataType.fromJson(footer.getKeyValueMetaData().get(SPARK_SCHEMA));
    DataDictionary.Table table = tableOf(written, file);
    for (StructField field : written.fields()) {
      assertThat(field.getComment().getOrElse(() -> ""))
          .as("the comment of %s in %s", field.name(), file)
          .isEqualTo(ColumnWords.comment(table.schema().apply(field.name())));
      requireNoNullsInside(field, file, duckDb);
    }
    return table.name();
  }

  private static void requireKnownTime(ColumnDescriptor column, Path file) {
    String what = String.join(".", column.getPath()) + " in " + file;
    PrimitiveTypeName type = column.getPrimitiveType().getPrimitiveTypeName();
    assertThat(type).as(what).isNotEqualTo(PrimitiveTypeName.INT96);
    LogicalTypeAnnotation meaning = column.getPrimitiveType().getLogicalTypeAnnotation();
    if (meaning instanceof TimestampLogicalTypeAnnotation time) {
      assertThat(time.getUnit()).as(what).isEqualTo(TimeUnit.MICROS);
      assertThat(time.isAdjustedToUTC()).as(what).isTrue();
    }
  }

  private static DataDictionary.Table tableOf(StructType written, Path file) {
    List<DataDictionary.Table> fitting =
        DataDictionary.TABLES.stream()
            .filter(
                table -> DataType.equalsIgnoreNullability(plain(table.schema()), plain(written)))
            .toList();
    assertThat(fitting).as("tables of the dictionary like %s: %s", file, written).hasSize(1);
    return fitting.get(0);
  }

  /** Without words. */
  private static StructType plain(StructType schema) {
    StructType plain = new StructType();
    for (StructField field : schema.fields()) {
      plain = plain.add(field.name(), field.dataType(), true);
    }
    return plain;
  }

  private static void requireNoNullsInside(StructField field, Path file, Connection duckDb)
      throws SQLException {
    String values = "\"" + field.name() + "\"";
    if (field.dataType() instanceof MapType) {
      values = "map_values(" + values + ")";
    } else if (!(field.dataType() instanceof ArrayType)) {
      return;
    }
    try (Statement statement = duckDb.createStatement();
        ResultSet count =
            statement.executeQuery(
                "SELECT count(*) FROM read_parquet('%s') WHERE list_count(%s) < len(%s)"
                    .formatted(file, values, values))) {
      count.next();
      assertThat(count.getLong(1)).as("nulls inside %s in %s", field.name(), file).isZero();
    }
  }
}
