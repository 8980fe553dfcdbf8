package org.dn2.reproduction;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
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

  private static final String ALL = "all";

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
   * @param low lower end of the 95 % interval, of the test images being a sample; null where there
   *     is none. A mean's ends are the means of its parts' ends: these share test images, and no
   *     mean is less certain than its parts are on average
   * @param high upper end; null where there is none
   */
  record Figure(double percent, Double spread, Double low, Double high) {
    static Figure published(double percent, Double spread) {
      return new Figure(percent, spread, null, null);
    }

    /** Of one measurement, or the mean of several, without a spread. */
    static Figure mean(List<Measurement> measured) {
      return new Figure(
          percent(measured, Measurement::rocAuc),
          null,
          orNull(percent(measured, Measurement::rocAucLow)),
          orNull(percent(measured, Measurement::rocAucHigh)));
    }

    private static double percent(List<Measurement> measured, ToDoubleFunction<Measurement> part) {
      return 100 * measured.stream().mapToDouble(part).average().orElseThrow();
    }

    private static Double orNull(double number) {
      return Double.isNaN(number) ? null : number;
    }
  }

  /**
   * A row.
   *
   * @param name the normal class, {@link #AVERAGE}, or the number in words
   * @param parameter the number, NaN where there is none
   * @param figures of the columns that have one here
   */
  record Line(String name, double parameter, Map<Column, Figure> figures) {}

  /** The table of an experiment's measurements, some or none, and of what is published for it. */
  static ComparisonTable of(Experiment experiment, String dataset, List<ExperimentResult> results) {
    List<Column> columns =
        new ArrayList<>(results.stream().map(ComparisonTable::column).distinct().toList());
    Optional<PublishedFigures.Table> published = PublishedFigures.of(experiment.id(), dataset);
    Set<String> printed = published.map(table -> table.lines().keySet()).orElse(Set.of());
    List<Line> lines =
        BY_CLASS.contains(experiment) ? byClass(results, printed) : byNumber(results, printed);
    published.ifPresent(table -> addTo(columns, lines, table));
    return new ComparisonTable(experiment, dataset, columns, lines);
  }

  private static void addTo(
      List<Column> columns, List<Line> lines, PublishedFigures.Table published) {
    for (int place = 0; place < published.methods().size(); place++) {
      Column column = Column.published(published.methods().get(place));
      int method = place;
      columns.add(column);
      for (Line line : lines) {
        published
            .figure(line.name(), method)
            .map(
                percent ->
                    Figure.published(percent, published.spread(line.name(), method).orElse(null)))
            .ifPresent(figure -> line.figures().put(column, figure));
      }
    }
  }

  private static Column column(ExperimentResult result) {
    return new Column(result.measurement().setting(), result.backbone(), result.features());
  }

  private static List<Line> byClass(List<ExperimentResult> results, Set<String> printed) {
    Map<String, Line> lines = new TreeMap<>();
    Map<Column, List<Measurement>> all = new LinkedHashMap<>();
    printed.stream()
        .filter(name -> !name.equals(AVERAGE))
        .forEach(name -> lines.put(name, new Line(name, Double.NaN, new LinkedHashMap<>())));
    for (ExperimentResult result : results) {
      Measurement measurement = result.measurement();
      lines
          .computeIfAbsent(
              measurement.normal(), name -> new Line(name, Double.NaN, new LinkedHashMap<>()))
          .figures()
          .put(column(result), Figure.mean(List.of(measurement)));
      all.computeIfAbsent(column(result), key -> new ArrayList<>()).add(measurement);
    }
    Line average = new Line(AVERAGE, Double.NaN, new LinkedHashMap<>());
    all.forEach((column, measured) -> average.figures().put(column, Figure.mean(measured)));
    List<Line> ordered = new ArrayList<>(lines.values());
    ordered.add(average);
    return ordered;
  }

  private static List<Line> byNumber(List<ExperimentResult> results, Set<String> printed) {
    Map<Double, Map<Column, List<Measurement>>> measured = new TreeMap<>();
    printed.forEach(name -> measured.put(number(name), new LinkedHashMap<>()));
    for (ExperimentResult result : results) {
      measured
          .computeIfAbsent(result.measurement().parameter(), number -> new LinkedHashMap<>())
          .computeIfAbsent(column(result), column -> new ArrayList<>())
          .add(result.measurement());
    }
    List<Line> lines = new ArrayList<>();
    measured.forEach(
        (number, columns) -> {
          Map<Column, Figure> figures = new LinkedHashMap<>();
          columns.forEach((column, values) -> figures.put(column, overDraws(values)));
          lines.add(new Line(inWords(number), number, figures));
        });
    return lines;
  }

  /** The mean over draws of the mean over classes. */
  private static Figure overDraws(List<Measurement> measured) {
    Map<Integer, List<Measurement>> draws =
        measured.stream()
            .collect(Collectors.groupingBy(Measurement::repeat, TreeMap::new, Collectors.toList()));
    List<Figure> means = draws.values().stream().map(Figure::mean).toList();
    Figure whole = Figure.mean(measured);
    double mean = means.stream().mapToDouble(Figure::percent).average().orElseThrow();
    if (means.size() == 1) {
      return whole;
    }
    double squares =
        means.stream().mapToDouble(draw -> (draw.percent() - mean) * (draw.percent() - mean)).sum();
    return new Figure(mean, Math.sqrt(squares / (means.size() - 1)), whole.low(), whole.high());
  }

  private static double number(String inWords) {
    return inWords.equals(ALL) ? Double.NaN : Double.parseDouble(inWords);
  }

  private static String inWords(double number) {
    if (Double.isNaN(number)) {
      return ALL;
    }
    return String.format(Locale.ROOT, number == Math.rint(number) ? "%.0f" : "%.1f", number);
  }

  /** Our first column's figure minus the paper's DN2, in points, where both are there. */
  Optional<Double> difference(Line line) {
    Figure ours = measured().stream().findFirst().map(line.figures()::get).orElse(null);
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

  /** Whether there is any figure of ours. */
  boolean isMeasured() {
    return !measured().isEmpty();
  }

  boolean isByClass() {
    return BY_CLASS.contains(experiment);
  }
}
