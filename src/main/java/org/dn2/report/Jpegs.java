package org.dn2.report;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.imageio.ImageIO;
import org.dn2.image.RgbImage;

/** Encodes small pictures for a page. */
public final class Jpegs {
  private Jpegs() {}

  /** The image as a baseline JPEG, at the quality that Java's encoder has by default (0.75). */
  public static byte[] encode(RgbImage image) {
    ByteArrayOutputStream jpeg = new ByteArrayOutputStream();
    try {
      ImageIO.write(buffered(image), "jpeg", jpeg);
    } catch (IOException e) {
      throw new UncheckedIOException("the picture cannot be encoded", e);
    }
    return jpeg.toByteArray();
  }

  /** The same pixels as Java draws them. */
  static BufferedImage buffered(RgbImage image) {
    byte[] pixels = image.pixels();
    BufferedImage buffered =
        new BufferedImage(image.width(), image.height(), BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < image.height(); y++) {
      for (int x = 0; x < image.width(); x++) {
        int i = (y * image.width() + x) * RgbImage.CHANNELS;
        buffered.setRGB(
            x, y, (pixels[i] & 0xff) << 16 | (pixels[i + 1] & 0xff) << 8 | (pixels[i + 2] & 0xff));
      }
    }
    return buffered;
  }
}
