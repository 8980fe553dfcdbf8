package org.dn2.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.spark.sql.DataFrameReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RuntimeConfig;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructType;
import org.dn2.table.LiteralPath;
import org.dn2.table.TableFault;
import org.dn2.table.UserDataException;
import org.dn2.work.TasksUnderWay;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes Parquet beside whatever is in a folder, and tells which files it wrote. */
final class TableFiles {
  private static final Logger LOG = LoggerFactory.getLogger(TableFiles.class);

  /** Under which Spark notes a table's schema in a Parquet file. */
  private static final String SCHEMA = "org.apache.spark.sql.parquet.row.metadata";

  private static final String PROTOCOL = "spark.sql.sources.commitProtocolClass";

  /** Spark's default has no unit and no time zone, and is read in different ways. */
  private static final String TIMES = "spark.sql.parquet.outputTimestampType";

  private static final String MICROSECONDS = "TIMESTAMP_MICROS";

  /**
   * Found to be right on S3: uploads that end when the job is committed, no renames, and other
   * runs' uploads left alone. Other stores pass over these.
   */
  private static final Map<String, String> COMMITTER =
      Map.of(
          "mapreduce.outputcommitter.factory.scheme.s3a",
          "org.apache.hadoop.fs.s3a.commit.S3ACommitterFactory",
          "fs.s3a.committer.name",
          "magic",
          "fs.s3a.committer.abort.pending.uploads",
          "false",
          "mapreduce.fileoutputcommitter.marksuccessfuljobs",
          "false");

  private TableFiles() {}

  /**
   * Writes a table.
   *
   * @param folder of the output
   * @param name of the table's folder in it; empty for the output's own
   * @param attempt that the files' names begin with
   * @param options of the Parquet writer
   * @return the files, by name
   */
  static List<WrittenFile> write(
      Dataset<Row> rows, Path folder, String name, String attempt, Map<String, String> options) {
    Path place = name.isEmpty() ? folder : new Path(folder, name);
    Map<String, String> all = new LinkedHashMap<>(COMMITTER);
    all.put(AttemptFileNames.ATTEMPT, attempt);
    all.put("compression", "zstd");
    all.putAll(options);
    SparkSession spark = rows.sparkSession();
    RuntimeConfig settings = spark.conf();
    String usual = settings.get(PROTOCOL);
    String usualTimes = settings.get(TIMES);
    settings.set(PROTOCOL, AttemptFileNames.class.getName());
    settings.set(TIMES, MICROSECONDS);
    try {
      TasksUnderWay.outlast(
          spark, () -> rows.write().mode(SaveMode.Append).options(all).parquet(place.toString()));
    } finally {
      settings.set(PROTOCOL, usual);
      settings.set(TIMES, usualTimes);
    }
    try {
      return of(attempt, place, name, spark.sessionState().newHadoopConf());
    } catch (IOException e) {
      throw new UncheckedIOException(
          "The table " + place + " cannot be listed after it was written.", e);
    }
  }

  private static List<WrittenFile> of(String attempt, Path place, String name, Configuration hadoop)
      throws IOException {
    FileSystem files = place.getFileSystem(hadoop);
    List<WrittenFile> written = new ArrayList<>();
    for (FileStatus file : files.listStatus(place)) {
      String fileName = file.getPath().getName();
      if (file.isFile() && fileName.startsWith(attempt + "-")) {
        String whole = name.isEmpty() ? fileName : name + "/" + fileName;
        written.add(new WrittenFile(whole, whole, file.getLen()));
      }
    }
    if (written.isEmpty()) {
      throw new IllegalStateException(
          "no file of the attempt %s is in %s; do other writers set the session's committer?"
              .formatted(attempt, place));
    }
    written.sort(Comparator.comparing(WrittenFile::name));
    return written;
  }

  /**
   * Reads a table's files, no others.
   *
   * @param schema null to take that of the first file: one attempt wrote them all
   */
  static Dataset<Row> read(
      SparkSession spark, Path folder, List<WrittenFile> files, StructType schema) {
    String[] paths =
        files.stream()
            .map(file -> LiteralPath.of(new Path(folder, file.path()).toString()))
            .toArray(String[]::new);
    StructType known =
        schema == null
            ? schemaOf(new Path(folder, files.get(0).path()), spark.sessionState().newHadoopConf())
            : schema;
    return read(known == null ? spark.read() : spark.read().schema(known), folder, paths);
  }

  /**
   * The schema that Spark noted in a file, which spares the job by which Spark would ask for it;
   * null where the file does not tell, so that Spark says what is the matter.
   */
  private static StructType schemaOf(Path file, Configuration hadoop) {
    try (ParquetFileReader reader =
        ParquetFileReader.open(HadoopInputFile.fromPath(file, hadoop))) {
      String noted = reader.getFileMetaData().getKeyValueMetaData().get(SCHEMA);
      return noted == null ? null : (StructType) DataType.fromJson(noted);
    } catch (IOException | RuntimeException e) {
      LOG.debug("{} does not tell its schema", file, e);
      return null;
    }
  }

  /** Reads whatever Parquet is in a folder. */
  static Dataset<Row> readAll(SparkSession spark, Path folder) {
    return read(spark.read(), folder, LiteralPath.of(folder.toString()));
  }

  private static Dataset<Row> read(DataFrameReader reader, Path folder, String... paths) {
    try {
      return reader.parquet(paths);
    } catch (Throwable e) { // Scala throws checked ones without saying so.
      String fault = TableFault.in(e);
      if (fault != null) {
        throw new UserDataException("%s cannot be read: %s".formatted(folder, fault), e);
      }
      throw e;
    }
  }
}
