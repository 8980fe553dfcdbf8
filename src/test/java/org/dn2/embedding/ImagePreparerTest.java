package org.dn2.embedding;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.expressions.GenericRowWithSchema;
import org.dn2.image.DecodeLimits;
import org.dn2.image.ExifOrientation;
import org.dn2.image.ImageDecoder;
import org.dn2.image.InputGeometry;
import org.dn2.image.ResizeMode;
import org.dn2.image.RgbImage;
import org.dn2.table.Tables;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImagePreparerTest {
  private static final ModelSpec SPEC =
      new ModelSpec(
          "test",
          "test.pt",
          "0".repeat(64),
          1,
          ResizeMode.EXACT,
          256,
          224,
          List.of(0.0, 0.0, 0.0),
          List.of(1.0, 1.0, 1.0),
          Precision.FP32,
          null,
          null,
          null,
          null,
          null);
  private static final InputGeometry GEOMETRY = new InputGeometry(ResizeMode.EXACT, 256, 224);
  private static final ImagePreparer PREPARER =
      new ImagePreparer(
          new Configuration(false),
          SPEC,
          new EmbeddingSettings(
              1, ComputeDevice.CPU, DecodeLimits.DEFAULT, ExifOrientation.IGNORE));

  @TempDir Path folder;

  @Test
  void aCropIsCutFromTheFullSizeOfALargeImage() throws Exception {
    byte[] file = largeJpeg();
    RgbImage cut = ImageDecoder.DEFAULT.decode(file).crop(2000, 1500, 300, 260);

    ImagePreparer.Prepared prepared = prepared(row(file, 2000, 1500, 300, 260));

    assertThat(prepared.views().get(0).pixels()).isEqualTo(GEOMETRY.apply(cut).pixels());
  }

  @Test
  void aWholeLargeImageIsDecodedForTheNetwork() throws Exception {
    byte[] file = largeJpeg();

    ImagePreparer.Prepared prepared = prepared(row(file, null, null, null, null));

    assertThat(prepared.views().get(0).pixels())
        .isEqualTo(GEOMETRY.apply(ImageDecoder.DEFAULT.decodeFor(GEOMETRY, file)).pixels());
  }

  @Test
  void rejectsACropBeyondTheFullImage() throws Exception {
    ImagePreparer.Prepared prepared = prepared(row(largeJpeg(), 2500, 0, 101, 10));

    assertThat(prepared.isRejected()).isTrue();
    assertThat(prepared.outcome().getMessage())
        .isEqualTo(
            "The crop of 101x10 pixels at 2500,0 reaches beyond the image of 2600x1800 pixels.");
  }

  private Row row(byte[] file, Integer x, Integer y, Integer width, Integer height)
      throws IOException {
    String path = Files.write(folder.resolve("large.jpg"), file).toString();
    return new GenericRowWithSchema(
        new Object[] {"large.jpg", path, null, null, null, null, null, x, y, width, height, null},
        Tables.LISTING);
  }

  private static byte[] largeJpeg() throws IOException {
    BufferedImage image = new BufferedImage(2600, 1800, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    for (int i = 0; i < 2600; i += 50) {
      graphics.setColor(new Color(255 * i / 2600, 255 - 255 * i / 2600, i % 200));
      graphics.fillOval(i, i / 2, 90, 400);
    }
    graphics.dispose();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    assertThat(ImageIO.write(image, "jpeg", bytes)).isTrue();
    return bytes.toByteArray();
  }

  private static ImagePreparer.Prepared prepared(Row image) {
    return PREPARER.prepare(PREPARER.read(PREPARER.look(image)));
  }
}
