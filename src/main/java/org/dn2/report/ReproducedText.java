package org.dn2.report;

import java.util.ArrayList;
import java.util.List;

/** Writes the paper's experiments, measured again, as Markdown: what was measured, as tables. */
public final class ReproducedText {
  private ReproducedText() {}

  /** The text. Whatever a name or a label holds, it becomes no markup. */
  public static String markdown(Reproduced reproduced) {
    StringBuilder text = new StringBuilder("# " + escaped(reproduced.title()) + "\n\n");
    text.append(escaped(reproduced.headline())).append("\n");
    for (String fact : reproduced.facts()) {
      text.append("\n- ").append(escaped(fact));
    }
    text.append("\n");
    for (Reproduced.Part part : reproduced.parts()) {
      for (Reproduced.Table table : part.tables()) {
        if (table.measured()) {
          text.append("\n## %s: %s\n".formatted(escaped(table.dataset()), escaped(part.title())));
          table.notes().forEach(note -> text.append("\n").append(escaped(note)).append("\n"));
          append(text, table);
        }
      }
    }
    text.append("\n## Not measured\n");
    for (Reproduced.Missing missing : reproduced.missing()) {
      text.append("\n- %s: %s".formatted(escaped(missing.name()), escaped(missing.why())));
    }
    return text.append("\n").toString();
  }

  private static void append(StringBuilder text, Reproduced.Table table) {
    List<String> head = new ArrayList<>(List.of(table.rowsAre()));
    table.ours().forEach(column -> head.add(column.name()));
    if (table.compared()) {
      head.add("difference");
    }
    table.published().forEach(column -> head.add(column.name() + " (published)"));
    text.append("\n");
    appendRow(text, head);
    text.append("|").append(" --- |".repeat(head.size())).append("\n");
    for (Reproduced.Line line : table.lines()) {
      List<String> cells = new ArrayList<>(List.of(line.name()));
      line.ours().forEach(figure -> cells.add(figure == null ? "" : ours(figure)));
      if (table.compared()) {
        cells.add(line.differenceText());
      }
      line.published().forEach(figure -> cells.add(figure == null ? "" : figure.printed()));
      appendRow(text, cells);
    }
  }

  private static String ours(Reproduced.Figure figure) {
    if (figure.detail().isEmpty()) {
      return figure.text();
    }
    return figure.spread() == null
        ? "%s (%s)".formatted(figure.text(), figure.detail())
        : figure.text() + " " + figure.detail();
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
