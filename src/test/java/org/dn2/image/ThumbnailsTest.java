package org.dn2.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import javax.imageio.ImageIO;
import org.dn2.testing.Images;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ThumbnailsTest {
  private static final Thumbnails THUMBNAILS = new Thumbnails(ImageDecoder.DEFAULT, 112);

  private static byte[] encoded(String format, int width, int height) throws IOException {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_3BYTE_BGR);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageIO.write(image, format, bytes);
    return bytes.toByteArray();
  }

  @ParameterizedTest
  @ValueSource(strings = {"jpg", "png"})
  void aLargeImageIsMadeSmallAndKeepsItsProportions(String format) throws Exception {
    RgbImage small = THUMBNAILS.of(encoded(format, 3000, 1500), null);
    assertThat(small.width()).isEqualTo(112);
    assertThat(small.height()).isEqualTo(56);
  }

  @Test
  void aLineOfPixelsStaysALine() throws Exception {
    RgbImage small = THUMBNAILS.of(encoded("png", 1, 2000), null);
    assertThat(small.width()).isEqualTo(1);
    assertThat(small.height()).isEqualTo(112);
  }

  @Test
  void aSmallImageStaysAsItIs() throws Exception {
    byte[] file = Images.encoded("png", Color.RED, 1);
    assertThat(THUMBNAILS.of(file, null).pixels())
        .isEqualTo(ImageDecoder.DEFAULT.decode(file).pixels());
  }

  @Test
  void theDecodersLimitsHold() throws IOException {
    Thumbnails small =
        new Thumbnails(new ImageDecoder(new DecodeLimits(1 << 20, 999), ExifOrientation.IGNORE), 9);
    byte[] file = encoded("png", 100, 10);
    assertThatThrownBy(() -> small.of(file, null)).isInstanceOf(UndecodableImageException.class);
  }
}
