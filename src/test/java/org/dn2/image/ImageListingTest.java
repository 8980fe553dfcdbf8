package org.dn2.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.assertj.core.api.AbstractThrowableAssert;
import org.dn2.image.ImageInput.Format;
import org.dn2.table.ContentPlace;
import org.dn2.table.Tables;
import org.dn2.table.UserDataException;
import org.dn2.testing.SparkSessions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageListingTest {
  private static final SparkSession SPARK = SparkSessions.local();

  @TempDir private Path folder;

  @Test
  void listsAFolderTreeUnderTheSchema() throws IOException {
    write("good/a.png", "12345");
    write("bad/deep/b.png", "1");
    write("_MG_1234.JPG", "1");
    write(".hidden/c.png", "1");

    Dataset<Row> listed = ImageListing.list(SPARK, ImageInput.of(folder.toString()));

    assertThat(listed.schema()).isEqualTo(Tables.LISTING);
    assertThat(ids(listed)).containsExactly("_MG_1234.JPG", "bad/deep/b.png", "good/a.png");
    Row first = listed.where("image_id = 'good/a.png'").first();
    assertThat(first.<Long>getAs("size_bytes")).isEqualTo(5);
    assertThat(first.<Object>getAs("modified_at")).isNotNull();
    assertThat(first.<Object>getAs("label")).isNull();
  }

  @Test
  void manyFoldersAreListedByTasksAndGiveTheSame() throws IOException {
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      expected.add("%02d/a.png".formatted(i));
      expected.add("%02d/deep/er/b.png".formatted(i));
      write("%02d/.hidden/c.png".formatted(i), "1");
      write("%02d/d.png._COPYING_".formatted(i), "1");
      write("%02d/empty".formatted(i), "");
      expected.add("%02d/empty".formatted(i));
    }
    for (String name : expected) {
      if (name.endsWith(".png")) {
        write(name, "1");
      }
    }
    Collections.sort(expected);

    assertThat(ids(ImageListing.list(SPARK, ImageInput.of(folder.toString())))).isEqualTo(expected);
  }

  @Test
  void theListingStaysTheSameWhileFilesComeAndGo() throws IOException {
    Path gone = write("gone.png", "1");
    write("stays.png", "1");
    Dataset<Row> listed = ImageListing.list(SPARK, ImageInput.of(folder.toString()));

    Files.delete(gone);
    write("late.png", "1");

    assertThat(ids(listed)).containsExactly("gone.png", "stays.png");
  }

  @Test
  void pathsOfAnyNameOpenThroughHadoop() throws IOException {
    List<String> names =
        List.of(
            "a b.png",
            "50%.png",
            "%20.png",
            "#1.png",
            "what?.png",
            "ü-日本-é.png",
            "it's \"q\".png",
            "[x]{y}*.png",
            "plus+and&.png",
            "sub [1]/file 😀.png",
            "comma,semi;.png");
    for (String name : names) {
      write("odd [folder] %41 😀/" + name, name);
    }
    String root = folder.resolve("odd [folder] %41 😀").toString();

    List<Row> rows = ImageListing.list(SPARK, ImageInput.of(root)).collectAsList();

    assertThat(rows)
        .extracting(row -> row.<String>getAs("image_id"))
        .containsExactlyInAnyOrderElementsOf(names);
    for (Row row : rows) {
      assertThat(open(row.getAs("path"))).isEqualTo(row.<String>getAs("image_id"));
    }
  }

  @Test
  void listsOneFile() throws IOException {
    write("x/one.png", "1");

    Dataset<Row> listed =
        ImageListing.list(SPARK, ImageInput.of(folder.resolve("x/one.png").toString()));

    assertThat(ids(listed)).containsExactly("one.png");
  }

  @Test
  void keepsFilesThatMatchTheGlob() throws IOException {
    write("a.png", "1");
    write("b.txt", "1");

    assertThat(
            ids(
                ImageListing.list(
                    SPARK,
                    new ImageInput(
                        folder.toString(),
                        Format.FOLDER,
                        null,
                        null,
                        null,
                        List.of(),
                        "*.png",
                        null))))
        .containsExactly("a.png");
  }

  @Test
  void takesLabelsAndGroupsFromThePath() throws IOException {
    write("cat/g1-a.png", "1");
    write("dog/b.png", "1");

    List<Row> rows =
        ImageListing.list(SPARK, input(folder, "^([^/]+)/", "/(g\\d)-", null, List.of()))
            .orderBy("image_id")
            .collectAsList();

    assertThat(rows).extracting(row -> row.<String>getAs("label")).containsExactly("cat", "dog");
    assertThat(rows).extracting(row -> row.<String>getAs("group_id")).containsExactly("g1", null);
  }

  @Test
  void rejectsPatternsWithoutAGroupOrThatDoNotCompile() throws IOException {
    write("a.png", "1");

    assertFails(input(folder, "[^/]+", null, null, List.of()))
        .hasMessage(
            "The label pattern [^/]+ has no group; put parentheses around the part that is the"
                + " label.");
    assertFails(input(folder, null, "(", null, List.of()))
        .hasMessageStartingWith("The group pattern ( is not a regular expression: ");
  }

  @Test
  void saysWhatThereIsWhenNothingIsLeft() throws IOException {
    write("cat/a.png", "1");
    write("dog/b.png", "1");

    assertFails(input(folder, "^([^/]+)/", null, null, List.of("cow")))
        .hasMessage(
            "None of the 2 images at %s with the label cow is left; there are no splits and the"
                + " labels are cat, dog.",
            folder);
  }

  @Test
  void saysThatAFolderIsEmptyOrMissing() {
    assertFails(ImageInput.of(folder.toString()))
        .hasMessage("No images were found at %s; 0 left out.", folder);
    assertFails(ImageInput.of(folder + "/nowhere"))
        .hasMessage(
            "There is nothing at %s/nowhere; give the path of a folder, a manifest or a Parquet"
                + " table.",
            folder);
    assertFails(ImageInput.of("nosuchscheme://x/y"))
        .hasMessageStartingWith("The path nosuchscheme://x/y cannot be looked at: ");
  }

  @Test
  void readsACsvManifest() throws IOException {
    write("images/a b.png", "the picture");
    Path manifest =
        write(
            "list.csv",
            """
            path,label,split,x,y,width,height,note
            images/a b.png,"x ""quoted"", and so",train,,,,,"two
            lines"
            images/a b.png,dog,train,1,2,3,4,
            s3a://bucket/c.png,dog,test,,,,,
            /abs/d.png,dog,test,,,,,
            """);

    List<Row> rows =
        ImageListing.list(
                SPARK,
                input(manifest, "(png)", null, null, List.of())
                    .allowing(List.of("s3a://bucket", "/abs")))
            .orderBy("image_id")
            .collectAsList();

    assertThat(rows)
        .extracting(row -> row.<String>getAs("image_id"))
        .containsExactly(
            "/abs/d.png", "images/a b.png", "images/a b.png#1,2,3,4", "s3a://bucket/c.png");
    assertThat(rows)
        .extracting(row -> row.<String>getAs("label"))
        .containsExactly("dog", "x \"quoted\", and so", "dog", "dog");
    assertThat(open(rows.get(1).getAs("path"))).isEqualTo("the picture");
    assertThat(rows.get(0).<String>getAs("path")).isEqualTo("/abs/d.png");
    assertThat(rows.get(3).<String>getAs("path")).isEqualTo("s3a://bucket/c.png");
    assertThat(rows.get(2).<Integer>getAs("width")).isEqualTo(3);
    assertThat(rows.get(1).<Object>getAs("x")).isNull();
    assertThat(rows.get(1).<Object>getAs("size_bytes")).isNull();
  }

  @Test
  void filtersBySplitAndLabel() throws IOException {
    Path manifest =
        write("list.csv", "path,label,split\na,cat,train\nb,dog,train\nc,cat,test\nd,,train\n");

    assertThat(ids(ImageListing.list(SPARK, input(manifest, null, null, "train", List.of("cat")))))
        .containsExactly("a");
    assertFails(input(manifest, null, null, "validation", List.of()))
        .hasMessage(
            "None of the 4 images at %s of the split validation is left; the splits are test, train"
                + " and the labels are cat, dog.",
            manifest);
  }

  @Test
  void resolvesAgainstTheManifestRoot() throws IOException {
    Path manifest = write("list.csv", "path,image_id\na.png,first\n");

    Row row =
        ImageListing.list(
                SPARK,
                new ImageInput(
                    manifest.toString(),
                    Format.AUTO,
                    null,
                    null,
                    null,
                    List.of(),
                    null,
                    "hdfs://n/r"))
            .first();

    assertThat(row.<String>getAs("path")).isEqualTo("hdfs://n/r/a.png");
    assertThat(row.<String>getAs("image_id")).isEqualTo("first");
  }

  @Test
  void rejectsMalformedCropsNamingTheRow() throws IOException {
    for (String crop : List.of("1,2,3,", "1,2,x,4", "-1,2,3,4", "1,2,0,4", "1,2,3.5,4")) {
      Path manifest =
          write("list.csv", "path,x,y,width,height\na.png,0,0,1,1\nb.png," + crop + "\n");

      assertFails(ImageInput.of(manifest.toString()))
          .hasMessageContaining(
              "has a malformed crop in line 3, path=b.png, x=" + crop.split(",", -1)[0])
          .hasMessageContaining(
              "width and height (1 or more) as whole numbers of pixels, or none.");
    }
    Path manifest = write("list.csv", "path,x,y\na.png,0,0\n");
    assertFails(ImageInput.of(manifest.toString()))
        .hasMessageContaining("lacks the columns width, height; it has path, x, y.");
  }

  @Test
  void rejectsManifestsWithoutPathOrWithDoubleOrEmptyIds() throws IOException {
    assertFails(ImageInput.of(write("a.csv", "file,label\na.png,x\n").toString()))
        .hasMessageContaining("lacks the column path; it has file, label.");
    assertFails(ImageInput.of(write("b.csv", "path,label\na,x\na,y\nb,x\n").toString()))
        .hasMessageContaining(
            "the image_id of some images occurs more than once, such as a (line 3); remove");
    assertFails(ImageInput.of(write("c.csv", "path,label\n,x\nb,x\n").toString()))
        .hasMessageContaining(", line 2: it has no path; give every row one.");
  }

  /** What a task reads of an image that lies in a table. */
  static byte[] contentOf(Row listed) throws UndecodableImageException {
    try (TableContents table = new TableContents(SPARK.sessionState().newHadoopConf())) {
      return table.at(ContentPlace.of(listed));
    }
  }

  @Test
  void aTableThatTellsSizesIsBelieved() throws Exception {
    SPARK
        .sql(
            "select id as `Image_ID`, int(id + 7) as size_bytes, X'0102' as ` Content ` from range(3)")
        .write()
        .parquet(folder + "/table [1]");
    List<Row> rows =
        ImageListing.list(SPARK, ImageInput.of(folder + "/table [1]"))
            .orderBy("image_id")
            .collectAsList();
    assertThat(rows).extracting(row -> row.<Long>getAs("size_bytes")).containsExactly(7L, 8L, 9L);
    for (Row row : rows) {
      assertThat(contentOf(row)).containsExactly(1, 2);
    }
  }

  @Test
  void readsParquetAsTableOrManifestByItsColumns() throws Exception {
    Dataset<Row> encoded =
        SPARK.createDataFrame(
            List.of(
                RowFactory.create("one", new byte[] {1, 2, 3}, "cat"),
                RowFactory.create("two", new byte[] {4}, null)),
            new StructType()
                .add("image_id", DataTypes.StringType)
                .add("bytes", DataTypes.BinaryType)
                .add("label", DataTypes.StringType));
    encoded.write().parquet(folder + "/table");
    encoded
        .select(functions.concat(functions.col("image_id"), functions.lit(".png")).as("path"))
        .write()
        .parquet(folder + "/manifest");

    List<Row> rows =
        ImageListing.list(SPARK, ImageInput.of(folder + "/table"))
            .orderBy("image_id")
            .collectAsList();
    Dataset<Row> manifest = ImageListing.list(SPARK, ImageInput.of(folder + "/manifest"));

    assertThat(contentOf(rows.get(0))).containsExactly(1, 2, 3);
    assertThat(rows.get(0).<Long>getAs("size_bytes")).as("a mean").isPositive();
    assertThat(rows.get(0).<String>getAs("label")).isEqualTo("cat");
    assertThat(manifest.schema()).isEqualTo(Tables.LISTING);
    assertThat(ids(manifest)).containsExactly("one.png", "two.png");
    assertThat(manifest.orderBy("image_id").first().<String>getAs("path"))
        .endsWith(folder + "/manifest/one.png");
    assertFails(
            new ImageInput(
                folder + "/manifest", Format.TABLE, null, null, null, List.of(), null, null))
        .hasMessageContaining("lacks the column content; it has path.");
  }

  @Test
  void saysThatAFolderOfImagesIsNoParquetTable() throws IOException {
    write("a.parquet", "no Parquet at all");
    write("images/a.png", "1");

    assertFails(ImageInput.of(folder + "/a.parquet"))
        .hasMessageStartingWith("file:" + folder + "/a.parquet cannot be read as Parquet: ");
    assertFails(
            new ImageInput(
                folder + "/images", Format.TABLE, null, null, null, List.of(), null, null))
        .hasMessageStartingWith("file:" + folder + "/images cannot be read as Parquet: ");
  }

  private static AbstractThrowableAssert<?, ? extends Throwable> assertFails(ImageInput input) {
    return assertThatThrownBy(() -> ImageListing.list(SPARK, input))
        .isInstanceOf(UserDataException.class);
  }

  private static ImageInput input(
      Path path, String labelPattern, String groupPattern, String split, List<String> labels) {
    return new ImageInput(
        path.toString(), Format.AUTO, labelPattern, groupPattern, split, labels, null, null);
  }

  private Path write(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }

  private static String open(String path) throws IOException {
    org.apache.hadoop.fs.Path hadoopPath = new org.apache.hadoop.fs.Path(path);
    try (InputStream in = hadoopPath.getFileSystem(new Configuration()).open(hadoopPath)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static List<String> ids(Dataset<Row> listed) {
    return listed.select("image_id").collectAsList().stream()
        .map(row -> row.getString(0))
        .sorted()
        .toList();
  }
}
