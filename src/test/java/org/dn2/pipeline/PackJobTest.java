package org.dn2.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.Color;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.dn2.image.DecodeLimits;
import org.dn2.store.Destination;
import org.dn2.store.ExistingOutput;
import org.dn2.store.RunId;
import org.dn2.table.Tables;
import org.dn2.table.UserDataException;
import org.dn2.testing.Images;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PackJobTest {
  private static final long MIB = 1 << 20;

  @TempDir Path folder;

  private static PackJob.Settings settings(Workplace work, String input, DecodeLimits limits) {
    return new PackJob.Settings(
        Workplace.images(work.path(input)),
        limits,
        0.5,
        new Destination(work.path("packed"), new RunId("first"), ExistingOutput.KEEP));
  }

  private static PackJob.Counts pack(Workplace work, String input) {
    return new PackJob(Workplace.SPARK).run(settings(work, input, DecodeLimits.DEFAULT));
  }

  private static Dataset<Row> packed(Workplace work) {
    return Workplace.SPARK.read().parquet(work.path("packed"));
  }

  private static List<String> rows(Dataset<Row> table, String... but) {
    return table.drop(but).orderBy(Tables.IMAGE_ID).collectAsList().stream()
        .map(Row::toString)
        .toList();
  }

  @Test
  void thePackedTableGivesTheEmbeddingsAndRejectsOfTheFolder() throws IOException {
    Workplace work = Workplace.in(folder);
    Images.writeFolder(folder.resolve("in/cat"), 9, Color.RED, 7);
    Images.writeFolder(folder.resolve("in/odd name %41 #1?"), 4, Color.BLUE, 8);
    Files.write(folder.resolve("in/cat/empty.png"), new byte[0]);
    Files.writeString(folder.resolve("in/cat/text.jpg"), "this is no picture");

    PackJob.Counts counts = pack(work, "in");

    assertThat(counts).hasToString("15 listed, 15 packed, 0 rejected");
    assertThat(packed(work).columns()).containsExactly(Tables.IMAGES.fieldNames());
    work.embed("in", "from-files");
    work.embed("packed", "from-table");
    assertThat(rows(work.embeddings("from-table")))
        .hasSize(13)
        .isEqualTo(rows(work.embeddings("from-files")));
    assertThat(rows(work.rejects("from-table")))
        .hasSize(2)
        .isEqualTo(rows(work.rejects("from-files")));
  }

  @Test
  void bytesLabelsGroupsSplitsAndCropsOfAManifestAreKept() throws IOException {
    Workplace work = Workplace.in(folder);
    Images.writeFolder(folder.resolve("pictures/cat"), 2, Color.RED, 7);
    Files.writeString(
        folder.resolve("pictures/manifest.csv"),
        """
        path,label,group_id,split,x,y,width,height
        cat/000.png,tom,g1,train,,,,
        cat/000.png,tom,g1,test,5,6,20,21
        cat/001.png,kit,,test,,,,
        cat/missing.png,kit,,test,,,,
        cat,kit,,test,,,,
        """);

    PackJob.Counts counts = pack(work, "pictures/manifest.csv");

    assertThat(counts.listed()).isEqualTo(5);
    assertThat(counts.packed()).isEqualTo(3);
    assertThat(counts.rejectedByReason()).isEqualTo(Map.of("gone", 1L, "unreadable", 1L));
    assertThat(rows(packed(work), "path", "size_bytes", "modified_at", "content"))
        .containsExactly(
            "[cat/000.png,tom,g1,train,null,null,null,null]",
            "[cat/000.png#5,6,20,21,tom,g1,test,5,6,20,21]",
            "[cat/001.png,kit,null,test,null,null,null,null]");
    for (Row row : packed(work).collectAsList()) {
      byte[] file = Files.readAllBytes(Path.of(URI.create(row.<String>getAs(Tables.PATH))));
      assertThat(row.<byte[]>getAs(Tables.CONTENT)).isEqualTo(file);
      assertThat(row.<Long>getAs(Tables.SIZE_BYTES)).isEqualTo(file.length);
    }
    Dataset<Row> rejects = Workplace.SPARK.read().parquet(work.path("packed_rejects"));
    assertThat(rejects.columns()).containsExactly(Tables.REJECTS.fieldNames());
    assertThat(rejects.orderBy(Tables.IMAGE_ID).collectAsList())
        .extracting(row -> row.<String>getAs(Tables.MESSAGE))
        .satisfiesExactly(
            message -> assertThat(message).isEqualTo("The file could not be read: it is a folder"),
            message -> assertThat(message).contains("cat/missing.png"));

    work.embed("pictures/manifest.csv", "from-files");
    work.embed("packed", "from-table");
    assertThat(rows(work.embeddings("from-table"))).isEqualTo(rows(work.embeddings("from-files")));
  }

  @Test
  void aRepeatWithoutRejectsEmptiesTheirTable() throws IOException {
    Workplace work = Workplace.in(folder);
    Images.writeFolder(folder.resolve("in"), 2, Color.RED, 7);
    Files.createSymbolicLink(folder.resolve("in/gone.png"), folder.resolve("nowhere"));
    assertThat(pack(work, "in").rejected()).isEqualTo(1);
    Files.delete(folder.resolve("in/gone.png"));

    assertThat(pack(work, "in").rejected()).isZero();

    Dataset<Row> rejects = Workplace.SPARK.read().parquet(work.path("packed_rejects"));
    assertThat(rejects.columns()).containsExactly(Tables.REJECTS.fieldNames());
    assertThat(rejects.count()).isZero();
  }

  @Test
  void whatLiesWhereRejectsGoIsNotReplaced() throws IOException {
    Workplace work = Workplace.in(folder);
    Images.writeFolder(folder.resolve("in"), 2, Color.RED, 7);
    Images.writeFolder(folder.resolve("packed_rejects"), 1, Color.RED, 7);

    assertThatThrownBy(() -> pack(work, "in"))
        .isInstanceOf(UserDataException.class)
        .hasMessageContaining("packed_rejects holds files that dn2 pack did not write there");
    assertThatThrownBy(() -> pack(work, "packed_rejects"))
        .isInstanceOf(UserDataException.class)
        .hasMessageContaining("packed_rejects is the input ");
    assertThat(work.names("packed_rejects")).containsExactly("000.png");
    assertThat(work.names("")).doesNotContain("packed");
  }

  @Test
  void aFileBeyondTheLimitIsRejectedUnread() throws IOException {
    Workplace work = Workplace.in(folder);
    Images.writeFolder(folder.resolve("in"), 3, Color.RED, 7);
    Files.write(folder.resolve("in/large.jpg"), new byte[2000]);

    PackJob.Counts counts =
        new PackJob(Workplace.SPARK).run(settings(work, "in", new DecodeLimits(1999, 1_000_000)));

    assertThat(counts).hasToString("4 listed, 3 packed, 1 rejected (1 too_large)");
  }

  @Test
  void theTablesFilesAreOfLikeSize() throws IOException {
    Workplace work = Workplace.in(folder);
    Files.createDirectories(folder.resolve("in"));
    Random random = new Random(4);
    for (int i = 0; i < 60; i++) {
      byte[] noise = new byte[i % 20 == 0 ? 1 << 19 : 1 << 15];
      random.nextBytes(noise);
      Files.write(folder.resolve("in/%02d.bin".formatted(i)), noise);
    }

    new PackJob(Workplace.SPARK, MIB, Long.MAX_VALUE)
        .run(settings(work, "in", DecodeLimits.DEFAULT));

    List<Long> sizes =
        work.names("packed").stream()
            .filter(name -> name.endsWith(".parquet"))
            .map(name -> folder.resolve("packed").resolve(name).toFile().length())
            .toList();
    assertThat(sizes).hasSizeBetween(4, 6);
    assertThat(sizes).allSatisfy(size -> assertThat(size).isBetween(MIB / 2, 3 * MIB / 2));
    assertThat(packed(work).count()).isEqualTo(60);
  }

  @Test
  void tooManyRejectsFailTheRunWhichKeepsItsParts() throws IOException {
    Workplace work = Workplace.in(folder);
    Images.writeFolder(folder.resolve("pictures"), 1, Color.RED, 7);
    Files.writeString(folder.resolve("pictures/manifest.csv"), "path\n000.png\na.png\nb.png\n");

    assertThatThrownBy(() -> pack(work, "pictures/manifest.csv"))
        .isInstanceOf(UserDataException.class)
        .hasMessageContaining("3 listed, 1 packed, 2 rejected (2 gone)")
        .hasMessageContaining("\n  a.png: gone: ");
    assertThat(work.names(""))
        .hasSize(4)
        .contains("model", "pictures", ".packed~first.unfinished")
        .anyMatch(name -> name.matches("\\.packed~first~[0-9a-f]{16}\\.parts"));
  }

  @Test
  void anInputWithoutAReadableFileFailsTheRun() throws IOException {
    Workplace work = Workplace.in(folder);
    Files.createDirectories(folder.resolve("pictures"));
    Files.writeString(folder.resolve("pictures/manifest.csv"), "path\na.png\n");

    assertThatThrownBy(() -> pack(work, "pictures/manifest.csv"))
        .isInstanceOf(UserDataException.class)
        .hasMessageStartingWith("There is no usable image in ");
  }
}
