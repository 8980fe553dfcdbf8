package org.dn2.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.dn2.image.ImageInput.Format;
import org.dn2.testing.SparkSessions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What lies in folders beside plain files of plain names. */
class ListingOfOddEntriesTest {
  private static final SparkSession SPARK = SparkSessions.local();
  private static final Configuration HADOOP = new Configuration();

  @TempDir private Path folder;

  private static ImageInput input(Path path, String glob) {
    return new ImageInput(path.toString(), Format.FOLDER, null, null, null, List.of(), glob, null);
  }

  private ImageListing.Found list() {
    return ImageListing.find(SPARK, input(folder, null));
  }

  private static List<String> ids(ImageListing.Found found) {
    return found.images().select("image_id").collectAsList().stream()
        .map(row -> row.getString(0))
        .sorted()
        .toList();
  }

  private Path write(String name) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, "1");
  }

  private static void assertUnreadable(Row row, String message) {
    assertThatThrownBy(
            () ->
                ImageFile.at(row.getAs("path"), row.getAs("size_bytes"), HADOOP)
                    .read(DecodeLimits.DEFAULT))
        .isInstanceOfSatisfying(
            UndecodableImageException.class,
            e -> assertThat(e.reason()).isEqualTo(RejectReason.UNREADABLE))
        .hasMessage(message);
  }

  @Test
  void namesOfCamerasAreNotHidden() throws IOException {
    write("_MG_1234.JPG");
    write("_good/_DSC0042.JPG");
    write("_rejects/a.png");

    ImageListing.Found found = list();

    assertThat(ids(found)).containsExactly("_MG_1234.JPG", "_good/_DSC0042.JPG", "_rejects/a.png");
    assertThat(found.leftOut().byRule()).isEmpty();
  }

  @Test
  void everyEntryThatIsLeftOutIsCountedByItsRule() throws IOException {
    write("a.png");
    write(".hidden.png");
    write(".folder/a.png");
    write(".folder/b.png");
    write("Thumbs.db");
    write("desktop.ini");
    write(".DS_Store");
    write("a.XMP");
    write("a.xml");
    write("labels.json");
    write("notes.txt");
    write("IMG_1.AAE");
    write("labels.csv");
    write("b.png._COPYING_");
    write("_SUCCESS");
    write("_temporary/0/part.png");
    write(".out~2026-01-01~0123456789abcdef.parts/embeddings/part.parquet");
    write(".out~first.unfinished");
    write("earlier/_DN2_RUN");
    write("earlier/strangest.png");
    write("scores/run_date=2026-01-01/run_id=a/_DN2_RUN");
    write("scores/run_date=2026-01-01/run_id=a/part.parquet");
    write("being written/_dn2/notes");
    write("being written/part.png");

    ImageListing.Found found = list();

    assertThat(ids(found)).containsExactly("a.png");
    assertThat(found.leftOut().byRule())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of("hidden", 2L, "output_of_dn2", 7L, "sidecar", 9L, "being_copied", 1L));
    assertThat(found.leftOut())
        .hasToString("19 left out (2 hidden, 7 output_of_dn2, 9 sidecar, 1 being_copied)");
  }

  @Test
  void aGlobTakesNamesInAnyLetterCaseAndTellsWhatItLeavesOut() throws IOException {
    for (String name : List.of("a.jpg", "b.JPG", "c.Jpg", "d.png", "e.PNG", "f.gif", "g:h.jpg")) {
      write(name);
    }

    ImageListing.Found found = ImageListing.find(SPARK, input(folder, "*.{jpg,PNG}"));

    assertThat(ids(found)).containsExactly("a.jpg", "b.JPG", "c.Jpg", "d.png", "e.PNG", "g:h.jpg");
    assertThat(found.leftOut().byRule()).isEqualTo(Map.of("glob", 1L));
  }

  @Test
  void namesThatAreNotUtf8AreListedAndCannotBeOpened() throws IOException {
    URI here = folder.toUri();
    Files.writeString(Path.of(URI.create(here + "caf%E9.png")), "1");
    Files.createDirectory(Path.of(URI.create(here + "d%FF")));
    Files.writeString(Path.of(URI.create(here + "d%FF/%C3%BC%C3.png")), "1");
    write("\uFFFD.png");

    ImageListing.Found found = list();

    assertThat(ids(found)).containsExactly("caf\\xE9.png", "d\\xFF/\u00fc\\xC3.png", "\uFFFD.png");
    for (Row row : found.images().where("path is null").collectAsList()) {
      assertUnreadable(
          row,
          "There is no path by which it could be opened: the file's name is not valid UTF-8, or"
              + " its row names none. Rename the file.");
    }
    assertThat(found.images().where("path is null").count()).isEqualTo(2);
  }

  @Test
  void linksThatLeadNowhereAreListedAndSaidToBe() throws IOException {
    Files.createSymbolicLink(folder.resolve("dangling.png"), Path.of("gone.png"));
    Files.createSymbolicLink(folder.resolve("self.png"), Path.of("self.png"));
    Path target = write("a.png");
    Files.createSymbolicLink(folder.resolve("b.png"), target);

    ImageListing.Found found = list();

    assertThat(ids(found)).containsExactly("a.png", "b.png", "dangling.png", "self.png");
    assertThat(found.leftOut().byRule()).isEmpty();
    assertUnreadable(
        found.images().where("image_id = 'dangling.png'").first(),
        "The link leads to gone.png, where there is nothing that can be looked at.");
    assertUnreadable(
        found.images().where("image_id = 'self.png'").first(),
        "The link leads to self.png, where there is nothing that can be looked at.");
  }

  @Test
  void aFolderIsGoneThroughOnceOnAPathHoweverLinksLead() throws IOException {
    write("a/1.png");
    write("b/2.png");
    Path outside = Files.createTempDirectory("dn2-outside");
    Files.writeString(outside.resolve("3.png"), "1");
    Files.createSymbolicLink(folder.resolve("a/up"), folder);
    Files.createSymbolicLink(folder.resolve("b/further-up"), folder.getParent());
    Files.createSymbolicLink(folder.resolve("b/here"), Path.of("."));
    Files.createSymbolicLink(folder.resolve("b/a"), Path.of("../a"));
    Files.createSymbolicLink(folder.resolve("outside"), outside);
    Files.createSymbolicLink(outside.resolve("back"), folder);

    ImageListing.Found found = list();

    assertThat(ids(found)).containsExactly("a/1.png", "b/2.png", "b/a/1.png", "outside/3.png");
    assertThat(found.leftOut().byRule()).isEqualTo(Map.of("circular_link", 5L));
  }

  @Test
  void foldersThatAllLinkToEachOtherEndInTime() throws IOException {
    for (int i = 0; i < 8; i++) {
      write(i + "/a.png");
      for (int j = 0; j < 8; j++) {
        if (i != j) {
          Files.createSymbolicLink(
              folder.resolve(i + "/" + j), folder.resolve(Integer.toString(j)));
        }
      }
    }

    ImageListing.Found found = list();

    // Each folder, and on paths of one, two and three links those that are not on the path.
    long paths = 8 + 8 * 7 + 8 * 7 * 6 + 8 * 7 * 6 * 5;
    assertThat(found.images().count()).isEqualTo(paths);
    assertThat(found.leftOut().byRule()).containsOnlyKeys("circular_link", "nested_link");
  }

  @Test
  void pipesAndSocketsAreNeverOpened() throws Exception {
    write("a.png");
    Path pipe = folder.resolve("pipe.png");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    Files.createSymbolicLink(folder.resolve("link.png"), pipe);
    try (ServerSocketChannel socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      socket.bind(UnixDomainSocketAddress.of(folder.resolve("s.png")));

      ImageListing.Found found = list();

      assertThat(ids(found)).containsExactly("a.png");
      assertThat(found.leftOut().byRule()).isEqualTo(Map.of("not_a_regular_file", 3L));
    }
    assertThatThrownBy(() -> ImageFile.at(pipe.toString(), null, HADOOP))
        .hasMessage("It is not a regular file, but a pipe, a socket or a device.");
    assertThatThrownBy(() -> ImageFile.at(pipe.toString(), 5L, HADOOP))
        .hasMessage("It is not a regular file, but a pipe, a socket or a device.");
  }

  @Test
  void namesWithColonsAndStaleChecksumFilesAreRead() throws Exception {
    Path colon = write("2024-01-05T12:30:00.png");
    Files.writeString(folder.resolve(".2024-01-05T12:30:00.png.crc"), "stale");
    write("a.png");
    Files.write(
        folder.resolve(".a.png.crc"), new byte[] {'c', 'r', 'c', 0, 0, 0, 2, 0, 1, 1, 1, 1});

    ImageListing.Found found = list();

    assertThat(ids(found)).containsExactly("2024-01-05T12:30:00.png", "a.png");
    assertThat(found.leftOut().byRule()).isEqualTo(Map.of("hidden", 2L));
    for (Row row : found.images().collectAsList()) {
      assertThat(
              ImageFile.at(row.getAs("path"), row.getAs("size_bytes"), HADOOP)
                  .read(DecodeLimits.DEFAULT))
          .containsExactly('1');
    }
    assertThat(ids(ImageListing.find(SPARK, input(colon, null))))
        .containsExactly("2024-01-05T12:30:00.png");
  }

  @Test
  void rowsOfOtherSplitsAndLabelsAreCounted() throws IOException {
    Files.writeString(
        folder.resolve("list.csv"),
        "path,label,split\na,cat,train\nb,dog,train\nc,cat,test\nd,,train\n");

    ImageListing.Found found =
        ImageListing.find(
            SPARK,
            new ImageInput(
                folder + "/list.csv",
                Format.AUTO,
                null,
                null,
                "train",
                List.of("cat"),
                null,
                null));

    assertThat(ids(found)).containsExactly("a");
    assertThat(found.leftOut().byRule()).isEqualTo(Map.of("split", 1L, "label", 2L));
  }
}
