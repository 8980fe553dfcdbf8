package org.dn2.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.dn2.table.UserDataException;
import org.dn2.testing.SparkSessions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class ManifestTest {
  private static final SparkSession SPARK = SparkSessions.local();

  @TempDir private Path folder;

  private Path write(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }

  private static List<Row> list(Path path) {
    return ImageListing.list(SPARK, ImageInput.of(path.toString()))
        .orderBy("image_id")
        .collectAsList();
  }

  private static List<String> values(List<Row> rows, String column) {
    return rows.stream().map(row -> String.valueOf(row.<Object>getAs(column))).toList();
  }

  private static void writeParquet(Path file, StructType schema, Row... rows) {
    SPARK
        .createDataFrame(List.of(rows), schema)
        .coalesce(1)
        .write()
        .mode(SaveMode.Append)
        .parquet(file.toString());
  }

  @Test
  void headersWithBlanksAndCapitalsNameCropsAndLabels() throws IOException {
    Row row =
        list(write("m.csv", "Path, LABEL , x, y, width, height\ni.png, good, 1, 2, 10, 12\n"))
            .get(0);

    assertThat(row.<String>getAs("label")).isEqualTo("good");
    assertThat(row.<String>getAs("image_id")).isEqualTo("i.png#1,2,10,12");
    assertThat(row.<Integer>getAs("width")).isEqualTo(10);
  }

  @Test
  void wholeNumbersWithAFractionOfZeroAreWhole() throws IOException {
    List<Row> rows =
        list(write("m.csv", "path,x,y,width,height\na.png,1.0,2.,10.00,12\nb.png,,,,\n"));

    assertThat(values(rows, "image_id")).containsExactly("a.png#1,2,10,12", "b.png");
    assertThatThrownBy(() -> list(write("n.csv", "path,x,y,width,height\n\na.png,1.5,2,10,12\n")))
        .isInstanceOf(UserDataException.class)
        .hasMessageContaining("has a malformed crop in line 3, path=a.png, x=1.5, y=2");
  }

  @Test
  void floatingPointColumnsOfParquetAreWholeNumbersToo() {
    DataType number = DataTypes.DoubleType;
    StructType schema =
        new StructType()
            .add("path", DataTypes.StringType)
            .add("X", number)
            .add("y", number)
            .add("width", number)
            .add("height", DataTypes.LongType);
    writeParquet(
        folder.resolve("m"),
        schema,
        RowFactory.create("a.png", 1.0, 0.0, 5.0, 6L),
        RowFactory.create("b.png", Double.NaN, null, null, null));
    writeParquet(folder.resolve("n"), schema, RowFactory.create("a.png", 1.0, 0.0, 5.25, 6L));

    assertThat(values(list(folder.resolve("m")), "image_id"))
        .containsExactly("a.png#1,0,5,6", "b.png");
    assertThatThrownBy(() -> list(folder.resolve("n")))
        .isInstanceOf(UserDataException.class)
        .hasMessageContaining("width=5.25");
  }

  @Test
  void everyRowOfManyIsListedOnceOrTheFileIsRefused() throws IOException {
    StringBuilder rows = new StringBuilder("path,label\r\n");
    for (int i = 0; i < 60; i++) {
      rows.append("i%02d.png,good%s".formatted(i, i % 3 == 0 ? "\r\n" : "\n"));
    }
    assertThat(list(write("m.csv", rows.toString()))).hasSize(60);
    assertThat(values(list(write("m.csv", rows.toString())), "label")).containsOnly("good");
    assertThatThrownBy(() -> list(write("n.csv", rows.toString().replace("i30.png", "\"i30.png"))))
        .isInstanceOf(UserDataException.class)
        .hasMessageContaining("n.csv, line 32: its quotation marks do not pair");
  }

  @Test
  void blankRowsAreCountedAsLeftOut() throws IOException {
    write("parts/1.csv", "path,label\n\na.png,good\n , \nb.png,bad\n\n");
    write("parts/2.csv", "path,label\n,\nc.png,good\n");

    ImageListing.Found all =
        ImageListing.find(SPARK, ImageInput.of(folder.resolve("parts").toString()));
    assertThat(all.images().count()).isEqualTo(3);
    assertThat(all.leftOut()).hasToString("4 left out (4 blank_row)");

    write("blank.csv", "path\n\n \n");
    assertThatThrownBy(() -> list(folder.resolve("blank.csv")))
        .isInstanceOf(UserDataException.class)
        .hasMessageEndingWith("; 2 left out (2 blank_row).");
  }

  @Test
  void pathsAreDataWhateverIsInThem() throws IOException {
    List<String> paths =
        List.of(
            "s3a://b/k%20 x#1.png", "/abs/a b.png", "c #2,%41.png", " d.png", "e:f.png", "ü😀.png");
    StringBuilder text = new StringBuilder("path;label\n");
    paths.forEach(path -> text.append(path).append(";good\n"));

    ImageInput input = ImageInput.of(write("m.csv", text.toString()).toString());

    List<Row> rows =
        ImageListing.list(SPARK, input.allowing(List.of("s3a://b/", "/abs"))).collectAsList();

    assertThat(values(rows, "image_id")).containsExactlyInAnyOrderElementsOf(paths);
    assertThat(values(rows, "path"))
        .contains("s3a://b/k%20 x#1.png", "/abs/a b.png", "file:" + folder + "/ d.png");
  }

  @Test
  void aFolderOfCsvPartsIsOneManifest() throws IOException {
    write("parts/part-0.csv", "path,label\na.png,good\n");
    write("parts/part-1.csv", "label,path\nbad,b.png\n");
    write("parts/part-2.csv", "");
    write("parts/_SUCCESS", "");

    List<Row> rows = list(folder.resolve("parts"));

    assertThat(values(rows, "label")).containsExactly("good", "bad");
    assertThat(rows.get(0).<String>getAs("path")).endsWith("/parts/a.png");
    write("parts/part-3.csv", "path\nc.png\n");
    assertThatThrownBy(() -> list(folder.resolve("parts")))
        .isInstanceOf(UserDataException.class)
        .hasMessageContaining("all files of a manifest have the same.");
    write("parts/part-3.csv", "path,label\na.png,good\n");
    assertThatThrownBy(() -> list(folder.resolve("parts")))
        .hasMessageContaining("such as a.png (line 2 of part-3.csv); remove");
  }

  @Test
  @Timeout(60)
  void linksThatFormCirclesNeitherMultiplyAManifestNorHoldItUp() throws IOException {
    write("parts/1.csv", "path\na.png\n");
    Files.createSymbolicLink(folder.resolve("parts/back"), folder.resolve("parts"));
    Files.createSymbolicLink(folder.resolve("parts/again"), folder.resolve("parts"));
    assertThat(list(folder.resolve("parts"))).hasSize(1);

    Files.createSymbolicLink(folder.resolve("parts/2.csv"), folder.resolve("nowhere"));
    assertThatThrownBy(() -> list(folder.resolve("parts")))
        .isInstanceOf(UserDataException.class)
        .hasMessageContaining("has a file that cannot be opened, 2.csv: a link that leads nowhere");
  }

  @Test
  void linksThatFormCirclesNeitherMultiplyATableNorHoldItUp() throws IOException {
    writeParquet(
        folder.resolve("table/label=red"),
        new StructType().add("path", DataTypes.StringType).add("content", DataTypes.BinaryType),
        RowFactory.create("a.png", new byte[] {1}));
    Files.createSymbolicLink(folder.resolve("table/back"), folder.resolve("table"));
    Files.createSymbolicLink(folder.resolve("table/again"), folder.resolve("table"));
    List<Row> rows = list(folder.resolve("table"));
    assertThat(values(rows, "image_id")).containsExactly("a.png");
    assertThat(values(rows, "label")).as("of the folder's name").containsExactly("red");
  }

  @Test
  void aFolderOfImagesIsOneWhateverTablesLieInIt() throws IOException {
    write("images/z.png", "1");
    writeParquet(
        folder.resolve("images/a.parquet"),
        new StructType().add("path", DataTypes.StringType),
        RowFactory.create("nowhere.png"));
    write("images/labels.csv", "path\nnowhere.png\n");

    assertThat(values(list(folder.resolve("images")), "image_id")).containsExactly("z.png");
  }

  @Test
  void imagesInAStructOfBytesAndPathAreRead() throws Exception {
    StructType image =
        new StructType().add("bytes", DataTypes.BinaryType).add("path", DataTypes.StringType);
    StructType schema = new StructType().add("image", image).add("label", DataTypes.LongType);
    writeParquet(
        folder.resolve("hub"),
        schema,
        RowFactory.create(RowFactory.create(new byte[] {1, 2}, "1.png"), 3L),
        RowFactory.create(RowFactory.create(new byte[] {4}, null), null));

    List<Row> rows = list(folder.resolve("hub"));

    assertThat(values(rows, "label")).containsExactly("3", "null");
    assertThat(values(rows, "path")).containsExactly("1.png", "null");
    assertThat(values(rows, "image_id").get(0)).startsWith("part-").endsWith(".parquet#0");
    assertThat(ImageListingTest.contentOf(rows.get(0))).containsExactly(1, 2);
    assertThat(rows.get(1).<Long>getAs("size_bytes")).as("a mean").isPositive();
  }

  @Test
  void columnsOfParquetThatAreNearlyKnownStop() {
    writeParquet(
        folder.resolve("m"),
        new StructType().add("path", DataTypes.StringType).add("labels", DataTypes.StringType),
        RowFactory.create("a.png", "good"));
    assertThatThrownBy(() -> list(folder.resolve("m")))
        .isInstanceOf(UserDataException.class)
        .hasMessageEndingWith(
            "has a column labels, which is nearly label; rename it if that is meant, or remove it.");
  }
}
