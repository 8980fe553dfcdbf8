package org.dn2.image;

import static org.apache.spark.sql.functions.expr;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.dn2.table.ContentPlace;
import org.dn2.table.UserDataException;
import org.dn2.testing.SparkSessions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TableContentsTest {
  private static final long SEED = 20261126;
  private static final int ROWS = 700;
  private static final SparkSession SPARK = SparkSessions.local();

  @TempDir Path folder;
  private final List<byte[]> contents = new ArrayList<>();
  private final Configuration hadoop = SPARK.sessionState().newHadoopConf();

  @BeforeEach
  void make() {
    Random random = new Random(SEED);
    for (int i = 0; i < ROWS; i++) {
      byte[] content = new byte[random.nextInt(60_000)];
      random.nextBytes(content);
      contents.add(i % 97 == 5 ? null : content);
    }
    hadoop.set(Retries.PAUSES, "");
  }

  /** One Parquet file of them all. */
  private Path write(String codec, int groupBytes) throws IOException {
    List<Row> rows =
        IntStream.range(0, ROWS).mapToObj(i -> RowFactory.create(i, contents.get(i))).toList();
    SPARK
        .createDataFrame(
            rows,
            new StructType()
                .add("number", DataTypes.IntegerType)
                .add("Content", DataTypes.BinaryType))
        .coalesce(1)
        .sortWithinPartitions("number")
        .withColumn(
            "image", expr("if(number % 11 = 3, null, struct(Content as bytes, 'p' as path))"))
        .write()
        .option("compression", codec)
        .option("parquet.block.size", groupBytes)
        .option("parquet.page.size.row.check.min", 1)
        .parquet(folder.resolve("table").toString());
    try (Stream<Path> files = Files.list(folder.resolve("table"))) {
      return files
          .filter(file -> file.getFileName().toString().endsWith(".parquet"))
          .findFirst()
          .orElseThrow();
    }
  }

  private static ContentPlace at(Path file, String column, long row) {
    return new ContentPlace(file.toUri().toString(), column, row);
  }

  @ParameterizedTest
  @CsvSource({"snappy, 1000000", "zstd, 5000000", "uncompressed, 500000000"})
  void everyRowIsReadInWhateverOrder(String codec, int groupBytes) throws Exception {
    Path file = write(codec, groupBytes);
    List<Integer> order = new ArrayList<>(IntStream.range(0, ROWS).boxed().toList());
    requireRead(file, order);
    requireRead(file, order.stream().filter(row -> row % 53 == 0).toList());
    Collections.shuffle(order, new Random(SEED));
    requireRead(file, order.subList(0, 60));
  }

  @Test
  void imagesThatAreThereManyTimesAreReadOutOfTheFilesDictionary() throws Exception {
    for (int i = 3; i < ROWS; i++) {
      contents.set(i, contents.get(i % 3));
    }
    Path file = write("zstd", 5_000_000);
    try (ParquetFileReader reader = open(file)) {
      assertThat(reader.getRowGroups().get(0).getColumns())
          .filteredOn(column -> column.getPath().toDotString().equals("Content"))
          .allMatch(ColumnChunkMetaData::hasDictionaryPage);
    }
    requireRead(file, IntStream.range(0, ROWS).boxed().toList());
    requireRead(file, List.of(650, 3, 220, 221, 0));
  }

  private ParquetFileReader open(Path file) throws IOException {
    return ParquetFileReader.open(
        HadoopInputFile.fromPath(new org.apache.hadoop.fs.Path(file.toUri()), hadoop));
  }

  @Test
  void everyRowIsReadOfAFileThatDoesNotTellItsPages() throws Exception {
    Path told = write("snappy", 5_000_000);
    Path untold = folder.resolve("untold.parquet");
    try (Connection duckDb = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = duckDb.createStatement()) {
      statement.execute(
          "COPY (SELECT * FROM '%s' ORDER BY number) TO '%s' (FORMAT parquet)"
              .formatted(told, untold));
    }
    try (ParquetFileReader reader = open(untold)) {

      assertThat(reader.getRowGroups().get(0).getColumns())
          .allMatch(column -> column.getOffsetIndexReference() == null);
    }
    requireRead(untold, IntStream.range(0, ROWS).boxed().toList());
    requireRead(untold, List.of(650, 3, 3, 220, 221, 5, 699, 0));
  }

  private void requireRead(Path file, List<Integer> rows) throws UndecodableImageException {
    try (TableContents table = new TableContents(hadoop)) {
      for (int row : rows) {
        requireRow(table, at(file, "content", row), contents.get(row));
      }
      for (int row : rows.subList(0, Math.min(10, rows.size()))) {
        requireRow(table, at(file, "image", row), row % 11 == 3 ? null : contents.get(row));
      }
    }
  }

  private static void requireRow(TableContents table, ContentPlace place, byte[] content)
      throws UndecodableImageException {
    if (content != null) {
      assertThat(table.at(place)).as(place.toString()).isEqualTo(content);
      return;
    }
    assertThatThrownBy(() -> table.at(place))
        .isInstanceOfSatisfying(
            UndecodableImageException.class,
            e -> assertThat(e.reason()).isEqualTo(RejectReason.UNREADABLE))
        .hasMessageStartingWith("The table has no bytes in the row " + place.row() + " of ");
  }

  @Test
  void ofALargeRowGroupOnlyTheNearestPagesAreRead() throws Exception {
    Path file = write("uncompressed", 500_000_000);
    assertThat(Files.size(file)).isGreaterThan(30 << 20);
    // Hadoop does not count what it reads in several ranges at once.
    hadoop.setBoolean("parquet.hadoop.vectored.io.enabled", false);
    long before = bytesRead();
    try (TableContents table = new TableContents(hadoop)) {
      assertThat(table.at(at(file, "Content", 400))).isEqualTo(contents.get(400));
    }
    assertThat(bytesRead() - before).isBetween(1L << 20, 5L << 20);
  }

  private static long bytesRead() {
    return FileSystem.getGlobalStorageStatistics().get("file").getLong("bytesRead");
  }

  @Test
  void aFileThatIsGoneIsAReasonToRejectItsImages() throws Exception {
    Path file = write("snappy", 5_000_000);
    Files.delete(file);
    try (TableContents table = new TableContents(hadoop)) {
      assertThatThrownBy(() -> table.at(at(file, "Content", 0)))
          .isInstanceOfSatisfying(
              UndecodableImageException.class,
              e -> assertThat(e.reason()).isEqualTo(RejectReason.GONE))
          .hasMessageStartingWith("There is no file ");
    }
  }

  @Test
  void aFileThatIsNoLongerWhatWasListedIsNamed() throws Exception {
    Path file = write("uncompressed", 5_000_000);
    assertThatThrownBy(() -> readOnce(at(file, "picture", 0)))
        .isInstanceOf(UserDataException.class)
        .hasMessageEndingWith(file.getFileName() + " lacks the column picture.");
    assertThatThrownBy(() -> readOnce(at(file, "number", 0)))
        .isInstanceOf(UserDataException.class)
        .hasMessageEndingWith("the column number holds no bytes.");
    assertThatThrownBy(() -> readOnce(at(file, "Content", ROWS)))
        .isInstanceOf(UserDataException.class)
        .hasMessageContaining("has no row 700");
    byte[] damaged = Files.readAllBytes(file);
    Arrays.fill(damaged, 4, damaged.length / 2, (byte) 77);
    Files.write(file, damaged);
    assertThatThrownBy(() -> readOnce(at(file, "Content", 3)))
        .isInstanceOf(UserDataException.class)
        .hasMessageContaining("cannot be read at its row 3");
    Files.writeString(file, "no Parquet, and long enough to be looked at for its footer");
    assertThatThrownBy(() -> readOnce(at(file, "Content", 3)))
        .isInstanceOf(UserDataException.class)
        .hasMessageContaining("cannot be read at its row 3")
        .hasMessageContaining("is not a Parquet file");
  }

  private void readOnce(ContentPlace place) throws UndecodableImageException {
    try (TableContents table = new TableContents(hadoop)) {
      table.at(place);
    }
  }
}
