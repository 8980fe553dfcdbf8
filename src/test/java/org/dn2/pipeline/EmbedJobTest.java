package org.dn2.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.Color;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32;
import org.apache.spark.sql.Row;
import org.dn2.embedding.ComputeDevice;
import org.dn2.embedding.EmbeddingSettings;
import org.dn2.image.DecodeLimits;
import org.dn2.image.ExifOrientation;
import org.dn2.image.ImageInput;
import org.dn2.image.View;
import org.dn2.model.TinyBackbone;
import org.dn2.store.Destination;
import org.dn2.store.EmbeddingsStore;
import org.dn2.store.ExistingOutput;
import org.dn2.store.RunId;
import org.dn2.table.EmbeddedImage;
import org.dn2.table.Tables;
import org.dn2.table.UserDataException;
import org.dn2.testing.Images;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbedJobTest {
  @TempDir Path folder;

  @Test
  void everyListedImageIsEmbeddedOrRejectedExactlyOnce() throws IOException {
    Workplace work = Workplace.in(folder);
    Path input = folder.resolve("in/cat");
    Images.writeFolder(input, 11, Color.RED, 7);
    byte[] png = Images.encoded("png", Color.BLUE, 1);
    byte[] jpeg = Images.encoded("jpg", Color.BLUE, 1);
    Files.write(input.resolve("empty.png"), new byte[0]);
    Files.writeString(input.resolve("text.jpg"), "this is no picture");
    Files.write(input.resolve("cut.jpg"), Arrays.copyOf(jpeg, jpeg.length / 2));
    Files.write(input.resolve("cut.png"), Arrays.copyOf(png, png.length / 2));
    Files.write(input.resolve("huge.png"), pngHeader(60_000, 60_000));
    Files.write(input.resolve("odd name %41 #1?.gif"), Images.encoded("gif", Color.GREEN, 2));

    EmbedJob.Counts counts = work.embed("in", "out");

    assertThat(counts.listed()).isEqualTo(17);
    assertThat(counts.embedded()).isEqualTo(12);
    assertThat(counts.rejectedByReason())
        .isEqualTo(Map.of("empty", 1L, "not_an_image", 1L, "truncated", 2L, "too_large", 1L));
    Map<String, String> reasons = new TreeMap<>();
    for (Row row : work.rejects("out").collectAsList()) {
      reasons.put(row.getAs(Tables.IMAGE_ID), row.getAs(Tables.REASON));
      assertThat(row.<String>getAs(Tables.MESSAGE)).isNotBlank();
    }
    assertThat(reasons)
        .isEqualTo(
            Map.of(
                "cat/empty.png", "empty",
                "cat/text.jpg", "not_an_image",
                "cat/cut.jpg", "truncated",
                "cat/cut.png", "truncated",
                "cat/huge.png", "too_large"));
    assertThat(work.embeddings("out").columns()).containsExactly(Tables.EMBEDDINGS.fieldNames());
    assertThat(work.rejects("out").columns()).containsExactly(Tables.REJECTS.fieldNames());
    assertThat(work.embeddings("out").select(Tables.LABEL).distinct().collectAsList())
        .extracting(row -> row.getString(0))
        .containsExactly("cat");
    assertThat(work.embeddings("out").filter("image_id = 'cat/odd name %41 #1?.gif'").count())
        .isEqualTo(1);
  }

  /** A whole header of a picture whose pixels nobody could hold. */
  private static byte[] pngHeader(int width, int height) {
    ByteBuffer bytes = ByteBuffer.allocate(33);
    bytes.put(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'});
    bytes.putInt(13).put("IHDR".getBytes(StandardCharsets.US_ASCII));
    bytes.putInt(width).putInt(height).put(new byte[] {8, 2, 0, 0, 0});
    CRC32 checksum = new CRC32();
    checksum.update(bytes.array(), 12, 17);
    return bytes.putInt((int) checksum.getValue()).array();
  }

  @Test
  void anUnreadablePathIsARejectAndTheOthersAreEmbedded() throws IOException {
    Workplace work = Workplace.in(folder);
    Images.writeFolder(folder.resolve("pictures/cat"), 3, Color.RED, 7);
    Files.writeString(
        folder.resolve("pictures/manifest.csv"),
        "path,label\ncat/000.png,cat\ncat/001.png,cat\ncat/missing.png,cat\ncat,dog\n");

    EmbedJob.Counts counts = work.embed("pictures/manifest.csv", "out");

    assertThat(counts.toString())
        .isEqualTo("4 listed, 2 embedded, 2 rejected (1 gone, 1 unreadable)");
    assertThat(work.rejects("out").orderBy(Tables.IMAGE_ID).collectAsList())
        .extracting(row -> row.<String>getAs(Tables.IMAGE_ID))
        .containsExactly("cat", "cat/missing.png");
  }

  @Test
  void blankRowsOfAManifestAreCountedWhereverImagesAre() throws IOException {
    Workplace work = Workplace.in(folder);
    Images.writeFolder(folder.resolve("pictures"), 2, Color.RED, 7);
    Files.writeString(
        folder.resolve("pictures/manifest.csv"),
        "path,label\n000.png,cat\n,\n001.png,cat\n   ,  \n");

    assertThat(work.embed("pictures/manifest.csv", "out"))
        .hasToString("2 listed, 2 embedded, 0 rejected, 2 left out (2 blank_row)");

    assertThat(Files.readString(folder.resolve("out/embed.json")))
        .containsPattern("\"left_out\" : \\{\\s+\"blank_row\" : 2\\s+}");
    PackJob.Settings pack =
        new PackJob.Settings(
            Workplace.images(work.path("pictures/manifest.csv")),
            DecodeLimits.DEFAULT,
            0,
            new Destination(work.path("packed"), new RunId("first"), ExistingOutput.KEEP));
    assertThat(new PackJob(Workplace.SPARK).run(pack))
        .hasToString("2 listed, 2 packed, 0 rejected, 2 left out (2 blank_row)");
  }

  @Test
  void aCropIsEmbeddedAsThatPartAlone() throws IOException {
    Workplace work = Workplace.in(folder);
    Images.writeFolder(folder.resolve("pictures"), 1, Color.RED, 7);
    Files.writeString(
        folder.resolve("pictures/manifest.csv"),
        "path,x,y,width,height\n000.png,,,,\n000.png,0,0,40,36\n000.png,5,5,20,20\n000.png,30,0,20,20\n");

    EmbedJob.Counts counts = work.embed("pictures/manifest.csv", "out");

    assertThat(counts.rejectedByReason()).isEqualTo(Map.of("unsupported", 1L));
    Map<String, List<Float>> embeddings = embeddingsById(work, "out");
    assertThat(embeddings.get("000.png#0,0,40,36")).isEqualTo(embeddings.get("000.png"));
    assertThat(embeddings.get("000.png#5,5,20,20")).isNotEqualTo(embeddings.get("000.png"));
    assertThat(work.rejects("out").head().<String>getAs(Tables.MESSAGE))
        .isEqualTo("The crop of 20x20 pixels at 30,0 reaches beyond the image of 40x36 pixels.");
  }

  private static Map<String, List<Float>> embeddingsById(Workplace work, String output) {
    Map<String, List<Float>> embeddings = new TreeMap<>();
    for (Row row : work.embeddings(output).collectAsList()) {
      embeddings.put(row.getAs(Tables.IMAGE_ID), row.getList(row.fieldIndex(Tables.EMBEDDING)));
    }
    return embeddings;
  }

  @Test
  void embeddingsAreTheSameForAnyBatchSize() throws IOException {
    Workplace work = Workplace.in(folder);
    Images.writeFolder(folder.resolve("in"), 23, Color.ORANGE, 3);
    for (int batchSize : List.of(1, 5, 16, 64)) {
      new EmbedJob(Workplace.SPARK)
          .run(
              new EmbedJob.Settings(
                  Workplace.images(work.path("in")),
                  work.model(),
                  Workplace.embedding(batchSize),
                  0,
                  new Destination(
                      work.path("out" + batchSize), new RunId("first"), ExistingOutput.KEEP)));
    }
    Map<String, List<Float>> expected = embeddingsById(work, "out1");
    assertThat(expected).hasSize(23);
    assertThat(embeddingsById(work, "out5")).isEqualTo(expected);
    assertThat(embeddingsById(work, "out16")).isEqualTo(expected);
    assertThat(embeddingsById(work, "out64")).isEqualTo(expected);
  }

  @Test
  void anEmbeddingOfViewsIsTheirMeanUnderAnIdOfItsOwn() throws IOException {
    Workplace work = Workplace.in(folder);
    Images.writeFolder(folder.resolve("in"), 6, Color.RED, 7);
    Map<String, float[]> center = byId(work, "center", View.CENTER);
    Map<String, float[]> mirror = byId(work, "mirror", View.MIRROR);
    Map<String, float[]> whole = byId(work, "whole", View.WHOLE);
    Map<String, float[]> all = byId(work, "all", View.CENTER, View.MIRROR, View.WHOLE);
    assertThat(all).hasSize(6);
    all.forEach(
        (id, embedding) -> {
          for (int i = 0; i < embedding.length; i++) {
            double sum = (double) center.get(id)[i] + mirror.get(id)[i] + whole.get(id)[i];
            assertThat(embedding[i]).isEqualTo((float) (sum / 3));
          }
          assertThat(center.get(id)).isNotEqualTo(mirror.get(id)).isNotEqualTo(whole.get(id));
        });
    assertThat(EmbeddingsStore.modelIds(work.embeddings("center"))).containsExactly("tiny-1");
    assertThat(EmbeddingsStore.modelIds(work.embeddings("all")))
        .containsExactly("tiny-1-center-mirror-whole");
    assertThat(new EmbeddingsStore(Workplace.SPARK).open(work.path("all")).model().views())
        .containsExactly(View.CENTER, View.MIRROR, View.WHOLE);
    assertThatThrownBy(
            () ->
                work.model().spec().withViews(List.of(View.MIRROR)).withViews(List.of(View.WHOLE)))
        .hasMessage("The model tiny-1-mirror has the views mirror already. Give none for it.");
    assertThatThrownBy(() -> work.model().spec().withViews(List.of(View.MIRROR, View.MIRROR)))
        .hasMessageContaining("it must be views that differ");
  }

  private static Map<String, float[]> byId(Workplace work, String output, View... views) {
    BackboneFolder model =
        new BackboneFolder(
            work.model().spec().withViews(List.of(views)), work.model().torchScript());
    new Workplace(work.folder(), model).embed("in", output);
    Map<String, float[]> byId = new TreeMap<>();
    EmbeddedImage.in(work.embeddings(output))
        .collectAsList()
        .forEach(image -> byId.put(image.getImageId(), image.getEmbedding()));
    return byId;
  }

  @Test
  void readsImagesFromAParquetTable() throws IOException {
    Workplace work = Workplace.in(folder);
    Images.writeFolder(folder.resolve("in"), 5, Color.ORANGE, 3);
    work.embed("in", "from-files");
    Workplace.SPARK
        .read()
        .format("binaryFile")
        .load(work.path("in"))
        .selectExpr("substring_index(path, '/', -1) image_id", "content")
        .write()
        .parquet(work.path("table"));

    work.embed("table", "from-table");

    assertThat(embeddingsById(work, "from-table")).isEqualTo(embeddingsById(work, "from-files"));
  }

  @Test
  void tooManyRejectsFailTheRunWhichKeepsItsParts() throws IOException {
    Workplace work = Workplace.in(folder);
    Images.writeFolder(folder.resolve("in"), 2, Color.RED, 7);
    Files.writeString(folder.resolve("in/a.jpg"), "no picture");
    Files.writeString(folder.resolve("in/b.jpg"), "no picture");
    Files.writeString(folder.resolve("in/c.jpg"), "no picture");

    assertThatThrownBy(() -> work.embed("in", "out"))
        .isInstanceOf(UserDataException.class)
        .hasMessageStartingWith("Too many images of " + work.path("in") + " were rejected:")
        .hasMessageContaining("5 listed, 2 embedded, 3 rejected (3 not_an_image)")
        .hasMessageContaining("the largest fraction allowed is 0.5")
        .hasMessageContaining("a.jpg: not_an_image: ")
        .satisfies(
            failure ->
                assertThat(failure.getSuppressed())
                    .extracting(Throwable::getMessage)
                    .containsExactly(
                        "5 of 5 images are embedded and kept. Repeat the command with --run-id first to go on."));
    assertThat(work.names(""))
        .hasSize(4)
        .contains("in", "model", ".out~first.unfinished")
        .anyMatch(name -> name.matches("\\.out~first~[0-9a-f]{16}\\.parts"));
  }

  @Test
  void aFolderWithoutAUsableImageFailsWithTheReasons() throws IOException {
    Workplace work = Workplace.in(folder);
    Files.createDirectories(folder.resolve("in"));
    Files.writeString(folder.resolve("in/readme.png"), "no picture");

    assertThatThrownBy(() -> work.embed("in", "out"))
        .isInstanceOf(UserDataException.class)
        .hasMessageStartingWith("There is no usable image in " + work.path("in"))
        .hasMessageContaining("readme.png: not_an_image");
  }

  @Test
  void aNetworkThatGivesInfinityMakesRejects() throws IOException {
    TinyBackbone.writeNonFinite(folder.resolve("model"));
    Workplace work = Workplace.in(folder);
    Images.writeFolder(folder.resolve("in"), 2, Color.RED, 7);

    assertThatThrownBy(() -> work.embed("in", "out"))
        .isInstanceOf(UserDataException.class)
        .hasMessageContaining("2 non_finite_embedding");
  }

  @Test
  void aDescriptionWithAnotherDimensionFailsTheJob() throws IOException {
    TinyBackbone.writeWithDimension(folder.resolve("model"), 9);
    Workplace work = Workplace.in(folder);
    Images.writeFolder(folder.resolve("in"), 1, Color.RED, 7);

    assertThatThrownBy(() -> work.embed("in", "out"))
        .rootCause()
        .isInstanceOf(UserDataException.class)
        .hasMessageContaining("gives 8 numbers for 1 images, its model.json says 9");
  }

  @Test
  void aModelFileThatWasChangedIsNotLoaded() throws IOException {
    Path model = folder.resolve("model");
    TinyBackbone.write(model, 99);
    byte[] bytes = Files.readAllBytes(model.resolve("model.pt"));
    bytes[bytes.length / 2] ^= 1;
    Files.write(model.resolve("model.pt"), bytes);
    Workplace work = Workplace.in(folder);
    Images.writeFolder(folder.resolve("in"), 1, Color.RED, 7);

    assertThatThrownBy(() -> work.embed("in", "out"))
        .rootCause()
        .isInstanceOf(UserDataException.class)
        .hasMessageContaining("it is damaged or another. Import the model again.");
  }

  @Test
  void aGpuThatSparkDidNotGiveFailsTheJob() throws IOException {
    Workplace work = Workplace.in(folder);
    Images.writeFolder(folder.resolve("in"), 1, Color.RED, 7);
    EmbedJob.Settings settings =
        new EmbedJob.Settings(
            Workplace.images(work.path("in")),
            work.model(),
            new EmbeddingSettings(
                4, ComputeDevice.GPU, DecodeLimits.DEFAULT, ExifOrientation.IGNORE),
            0,
            new Destination(work.path("out"), new RunId("first"), ExistingOutput.KEEP));

    assertThatThrownBy(() -> new EmbedJob(Workplace.SPARK).run(settings))
        .rootCause()
        .isInstanceOf(UserDataException.class)
        .hasMessageStartingWith("A GPU was asked for, but Spark gave none to the task.");
  }

  @Test
  void anotherRunsOutputIsKeptUnlessReplacingIsAskedFor() throws IOException {
    Workplace work = Workplace.in(folder);
    Images.writeFolder(folder.resolve("in"), 2, Color.RED, 7);
    work.embed("in", "out");
    EmbedJob job = new EmbedJob(Workplace.SPARK);
    Images.writeFolder(folder.resolve("in"), 3, Color.RED, 7);

    assertThatThrownBy(() -> job.run(work.embedSettings("in", "out", "second")))
        .isInstanceOf(UserDataException.class)
        .hasMessageContaining("is there already, written by the run first. Overwrite it");
    assertThat(work.embeddings("out").count()).isEqualTo(2);

    job.run(work.embedSettings("in", "out", "first"));
    assertThat(work.embeddings("out").count()).isEqualTo(3);
    assertThat(work.names("")).containsExactly("in", "model", "out");
  }

  @Test
  void anOutputBelowAFileIsRefusedBeforeTheWork() throws IOException {
    Workplace work = Workplace.in(folder);
    Images.writeFolder(folder.resolve("in"), 1, Color.RED, 7);
    Files.writeString(folder.resolve("file"), "");

    assertThatThrownBy(() -> work.embed("in", "file/out"))
        .isInstanceOf(UserDataException.class)
        .hasMessageContaining("cannot be written")
        .hasMessageEndingWith("Is the folder writable, and is there space?");
  }

  @Test
  void aDuplicateIdFailsTheRun() throws IOException {
    Workplace work = Workplace.in(folder);
    Images.writeFolder(folder.resolve("pictures"), 1, Color.RED, 7);
    Files.writeString(folder.resolve("pictures/manifest.csv"), "path\n000.png\n000.png\n");

    assertThatThrownBy(() -> work.embed("pictures/manifest.csv", "out"))
        .isInstanceOf(UserDataException.class)
        .hasMessageContaining("000.png");
  }

  @Test
  void badSettingsAreNamed() {
    Workplace work = Workplace.in(folder);
    assertThatThrownBy(() -> Workplace.embedding(0))
        .hasMessage("The batch size is 0; it must be from 1 to 1024 images.");
    assertThatThrownBy(() -> new RunId("../escape"))
        .hasMessageStartingWith("The run id \"../escape\" is not 1 to 100 letters");
    assertThatThrownBy(
            () ->
                new EmbedJob.Settings(
                    ImageInput.of("in"),
                    work.model(),
                    Workplace.embedding(1),
                    1.5,
                    new Destination("out", new RunId("a"), ExistingOutput.KEEP)))
        .hasMessage("The largest fraction of rejects is 1.5; it must be from 0 to 1.");
    assertThatThrownBy(() -> Workplace.openModel(folder.resolve("nothing")))
        .isInstanceOf(UserDataException.class)
        .hasMessageStartingWith("There is no whole model in ");
  }
}
