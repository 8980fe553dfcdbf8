package org.dn2.report;

import java.util.Base64;
import java.util.List;

/**
 * A report: sections with tables and pictures, to be written as Markdown or HTML.
 *
 * @param title its heading
 * @param facts what a reader must know of how it came about, a line each
 * @param sections in order
 */
public record Page(String title, List<String> facts, List<Section> sections) {

  /**
   * A part of a report.
   *
   * @param heading its title
   * @param text lines before the table
   * @param columns the table's head; empty for no table
   * @param rows as many cells each as there are columns
   * @param pictures below the table
   */
  public record Section(
      String heading,
      List<String> text,
      List<String> columns,
      List<List<String>> rows,
      List<Picture> pictures) {
    public Section {
      for (List<String> row : rows) {
        if (row.size() != columns.size()) {
          throw new IllegalArgumentException(
              "the row %s of %s has %d cells, the table %d columns"
                  .formatted(row, heading, row.size(), columns.size()));
        }
      }
    }
  }

  /**
   * A picture.
   *
   * @param file its name beside the page, of letters, digits, dots and hyphens
   * @param caption what it shows
   * @param png the encoded image
   */
  public record Picture(String file, String caption, byte[] png) {
    /** The picture as text, to stand inside a page. */
    public String base64() {
      return Base64.getEncoder().encodeToString(png);
    }
  }
}
