package org.dn2.report;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.imageio.ImageIO;
import org.dn2.heat.HeatMap;
import org.dn2.heat.HeatScale;
import org.dn2.image.InputGeometry;

/**
 * Draws heat to be laid over a picture: of the picture's proportions, clear where the network saw
 * nothing. From cold to hot the colors go from dark to light, so that their order is seen in gray
 * too, and let less of the picture through.
 */
public final class HeatPicture {
  /** Steps that are told apart; more make the file longer and nothing clearer. */
  private static final int STEPS = 24;

  private static final int CLEAR = STEPS;
  private static final Color[] RAMP = {
    new Color(0x16, 0x2a, 0x66),
    new Color(0x6d, 0x2c, 0x83),
    new Color(0xc4, 0x3f, 0x62),
    new Color(0xf3, 0x8b, 0x2f),
    new Color(0xff, 0xec, 0x6b)
  };
  private static final double COLD_OPACITY = 0.45;
  private static final double HOT_OPACITY = 0.8;
  private static final IndexColorModel COLORS = colors();

  private HeatPicture() {}

  private static IndexColorModel colors() {
    byte[] red = new byte[STEPS + 1];
    byte[] green = new byte[STEPS + 1];
    byte[] blue = new byte[STEPS + 1];
    byte[] opacity = new byte[STEPS + 1];
    for (int step = 0; step < STEPS; step++) {
      double heat = step / (double) (STEPS - 1);
      Color color = color(heat);
      red[step] = (byte) color.getRed();
      green[step] = (byte) color.getGreen();
      blue[step] = (byte) color.getBlue();
      opacity[step] = (byte) Math.round(255 * (COLD_OPACITY + heat * (HOT_OPACITY - COLD_OPACITY)));
    }
    return new IndexColorModel(8, STEPS + 1, red, green, blue, opacity);
  }

  /**
   * The color of a heat.
   *
   * @param heat 0 to 1
   */
  static Color color(double heat) {
    double place = heat * (RAMP.length - 1);
    int lower = Math.min((int) place, RAMP.length - 2);
    double share = place - lower;
    Color from = RAMP[lower];
    Color to = RAMP[lower + 1];
    return new Color(
        mixed(from.getRed(), to.getRed(), share),
        mixed(from.getGreen(), to.getGreen(), share),
        mixed(from.getBlue(), to.getBlue(), share));
  }

  private static int mixed(int from, int to, double share) {
    return (int) Math.round(from + share * (to - from));
  }

  /**
   * The overlay as a PNG.
   *
   * @param map of what the network saw
   * @param seen where that is in the picture
   * @param width of the picture and of the overlay, in pixels
   * @param height of both
   */
  public static byte[] png(
      HeatMap map, HeatScale scale, InputGeometry.Part seen, int width, int height) {
    BufferedImage picture =
        new BufferedImage(width, height, BufferedImage.TYPE_BYTE_INDEXED, COLORS);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        double across = ((x + 0.5) / width - seen.left()) / seen.width();
        double down = ((y + 0.5) / height - seen.top()) / seen.height();
        int index = CLEAR;
        if (across >= 0 && across < 1 && down >= 0 && down < 1) {
          int row = (int) (down * map.height());
          int column = (int) (across * map.width());
          index = (int) Math.round(scale.heat(map.at(row, column)) * (STEPS - 1));
        }
        picture.getRaster().setSample(x, y, 0, index);
      }
    }
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    try {
      ImageIO.write(picture, "png", png);
    } catch (IOException e) {
      throw new UncheckedIOException("the overlay cannot be encoded", e);
    }
    return png.toByteArray();
  }
}
