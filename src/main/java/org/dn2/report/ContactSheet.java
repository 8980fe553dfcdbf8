package org.dn2.report;

import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Locale;
import org.dn2.image.RgbImage;

/** A picture of images, each above its nearest normal image, with its score. */
public final class ContactSheet {
  /** The most pixels that an image is shown wide or high. */
  public static final int TILE = 112;

  private static final int GAP = 12;
  private static final int CAPTION = 34;
  private static final int HEADING = 28;
  private static final int COLUMNS = 8;

  /**
   * One image of the sheet.
   *
   * @param image what was scored, best no larger than {@link #TILE}, as all are held at once
   * @param nearest the normal image nearest to it, null if it can no longer be read
   * @param caption a line below, such as its label or name
   * @param score higher is more anomalous
   */
  public record Entry(RgbImage image, RgbImage nearest, String caption, double score) {}

  private ContactSheet() {}

  /**
   * Draws the entries in rows of eight.
   *
   * @param heading a line above all
   * @param entries one or more
   */
  public static BufferedImage draw(String heading, List<Entry> entries) {
    int columns = Math.min(COLUMNS, entries.size());
    int rows = (entries.size() + COLUMNS - 1) / COLUMNS;
    int cellWidth = TILE + GAP;
    int cellHeight = 2 * TILE + CAPTION + 2 * GAP;
    BufferedImage sheet =
        new BufferedImage(
            Math.max(columns * cellWidth + GAP, 420),
            HEADING + rows * cellHeight + GAP,
            BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = sheet.createGraphics();
    try {
      graphics.setRenderingHint(
          RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
      graphics.setColor(Color.WHITE);
      graphics.fillRect(0, 0, sheet.getWidth(), sheet.getHeight());
      text(graphics, heading, Font.BOLD, GAP, 19, sheet.getWidth() - 2 * GAP);
      for (int i = 0; i < entries.size(); i++) {
        drawEntry(
            graphics,
            entries.get(i),
            GAP + (i % COLUMNS) * cellWidth,
            HEADING + (i / COLUMNS) * cellHeight);
      }
      return sheet;
    } finally {
      graphics.dispose();
    }
  }

  private static void drawEntry(Graphics2D graphics, Entry entry, int x, int y) {
    graphics.setColor(new Color(0xb3, 0x26, 0x1e));
    graphics.fillRect(x - 2, y - 2, TILE + 4, TILE + 4);
    drawImage(graphics, entry.image(), x, y);
    String score = String.format(Locale.ROOT, "%.4g", entry.score());
    text(graphics, score, Font.BOLD, x, y + TILE + 14, TILE);
    text(graphics, entry.caption(), Font.PLAIN, x, y + TILE + 28, TILE);
    drawImage(graphics, entry.nearest(), x, y + TILE + CAPTION);
  }

  private static void drawImage(Graphics2D graphics, RgbImage image, int x, int y) {
    graphics.setColor(new Color(0xee, 0xee, 0xee));
    graphics.fillRect(x, y, TILE, TILE);
    if (image == null) {
      return;
    }
    double scale = Math.min((double) TILE / image.width(), (double) TILE / image.height());
    int width = Math.max(1, (int) Math.round(image.width() * scale));
    int height = Math.max(1, (int) Math.round(image.height() * scale));
    graphics.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
    graphics.drawImage(
        Jpegs.buffered(image),
        x + (TILE - width) / 2,
        y + (TILE - height) / 2,
        width,
        height,
        null);
  }

  /** Draws as much of a line as fits. */
  private static void text(Graphics2D graphics, String line, int style, int x, int y, int width) {
    graphics.setColor(Color.DARK_GRAY);
    graphics.setFont(new Font(Font.SANS_SERIF, style, 12));
    FontMetrics metrics = graphics.getFontMetrics();
    String shown = line;
    while (!shown.isEmpty() && metrics.stringWidth(shown) > width) {
      shown = shown.substring(0, shown.length() - 1);
    }
    graphics.drawString(shown, x, y);
  }
}
