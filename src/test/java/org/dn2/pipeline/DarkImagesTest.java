package org.dn2.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.Row;
import org.dn2.embedding.ComputeDevice;
import org.dn2.embedding.EmbeddingFingerprint;
import org.dn2.embedding.EmbeddingSettings;
import org.dn2.image.DecodeLimits;
import org.dn2.image.ExifOrientation;
import org.dn2.image.SampleBits;
import org.dn2.table.Tables;
import org.dn2.testing.Images;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Cameras of 10 bits in files of 16. */
class DarkImagesTest {
  private static final Path IMAGES = Path.of("src/test/resources/images");

  @TempDir Path folder;

  private EmbedJob.Settings settings(Workplace work, SampleBits bits, String out) {
    EmbedJob.Settings usual = work.embedSettings("in", out, "first");
    return new EmbedJob.Settings(
        usual.input(), usual.model(), embedding(bits), usual.maxRejectFraction(), usual.output());
  }

  private static EmbeddingSettings embedding(SampleBits bits) {
    return new EmbeddingSettings(
        4, ComputeDevice.CPU, DecodeLimits.DEFAULT, ExifOrientation.IGNORE, bits);
  }

  private Workplace withDeepImages() throws IOException {
    Workplace work = Workplace.in(folder);
    Images.writeFolder(folder.resolve("in/a"), 3, Color.RED, 7);
    for (String name : List.of("gray-10bit-unsaid.tif", "gray-10bit-smax.tif", "gray-16bit.png")) {
      Files.copy(IMAGES.resolve(name), folder.resolve("in/a/" + name));
    }
    return work;
  }

  private static List<Float> embedding(Workplace work, String out, String name) {
    Row row = work.embeddings(out).filter("image_id = 'a/%s'".formatted(name)).first();
    return row.getList(row.fieldIndex(Tables.EMBEDDING));
  }

  @Test
  void aRunWarnsOnceOfImagesThatUseFewOfTheirBits() throws IOException {
    Workplace work = withDeepImages();
    try (LogLines log = new LogLines(DarkImages.class)) {
      new EmbedJob(Workplace.SPARK).run(settings(work, SampleBits.AUTO, "auto"));

      assertThat(log.all())
          .containsExactly(
              "embed: 1 images have samples of 16 bits of which they use 10 or fewer; their files"
                  + " do not say so, and they are taken as dark. If their camera has fewer bits,"
                  + " repeat with --sample-bits (sample-bits in a configuration file), such as 10"
                  + " or 12, for normal and new images alike.");
    }
    assertThat(work.embeddings("auto").columns()).containsExactly(Tables.EMBEDDINGS.fieldNames());
  }

  @Test
  void theBitsThatTheUserNamesMakeThemBrightAndEndTheWarning() throws IOException {
    Workplace work = withDeepImages();
    try (LogLines log = new LogLines(DarkImages.class)) {
      new EmbedJob(Workplace.SPARK).run(settings(work, new SampleBits(10), "ten"));

      assertThat(log.all()).isEmpty();
    }
    assertThat(embedding(work, "ten", "gray-10bit-unsaid.tif"))
        .isEqualTo(embedding(work, "ten", "gray-10bit-smax.tif"));
  }

  @Test
  void embeddingsOfOtherBitsHaveAnotherFingerprint() {
    Workplace work = Workplace.in(folder);

    assertThat(EmbeddingFingerprint.of(work.model().spec(), embedding(new SampleBits(10))))
        .isNotEqualTo(EmbeddingFingerprint.of(work.model().spec(), embedding(SampleBits.AUTO)))
        .isNotEqualTo(EmbeddingFingerprint.of(work.model().spec(), embedding(new SampleBits(12))));
  }
}
