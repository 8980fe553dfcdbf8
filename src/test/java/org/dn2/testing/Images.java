package org.dn2.testing;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import javax.imageio.ImageIO;

/** Small picture files for tests. */
public final class Images {
  private Images() {}

  /** A picture of random rectangles over a color; the seed decides all of it. */
  public static byte[] encoded(String format, Color color, long seed) {
    Random random = new Random(seed);
    BufferedImage image = new BufferedImage(40, 36, BufferedImage.TYPE_3BYTE_BGR);
    Graphics2D graphics = image.createGraphics();
    graphics.setColor(color);
    graphics.fillRect(0, 0, 40, 36);
    for (int i = 0; i < 4; i++) {
      graphics.setColor(new Color(random.nextInt(1 << 24)));
      graphics.fillRect(random.nextInt(30), random.nextInt(26), 8, 8);
    }
    graphics.dispose();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      ImageIO.write(image, format, bytes);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return bytes.toByteArray();
  }

  /** Writes {@code count} PNG pictures 000.png, 001.png and so on. */
  public static void writeFolder(Path folder, int count, Color color, long seed)
      throws IOException {
    Files.createDirectories(folder);
    for (int i = 0; i < count; i++) {
      Files.write(folder.resolve("%03d.png".formatted(i)), encoded("png", color, seed + i));
    }
  }
}
