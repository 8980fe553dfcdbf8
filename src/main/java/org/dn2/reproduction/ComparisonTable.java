package org.dn2.reproduction;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.dn2.features.FeatureMap;
import org.dn2.protocols.Measurement;
import org.dn2.protocols.PublishedFigures;

/**
 * An experiment on one dataset as it is printed: our figures, then the paper's. A line is a normal
 * class or a value of the number that is varied; there, a figure is the mean over normal classes.
 *
 * @param columns ours first, then the published ones
 * @param lines in ascending order, the average over classes last
 */
record ComparisonTable(
    Experiment experiment, String dataset, List<Column> columns, List<Line> lines) {
  /** The line of the mean over classes. */
  static final String AVERAGE = "average";

  private static final Set<Experiment> BY_CLASS =
      EnumSet.of(Experiment.UNIMODAL, Experiment.MULTIMODAL, Experiment.RIVALS);

  /**
   * What a column holds.
   *
   * @param backbone that made the embeddings; null for the paper's figures
   * @param features the map of the embeddings; null for the paper's figures
   */
  record Column(String method, String backbone, FeatureMap features) {
    static Column published(String method) {
      return new Column(method, null, null);
    }

    boolean isPublished() {
      return backbone == null;
    }
  }

  /**
   * A cell.
   *
   * @param percent ROCAUC, 0 to 100
   * @param spread standard deviation over random draws, in points; null for a single one
   */
  record Figure(double percent, Double spread) {}

  /**
   * A row.
   *
   * @param name the normal class, {@link #AVERAGE}, or the number in words
   * @param parameter the number, NaN where there is none
   * @param figures of the columns that have one here
   */
  record Line(String name, double parameter, Map<Column, Figure> figures) {}

  /** The table of an experiment's measurements and of what is published for it. */
  static ComparisonTable of(Experiment experiment, String dataset, List<ExperimentResult> results) {
    List<Column> columns =
        new ArrayList<>(results.stream().map(ComparisonTable::column).distinct().toList());
    List<Line> lines =
        new ArrayList<>(BY_CLASS.contains(experiment) ? byClass(results) : byNumber(results));
    PublishedFigures.of(experiment.id(), dataset)
        .ifPresent(
            published -> {
              for (int place = 0; place < published.methods().size(); place++) {
                Column column = Column.published(published.methods().get(place));
                int method = place;
                columns.add(column);
                for (Line line : lines) {
                  published
                      .figure(line.name(), method)
                      .map(
                          percent ->
                              new Figure(
                                  percent, published.spread(line.name(), method).orElse(null)))
                      .ifPresent(figure -> line.figures().put(column, figure));
                }
              }
            });
    return new ComparisonTable(experiment, dataset, columns, lines);
  }

  private static Column column(ExperimentResult result) {
    return new Column(result.measurement().setting(), result.backbone(), result.features());
  }

  private static List<Line> byClass(List<ExperimentResult> results) {
    Map<String, Line> lines = new TreeMap<>();
    Map<Column, List<Double>> all = new LinkedHashMap<>();
    for (ExperimentResult result : results) {
      String normal = result.measurement().normal();
      double percent = 100 * result.measurement().rocAuc();
      lines
          .computeIfAbsent(normal, name -> new Line(name, Double.NaN, new LinkedHashMap<>()))
          .figures()
          .put(column(result), new Figure(percent, null));
      all.computeIfAbsent(column(result), key -> new ArrayList<>()).add(percent);
    }
    Line average = new Line(AVERAGE, Double.NaN, new LinkedHashMap<>());
    all.forEach((column, values) -> average.figures().put(column, new Figure(mean(values), null)));
    List<Line> ordered = new ArrayList<>(lines.values());
    ordered.add(average);
    return ordered;
  }

  private static List<Line> byNumber(List<ExperimentResult> results) {
    Map<Double, Map<Column, Map<Integer, List<Double>>>> draws = new TreeMap<>();
    for (ExperimentResult result : results) {
      Measurement measurement = result.measurement();
      draws
          .computeIfAbsent(measurement.parameter(), number -> new LinkedHashMap<>())
          .computeIfAbsent(column(result), column -> new TreeMap<>())
          .computeIfAbsent(measurement.repeat(), repeat -> new ArrayList<>())
          .add(100 * measurement.rocAuc());
    }
    List<Line> lines = new ArrayList<>();
    draws.forEach(
        (number, columns) -> {
          Map<Column, Figure> figures = new LinkedHashMap<>();
          columns.forEach(
              (column, repeats) ->
                  figures.put(
                      column,
                      figure(repeats.values().stream().map(ComparisonTable::mean).toList())));
          lines.add(new Line(inWords(number), number, figures));
        });
    return lines;
  }

  private static Figure figure(List<Double> draws) {
    double mean = mean(draws);
    if (draws.size() == 1) {
      return new Figure(mean, null);
    }
    double squares = draws.stream().mapToDouble(value -> (value - mean) * (value - mean)).sum();
    return new Figure(mean, Math.sqrt(squares / (draws.size() - 1)));
  }

  private static double mean(Collection<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
  }

  private static String inWords(double number) {
    if (Double.isNaN(number)) {
      return "all";
    }
    return String.format(Locale.ROOT, number == Math.rint(number) ? "%.0f" : "%.1f", number);
  }

  /** Our first column's figure minus the paper's DN2, in points, where both are there. */
  Optional<Double> difference(Line line) {
    Figure ours = line.figures().get(columns.get(0));
    return columns.stream()
        .filter(column -> column.isPublished() && column.method().equals(PublishedFigures.OURS))
        .map(line.figures()::get)
        .filter(printed -> printed != null && ours != null)
        .map(printed -> ours.percent() - printed.percent())
        .findFirst();
  }

  /** Our columns alone. */
  List<Column> measured() {
    return columns.stream().filter(column -> !column.isPublished()).toList();
  }

  /** The lines of classes or numbers, without the average. */
  List<Line> linesWithoutAverage() {
    return isByClass() ? lines.subList(0, lines.size() - 1) : lines;
  }

  boolean isByClass() {
    return BY_CLASS.contains(experiment);
  }
}
