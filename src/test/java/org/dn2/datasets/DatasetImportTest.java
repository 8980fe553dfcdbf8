package org.dn2.datasets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.SparkException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.assertj.core.api.AbstractThrowableAssert;
import org.dn2.image.ImageDecoder;
import org.dn2.image.RgbImage;
import org.dn2.image.UndecodableImageException;
import org.dn2.table.Tables;
import org.dn2.table.UserDataException;
import org.dn2.testing.SparkSessions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatasetImportTest {
  private static final SparkSession SPARK = SparkSessions.local();
  private static final Path DEBIAN_FASHION_MNIST = Path.of("/usr/share/datasets/fashion-mnist");

  @TempDir Path folder;

  private List<Row> images(PaperDataset dataset) {
    return DatasetImport.images(SPARK, dataset, folder.toString())
        .orderBy(Tables.IMAGE_ID)
        .collectAsList();
  }

  private AbstractThrowableAssert<?, ? extends Throwable> assertImportOf(PaperDataset dataset) {
    return assertThatThrownBy(() -> images(dataset))
        .satisfies(
            thrown -> {
              // What a task finds comes wrapped; the command line looks for the cause, too.
              Throwable cause = thrown instanceof SparkException ? thrown.getCause() : thrown;
              assertThat(cause).isInstanceOf(UserDataException.class);
            })
        .rootCause();
  }

  private AbstractThrowableAssert<?, ? extends Throwable> assertRefusalOf(PaperDataset dataset) {
    return assertThatThrownBy(() -> images(dataset)).isInstanceOf(UserDataException.class);
  }

  private static List<Object> cells(Row row) {
    return List.of(
        row.getAs(Tables.IMAGE_ID), row.getAs(Tables.LABEL), row.<Object>getAs(Tables.SPLIT));
  }

  private static RgbImage decoded(Row row) throws UndecodableImageException {
    return ImageDecoder.DEFAULT.decode(row.getAs(Tables.CONTENT));
  }

  private static int[] pixel(RgbImage image, int x, int y) {
    int at = (y * image.width() + x) * 3;
    byte[] pixels = image.pixels();
    return new int[] {
      Byte.toUnsignedInt(pixels[at]),
      Byte.toUnsignedInt(pixels[at + 1]),
      Byte.toUnsignedInt(pixels[at + 2])
    };
  }

  @Test
  void readsMnistGzippedOrNot() throws Exception {
    PublishedFiles.idx(folder, "train", new int[] {7, 0, 3}, true);
    PublishedFiles.idx(folder, "t10k", new int[] {9}, false);
    List<Row> images = images(PaperDataset.MNIST);
    assertThat(images)
        .extracting(DatasetImportTest::cells)
        .containsExactly(
            List.of("test/00000", "9", "test"),
            List.of("train/00000", "7", "train"),
            List.of("train/00001", "0", "train"),
            List.of("train/00002", "3", "train"));
    RgbImage third = decoded(images.get(3));
    assertThat(List.of(third.width(), third.height())).containsExactly(4, 3);
    assertThat(pixel(third, 3, 2)).containsExactly(20, 20, 20);
    assertThat(images.get(0).schema()).isEqualTo(Tables.IMAGES);

    assertThat(images(PaperDataset.FASHION_MNIST))
        .extracting(row -> row.getAs(Tables.LABEL))
        .containsExactly("ankle_boot", "sneaker", "t-shirt_top", "dress");
  }

  @Test
  void namesTheMissingIdxFile() throws IOException {
    PublishedFiles.idx(folder, "train", new int[] {7}, true);
    assertRefusalOf(PaperDataset.MNIST)
        .hasMessage(
            "file:%s lacks the file t10k-images-idx3-ubyte (or t10k-images-idx3-ubyte.gz)."
                    .formatted(folder)
                + " Is the download whole and unpacked there?");
  }

  @Test
  void noticesDamagedIdxFiles() throws IOException {
    PublishedFiles.idx(folder, "train", new int[] {7, 8}, false);
    PublishedFiles.idx(folder, "t10k", new int[] {9}, true);
    Path images = folder.resolve("train-images-idx3-ubyte");
    byte[] whole = Files.readAllBytes(images);

    Files.write(images, Arrays.copyOf(whole, whole.length - 1));
    assertRefusalOf(PaperDataset.MNIST)
        .hasMessageContaining("train-images-idx3-ubyte is damaged: it has 39 bytes, and its header")
        .hasMessageContaining("asks for 40. Get it again.");

    Files.write(images, Arrays.copyOf(whole, 6));
    assertRefusalOf(PaperDataset.MNIST).hasMessageContaining("it ends early");

    Files.writeString(images, "<html>not found, and so on</html>");
    assertRefusalOf(PaperDataset.MNIST).hasMessageContaining("it begins with 0x3c68746d");

    Files.write(images, whole);
    PublishedFiles.idx(folder.resolve("other"), "train", new int[] {1}, false);
    Files.copy(
        folder.resolve("other/train-labels-idx1-ubyte"),
        folder.resolve("train-labels-idx1-ubyte.gz"));
    assertRefusalOf(PaperDataset.MNIST).hasMessageContaining("ends early or is not gzipped");
  }

  @Test
  void noticesATruncatedGzippedFileWhereItEnds() throws IOException {
    PublishedFiles.idx(folder, "train", new int[200], true);
    PublishedFiles.idx(folder, "t10k", new int[] {9}, true);
    Path images = folder.resolve("train-images-idx3-ubyte.gz");
    byte[] whole = Files.readAllBytes(images);
    Files.write(images, Arrays.copyOf(whole, whole.length - 20));
    assertImportOf(PaperDataset.MNIST)
        .satisfies(cause -> assertThat(cause).isInstanceOf(java.io.EOFException.class));
  }

  @Test
  void refusesLabelsBeyondTheClasses() throws IOException {
    PublishedFiles.idx(folder, "train", new int[] {10}, true);
    PublishedFiles.idx(folder, "t10k", new int[] {9}, true);
    assertImportOf(PaperDataset.MNIST)
        .hasMessageContaining("the label 10 of the image 0 is none of 0 to 9");
  }

  @Test
  void readsCifar10InItsFolder() throws Exception {
    Path inner = folder.resolve("cifar-10-batches-bin");
    for (int batch = 1; batch <= 5; batch++) {
      PublishedFiles.cifar(
          inner.resolve("data_batch_" + batch + ".bin"), new int[] {batch - 1}, new int[] {1});
    }
    PublishedFiles.cifar(inner.resolve("test_batch.bin"), new int[] {0});
    PublishedFiles.text(
        inner.resolve("batches.meta.txt"),
        List.of("airplane", "automobile", "bird", "cat", "deer", ""));
    List<Row> images = images(PaperDataset.CIFAR10);
    assertThat(images).hasSize(11);
    assertThat(cells(images.get(5)))
        .isEqualTo(List.of("data_batch_3/00001", "automobile", "train"));
    assertThat(cells(images.get(10))).isEqualTo(List.of("test_batch/00000", "airplane", "test"));
    RgbImage image = decoded(images.get(5));
    assertThat(List.of(image.width(), image.height())).containsExactly(32, 32);
    assertThat(pixel(image, 30, 7)).containsExactly(7, 30, 1);

    Files.delete(inner.resolve("data_batch_3.bin"));
    Files.delete(inner.resolve("test_batch.bin"));
    assertRefusalOf(PaperDataset.CIFAR10)
        .hasMessageContaining("lacks 2 files, the first of them data_batch_3.bin.");
  }

  @Test
  void readsCifar100sTwoKindsOfLabels() throws IOException {
    PublishedFiles.cifar(folder.resolve("train.bin"), new int[] {1, 2}, new int[] {0, 0});
    PublishedFiles.cifar(folder.resolve("test.bin"), new int[] {0, 1});
    PublishedFiles.text(folder.resolve("coarse_label_names.txt"), List.of("fish", "flowers"));
    PublishedFiles.text(folder.resolve("fine_label_names.txt"), List.of("ray", "trout", "rose"));
    assertThat(images(PaperDataset.CIFAR100_COARSE))
        .extracting(row -> row.getAs(Tables.LABEL))
        .containsExactly("fish", "flowers", "fish");
    assertThat(images(PaperDataset.CIFAR100_FINE))
        .extracting(row -> row.getAs(Tables.LABEL))
        .containsExactly("trout", "rose", "ray");

    Files.write(folder.resolve("test.bin"), new byte[3_000]);
    assertRefusalOf(PaperDataset.CIFAR100_FINE)
        .hasMessageContaining(
            "test.bin is damaged: its 3,000 bytes are no whole number of records of 3,074.");
  }

  @Test
  void readsFlowers102() throws IOException {
    for (int number = 1; number <= 4; number++) {
      PublishedFiles.picture(
          folder.resolve("jpg/image_%05d.jpg".formatted(number)), 9, 8, Color.PINK);
    }
    PublishedFiles.mat(
        folder.resolve("imagelabels.mat"), new String[] {"labels"}, new int[][] {{77, 1, 102, 1}});
    PublishedFiles.mat(
        folder.resolve("setid.mat"),
        new String[] {"trnid", "valid", "tstid"},
        new int[][] {{4}, {1}, {3, 2}});
    assertThat(images(PaperDataset.FLOWERS102))
        .extracting(DatasetImportTest::cells)
        .containsExactly(
            List.of("jpg/image_00001.jpg", "077", "validation"),
            List.of("jpg/image_00002.jpg", "001", "test"),
            List.of("jpg/image_00003.jpg", "102", "test"),
            List.of("jpg/image_00004.jpg", "001", "train"));

    Files.delete(folder.resolve("jpg/image_00003.jpg"));
    assertRefusalOf(PaperDataset.FLOWERS102)
        .hasMessageContaining("lacks the file jpg/image_00003.jpg.");
    Files.writeString(folder.resolve("setid.mat"), "no matrix");
    assertRefusalOf(PaperDataset.FLOWERS102)
        .hasMessageContaining("setid.mat is damaged: the matrix trnid cannot be read from it");
  }

  @Test
  void readsBirds() throws IOException {
    Path inner = folder.resolve("CUB_200_2011");
    String first = "001.Black_footed_Albatross/Black_Footed_Albatross_0046_18.jpg";
    String second = "002.Laysan_Albatross/Laysan_Albatross_0001_545.jpg";
    PublishedFiles.picture(inner.resolve("images/" + first), 9, 8, Color.PINK);
    PublishedFiles.picture(inner.resolve("images/" + second), 9, 8, Color.PINK);
    PublishedFiles.text(inner.resolve("images.txt"), List.of("1 " + first, "2 " + second));
    PublishedFiles.text(inner.resolve("image_class_labels.txt"), List.of("1 1", "2 2"));
    PublishedFiles.text(inner.resolve("train_test_split.txt"), List.of("1 0", "2 1"));
    PublishedFiles.text(
        inner.resolve("classes.txt"),
        List.of("1 001.Black_footed_Albatross", "2 002.Laysan_Albatross"));
    List<Row> images = images(PaperDataset.CUB200);
    assertThat(images)
        .extracting(DatasetImportTest::cells)
        .containsExactly(
            List.of("images/" + first, "001.Black_footed_Albatross", "test"),
            List.of("images/" + second, "002.Laysan_Albatross", "train"));
    assertThat(images.get(0).<byte[]>getAs(Tables.CONTENT))
        .isEqualTo(Files.readAllBytes(inner.resolve("images/" + first)));

    PublishedFiles.text(inner.resolve("train_test_split.txt"), List.of("1 0"));
    assertRefusalOf(PaperDataset.CUB200)
        .hasMessageContaining("train_test_split.txt is damaged: it has no line for the number 2.");
  }

  @Test
  void readsCatsAndDogsFromBothPlaces() throws IOException {
    Path train = Files.createDirectories(folder.resolve("train"));
    for (String kind : List.of("cat", "dog")) {
      for (int number = 0; number < 12_500; number++) {
        Files.write(train.resolve(kind + "." + number + ".jpg"), new byte[] {1});
      }
    }
    assertSplitOfCatsAndDogs();

    Path microsoft = Files.createDirectories(folder.resolve("PetImages"));
    for (String kind : List.of("Cat", "Dog")) {
      Path to = Files.createDirectories(microsoft.resolve(kind));
      for (int number = 0; number < 12_500; number++) {
        Files.move(
            train.resolve("%s.%d.jpg".formatted(kind.toLowerCase(java.util.Locale.ROOT), number)),
            to.resolve(number + ".jpg"));
      }
      Files.write(to.resolve("Thumbs.db"), new byte[] {1});
    }
    assertSplitOfCatsAndDogs();

    Files.delete(microsoft.resolve("Dog/12499.jpg"));
    assertRefusalOf(PaperDataset.CATS_VS_DOGS)
        .hasMessageContaining("lacks the file PetImages/Dog/12499.jpg.");
  }

  private void assertSplitOfCatsAndDogs() {
    Dataset<Row> images = DatasetImport.images(SPARK, PaperDataset.CATS_VS_DOGS, folder.toString());
    assertThat(
            images
                .groupBy(Tables.LABEL, Tables.SPLIT)
                .count()
                .orderBy(Tables.LABEL, Tables.SPLIT)
                .collectAsList())
        .extracting(row -> row.get(0), row -> row.get(1), row -> row.get(2))
        .containsExactly(
            tuple("cat", "test", 2_500L),
            tuple("cat", "train", 10_000L),
            tuple("dog", "test", 2_500L),
            tuple("dog", "train", 10_000L));
  }

  @Test
  void cropsTheLargeObjectsOfDior() throws Exception {
    PublishedFiles.text(folder.resolve("ImageSets/Main/train.txt"), List.of("00001"));
    PublishedFiles.text(folder.resolve("ImageSets/Main/val.txt"), List.of("00002"));
    PublishedFiles.text(folder.resolve("ImageSets/Main/test.txt"), List.of("00003"));
    PublishedFiles.picture(folder.resolve("JPEGImages-trainval/00001.jpg"), 400, 300, Color.BLUE);
    PublishedFiles.picture(folder.resolve("JPEGImages-trainval/00002.jpg"), 400, 300, Color.BLUE);
    PublishedFiles.picture(folder.resolve("JPEGImages-test/00003.jpg"), 400, 300, Color.BLUE);
    // Left, top, right, bottom, from 1 and inclusive.
    annotation("00001", "ship 1 1 120 120", "ship 1 1 119 300", "harbor 281 1 400 120");
    annotation("00002", "ship 5 5 20 20");
    annotation("00003", "golffield 1 1 400 300");
    List<Row> images = images(PaperDataset.DIOR);
    assertThat(images)
        .extracting(DatasetImportTest::cells)
        .containsExactly(
            List.of("JPEGImages-test/00003.jpg#0", "golffield", "test"),
            List.of("JPEGImages-trainval/00001.jpg#0", "ship", "train"),
            List.of("JPEGImages-trainval/00001.jpg#2", "harbor", "train"));
    assertThat(images.get(1).<String>getAs(Tables.GROUP_ID))
        .isEqualTo("JPEGImages-trainval/00001.jpg");
    RgbImage object = decoded(images.get(1));
    assertThat(List.of(object.width(), object.height())).containsExactly(256, 256);
    assertThat(pixel(object, 100, 100)).containsExactly(0, 0, 254);

    annotation("00003", "golffield 1 1 401 300");
    assertImportOf(PaperDataset.DIOR)
        .hasMessageContaining("the object 0 reaches out of its photograph of 400 x 300 pixels");
    Files.writeString(
        folder.resolve("Annotations/Horizontal Bounding Boxes/00003.xml"),
        "<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>");
    assertImportOf(PaperDataset.DIOR).hasMessageContaining("00003.xml is damaged: DOCTYPE");
    Files.delete(folder.resolve("Annotations/Horizontal Bounding Boxes/00003.xml"));
    assertRefusalOf(PaperDataset.DIOR)
        .hasMessageContaining("lacks the file Annotations/Horizontal Bounding Boxes/00003.xml.");
  }

  private void annotation(String name, String... objects) throws IOException {
    List<String> lines = new ArrayList<>(List.of("<annotation><filename>x</filename>"));
    for (String object : objects) {
      String[] words = object.split(" ");
      lines.add(
          ("<object><name>%s</name><pose>Unspecified</pose><bndbox><xmin>%s</xmin>"
                  + "<ymin>%s</ymin><xmax>%s</xmax><ymax>%s</ymax></bndbox></object>")
              .formatted((Object[]) words));
    }
    lines.add("</annotation>");
    PublishedFiles.text(
        folder.resolve("Annotations/Horizontal Bounding Boxes/" + name + ".xml"), lines);
  }

  @Test
  void takesBloodCellsOfTheClassesThatHaveMoreThanTwenty() throws IOException {
    List<String> table = new ArrayList<>(List.of("image ID,class label"));
    for (int number = 1; number <= 42; number++) {
      PublishedFiles.picture(
          folder.resolve("Dataset 1/%03d.bmp".formatted(number)), 5, 5, Color.PINK);
      // 21 monocytes, 20 eosinophils, one basophil.
      table.add(number + "," + (number <= 21 ? 3 : number <= 41 ? 4 : 5));
    }
    PublishedFiles.text(folder.resolve("Class Labels of Dataset 1.csv"), table);
    List<Row> images = images(PaperDataset.WBC);
    assertThat(images).hasSize(21).allMatch(row -> row.getAs(Tables.LABEL).equals("monocyte"));
    assertThat(images.stream().filter(row -> row.getAs(Tables.SPLIT).equals("train"))).hasSize(16);
    assertThat(cells(images.get(16))).isEqualTo(List.of("Dataset 1/017.bmp", "monocyte", "test"));

    PublishedFiles.text(
        folder.resolve("Class Labels of Dataset 1.csv"), List.of("image ID,class label", "1,x"));
    assertRefusalOf(PaperDataset.WBC)
        .hasMessageContaining("the line '1,x' is not of two whole numbers");
    Files.delete(folder.resolve("Class Labels of Dataset 1.csv"));
    assertRefusalOf(PaperDataset.WBC)
        .hasMessageContaining("lacks the file Class Labels of Dataset 1.csv.");
  }

  @Test
  void readsAnyFolderTree() throws IOException {
    PublishedFiles.picture(folder.resolve("train/a cat/one.png"), 5, 5, Color.PINK);
    PublishedFiles.picture(folder.resolve("train/a cat/deep/two%20#.png"), 5, 5, Color.PINK);
    PublishedFiles.picture(folder.resolve("test/dog/three.png"), 5, 5, Color.PINK);
    PublishedFiles.text(folder.resolve("README"), List.of("not an image"));
    PublishedFiles.text(folder.resolve(".hidden/a/b"), List.of("not an image"));
    assertThat(images(PaperDataset.FOLDER))
        .extracting(DatasetImportTest::cells)
        .containsExactly(
            List.of("test/dog/three.png", "dog", "test"),
            List.of("train/a cat/deep/two%20#.png", "a cat", "train"),
            List.of("train/a cat/one.png", "a cat", "train"));
  }

  @Test
  void takesEachImageOfAFolderTreeOnceWhateverLinksThereAre() throws IOException {
    Path cat = folder.resolve("train/cat");
    PublishedFiles.picture(cat.resolve("one.png"), 5, 5, Color.PINK);
    PublishedFiles.picture(cat.resolve("deep/two.png"), 5, 5, Color.PINK);
    PublishedFiles.text(cat.resolve("Thumbs.db"), List.of("not an image"));
    Files.createSymbolicLink(cat.resolve("deep/self"), cat.resolve("deep"));
    Files.createSymbolicLink(cat.resolve("deep/back"), folder);
    Files.createDirectories(folder.resolve("test"));
    Files.createSymbolicLink(folder.resolve("test/cat"), cat.resolve("deep"));

    assertThat(images(PaperDataset.FOLDER))
        .extracting(DatasetImportTest::cells)
        .containsExactly(
            List.of("test/cat/two.png", "cat", "test"),
            List.of("train/cat/deep/two.png", "cat", "train"),
            List.of("train/cat/one.png", "cat", "train"));
  }

  @Test
  void namesALinkThatLeadsNowhere() throws IOException {
    PublishedFiles.picture(folder.resolve("train/cat/one.png"), 5, 5, Color.PINK);
    Files.createSymbolicLink(folder.resolve("train/cat/two.png"), folder.resolve("nowhere"));

    assertRefusalOf(PaperDataset.FOLDER)
        .hasMessageContaining("links that lead nowhere")
        .hasMessageEndingWith(": 1, such as train/cat/two.png. Mend or remove them.");
  }

  @Test
  void aLinkThatLeadsNowhereIsAMissingFile() throws IOException {
    Path inner = folder.resolve("CUB_200_2011");
    Files.createDirectories(inner.resolve("images/001.A"));
    Files.createSymbolicLink(inner.resolve("images/001.A/1.jpg"), inner.resolve("nowhere"));
    Files.createSymbolicLink(inner.resolve("images/001.A/circle"), inner.resolve("images"));
    PublishedFiles.text(inner.resolve("images.txt"), List.of("1 001.A/1.jpg"));
    PublishedFiles.text(inner.resolve("image_class_labels.txt"), List.of("1 1"));
    PublishedFiles.text(inner.resolve("train_test_split.txt"), List.of("1 0"));
    PublishedFiles.text(inner.resolve("classes.txt"), List.of("1 001.A"));

    assertRefusalOf(PaperDataset.CUB200).hasMessageContaining("lacks the file images/001.A/1.jpg");
  }

  @Test
  void saysWhatThereIs() throws IOException {
    assertRefusalOf(PaperDataset.FOLDER)
        .hasMessageContaining("holds no files of the form split/class/image");
    assertThatThrownBy(() -> DatasetImport.images(SPARK, PaperDataset.DIOR, folder + "/nowhere"))
        .hasMessage("There is no folder file:%s/nowhere.".formatted(folder));
    assertThatThrownBy(() -> PaperDataset.named("imagenet"))
        .isInstanceOf(UserDataException.class)
        .hasMessageStartingWith(
            "There is no dataset imagenet; there are cifar10, cifar100-coarse,");
    assertThat(PaperDataset.named("Fashion-MNIST")).isEqualTo(PaperDataset.FASHION_MNIST);
  }

  @Test
  void readsTheRealFashionMnist() throws Exception {
    assumeThat(Files.isDirectory(DEBIAN_FASHION_MNIST))
        .as("Debian's package dataset-fashion-mnist is installed")
        .isTrue();
    Dataset<Row> images =
        DatasetImport.images(SPARK, PaperDataset.FASHION_MNIST, DEBIAN_FASHION_MNIST.toString());
    assertThat(
            images
                .groupBy(Tables.SPLIT, Tables.LABEL)
                .count()
                .groupBy(Tables.SPLIT, "count")
                .count()
                .orderBy(Tables.SPLIT)
                .collectAsList())
        .extracting(row -> row.get(0), row -> row.get(1), row -> row.get(2))
        .containsExactly(tuple("test", 1_000L, 10L), tuple("train", 6_000L, 10L));
    Row first = images.filter("image_id = 'train/00000'").head();
    assertThat(first.<String>getAs(Tables.LABEL)).isEqualTo("ankle_boot");
    // The sample's files bear the index in the original set.
    Path sneaker;
    try (var files = Files.list(Path.of("src/demo/fashion-mnist/train/sneaker"))) {
      sneaker = files.sorted().findFirst().orElseThrow();
    }
    int index = Integer.parseInt(sneaker.getFileName().toString().replaceAll("\\D", ""));
    Row same = images.filter("image_id = '%s'".formatted("train/%05d".formatted(index))).head();
    assertThat(decoded(same).pixels())
        .isEqualTo(ImageDecoder.DEFAULT.decode(Files.readAllBytes(sneaker)).pixels());
  }
}
