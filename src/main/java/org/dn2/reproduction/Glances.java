package org.dn2.reproduction;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.dn2.protocols.PublishedFigures;
import org.dn2.report.Reproduced;

/**
 * The published results of the paper's method, a line each: of a table by classes the average, of
 * one by numbers all.
 *
 * @param forms of the features, in the order of ours
 */
record Glances(List<String> forms, List<Reproduced.Glance> all) {

  /** The results of some tables, by id. */
  static Glances of(Map<String, TableLayout> layouts) {
    Set<String> forms = new LinkedHashSet<>();
    layouts.values().forEach(layout -> ours(layout).forEach(c -> forms.add(c.features().id())));
    List<String> ordered = List.copyOf(forms);
    List<Reproduced.Glance> all = new ArrayList<>();
    layouts.forEach(
        (id, layout) -> {
          if (layout.printed().filter(table -> !table.isRepeated()).isPresent()) {
            all.addAll(of(id, layout, ordered));
          }
        });
    return new Glances(ordered, all);
  }

  private static List<Reproduced.Glance> of(String id, TableLayout layout, List<String> forms) {
    ComparisonTable table = layout.table();
    PublishedFigures.Table printed = layout.printed().orElseThrow();
    List<ComparisonTable.Line> lines =
        table.isByClass()
            ? table.lines().subList(table.lines().size() - 1, table.lines().size())
            : table.lines();
    List<Reproduced.Glance> glances = new ArrayList<>();
    for (ComparisonTable.Line line : lines) {
      Optional<ComparisonTable.Figure> paper =
          table.columns().stream()
              .filter(TableLayout::isPapers)
              .map(line.figures()::get)
              .filter(Objects::nonNull)
              .findFirst();
      if (paper.isPresent()) {
        Optional<ComparisonTable.Column> rival =
            table.columns().stream()
                .filter(column -> column.isPublished() && !TableLayout.isPapers(column))
                .filter(line.figures()::containsKey)
                .max(Comparator.comparingDouble(column -> line.figures().get(column).percent()));
        glances.add(
            new Reproduced.Glance(
                id,
                table.dataset()
                    + (table.isByClass() || lines.size() == 1 ? "" : ", " + line.name()),
                table.experiment().title(),
                printed.source(),
                ours(layout, line, forms),
                TableLayout.figure(paper.get()),
                rival.map(ComparisonTable.Column::method).orElse(null),
                rival.map(line.figures()::get).map(TableLayout::figure).orElse(null),
                table.difference(line).orElse(null),
                layout.caveats()));
      }
    }
    return glances;
  }

  /** The first method's columns by the first backbone, a form each. */
  private static List<ComparisonTable.Column> ours(TableLayout layout) {
    List<ComparisonTable.Column> measured = layout.table().measured();
    return measured.stream()
        .filter(column -> column.method().equals(measured.get(0).method()))
        .filter(column -> column.backbone().equals(measured.get(0).backbone()))
        .toList();
  }

  private static List<Reproduced.Figure> ours(
      TableLayout layout, ComparisonTable.Line line, List<String> forms) {
    List<Reproduced.Figure> figures = new ArrayList<>();
    for (String form : forms) {
      figures.add(
          ours(layout).stream()
              .filter(column -> column.features().id().equals(form))
              .map(line.figures()::get)
              .filter(Objects::nonNull)
              .findFirst()
              .map(TableLayout::figure)
              .orElse(null));
    }
    return figures;
  }
}
