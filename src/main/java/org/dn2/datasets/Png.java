package org.dn2.datasets;

import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Iterator;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.dn2.image.RgbImage;

/** Pixels as PNG files, which keep every value. */
final class Png {
  private Png() {}

  /**
   * A gray image.
   *
   * @param pixels {@code byte[height * width]}, rows from the top, 0 black
   */
  static byte[] gray(int width, int height, byte[] pixels) throws IOException {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_BYTE_GRAY);
    System.arraycopy(pixels, 0, raster(image), 0, width * height);
    return encode(image);
  }

  /** A color image. */
  static byte[] rgb(RgbImage rgb) throws IOException {
    BufferedImage image =
        new BufferedImage(rgb.width(), rgb.height(), BufferedImage.TYPE_3BYTE_BGR);
    byte[] from = rgb.pixels();
    byte[] to = raster(image);
    for (int i = 0; i < from.length; i += RgbImage.CHANNELS) {
      to[i] = from[i + 2];
      to[i + 1] = from[i + 1];
      to[i + 2] = from[i];
    }
    return encode(image);
  }

  private static byte[] raster(BufferedImage image) {
    return ((DataBufferByte) image.getRaster().getDataBuffer()).getData();
  }

  private static byte[] encode(BufferedImage image) throws IOException {
    Iterator<ImageWriter> writers =
        ImageIO.getImageWriters(ImageTypeSpecifier.createFromRenderedImage(image), "png");
    ImageWriter writer = writers.next();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    // In memory: ImageIO.write would keep a file on disk for every image.
    try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
      writer.setOutput(out);
      writer.write(new IIOImage(image, null, null));
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }
}
