package org.dn2.report;

import io.pebbletemplates.pebble.PebbleEngine;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;

/** Writes pages. Whatever a cell holds, it is text: no name of a file or class becomes markup. */
public final class PageWriter {
  private PageWriter() {}

  /** One HTML file that needs no other: its pictures are inside. */
  public static String html(Page page) {
    PebbleEngine engine = new PebbleEngine.Builder().strictVariables(true).build();
    StringWriter html = new StringWriter();
    try {
      engine.getTemplate("org/dn2/report/page.html").evaluate(html, Map.of("page", page));
    } catch (IOException e) {
      throw new UncheckedIOException("the page could not be written", e);
    }
    return html.toString();
  }

  /** Markdown that names its pictures' files. */
  public static String markdown(Page page) {
    StringBuilder text = new StringBuilder("# " + escaped(page.title()) + "\n");
    for (String fact : page.facts()) {
      text.append("\n- ").append(escaped(fact));
    }
    text.append("\n");
    for (Page.Section section : page.sections()) {
      text.append("\n## ").append(escaped(section.heading())).append("\n");
      section.text().forEach(line -> text.append("\n").append(escaped(line)).append("\n"));
      if (!section.columns().isEmpty()) {
        text.append("\n");
        appendRow(text, section.columns());
        text.append("|").append(" --- |".repeat(section.columns().size())).append("\n");
        section.rows().forEach(row -> appendRow(text, row));
      }
      for (Page.Picture picture : section.pictures()) {
        text.append("\n![%s](%s)\n".formatted(escaped(picture.caption()), picture.file()));
      }
    }
    return text.toString();
  }

  private static void appendRow(StringBuilder text, List<String> cells) {
    text.append("|");
    cells.forEach(cell -> text.append(" ").append(escaped(cell)).append(" |"));
    text.append("\n");
  }

  private static String escaped(String text) {
    return text.replaceAll("\\p{Cntrl}", " ").replaceAll("([\\\\`*_\\[\\]<>|])", "\\\\$1");
  }
}
