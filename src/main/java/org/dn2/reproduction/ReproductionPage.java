package org.dn2.reproduction;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.dn2.protocols.LabeledEmbeddings;
import org.dn2.protocols.PublishedFigures;
import org.dn2.protocols.Tsne;
import org.dn2.report.Page;
import org.dn2.report.Plots;

/** Lays tables out as a page, each with its plot. */
public final class ReproductionPage {
  private static final int POINTS_OF_A_KIND = 300;

  private ReproductionPage() {}

  /**
   * The report on all datasets.
   *
   * @param facts what a reader must know of how it came about, a line each
   */
  public static Page of(List<DatasetResults> datasets, List<String> facts) {
    List<Page.Section> sections = new ArrayList<>();
    for (DatasetResults dataset : datasets) {
      List<String> text = new ArrayList<>();
      text.add(dataset.size() + (dataset.isSubset() ? " (a subset)." : "."));
      text.addAll(dataset.skipped());
      sections.add(
          new Page.Section("Dataset " + dataset.name(), text, List.of(), List.of(), List.of()));
      for (ComparisonTable table : dataset.tables()) {
        sections.add(section(table, dataset));
      }
      if (!dataset.pictures().isEmpty()) {
        sections.add(
            new Page.Section(
                heading(dataset.name(), Experiment.TSNE),
                List.of("Test images by t-SNE, which keeps near ones near and no distance true."),
                List.of(),
                List.of(),
                dataset.pictures()));
      }
    }
    return new Page("The paper's experiments, measured again", facts, sections);
  }

  private static String heading(String dataset, Experiment experiment) {
    return dataset + ": " + experiment.title();
  }

  private static Page.Section section(ComparisonTable table, DatasetResults dataset) {
    boolean isCompared =
        table.lines().stream().anyMatch(line -> table.difference(line).isPresent());
    return new Page.Section(
        heading(table.dataset(), table.experiment()),
        text(table, dataset),
        head(table, isCompared),
        table.lines().stream().map(line -> cells(table, line, isCompared)).toList(),
        picture(table).map(List::of).orElse(List.of()));
  }

  private static List<String> text(ComparisonTable table, DatasetResults dataset) {
    List<ExperimentResult> results =
        dataset.results().stream().filter(r -> r.experiment() == table.experiment()).toList();
    long classes = results.stream().map(r -> r.measurement().normal()).distinct().count();
    boolean isRepeated = results.stream().anyMatch(r -> r.measurement().repeat() > 0);
    List<String> text = new ArrayList<>();
    text.add(
        "ROCAUC in percent"
            + (!table.isByClass() && classes > 1
                ? ", the mean over %d normal classes".formatted(classes)
                : "")
            + (isRepeated ? "; ± is the standard deviation over random draws." : "."));
    PublishedFigures.of(table.experiment().id(), table.dataset())
        .ifPresent(
            published ->
                text.add(
                    "Published: %s. The difference is the first column minus the paper's DN2."
                        .formatted(published.source())));
    return text;
  }

  private static List<String> head(ComparisonTable table, boolean isCompared) {
    List<String> head = new ArrayList<>(List.of(rowsAre(table.experiment())));
    table.measured().forEach(column -> head.add(name(table, column)));
    if (isCompared) {
      head.add("difference");
    }
    table.columns().stream()
        .filter(ComparisonTable.Column::isPublished)
        .forEach(column -> head.add(column.method() + " (published)"));
    return head;
  }

  /** The method, and what tells its columns apart: features, backbone. */
  private static String name(ComparisonTable table, ComparisonTable.Column column) {
    boolean oneForm =
        table.measured().stream()
                .filter(other -> other.method().equals(column.method()))
                .map(ComparisonTable.Column::features)
                .distinct()
                .count()
            == 1;
    boolean oneBackbone =
        table.measured().stream().map(ComparisonTable.Column::backbone).distinct().count() == 1;
    return column.method()
        + (oneForm ? "" : ", " + column.features().id())
        + (oneBackbone ? "" : ", " + column.backbone());
  }

  /** Our figures to two places, as they were measured, the paper's to those that it prints. */
  private static List<String> cells(
      ComparisonTable table, ComparisonTable.Line line, boolean isCompared) {
    List<String> cells = new ArrayList<>(List.of(line.name()));
    table.measured().forEach(column -> cells.add(cell("%.2f", line.figures().get(column))));
    if (isCompared) {
      cells.add(
          table
              .difference(line)
              .map(points -> String.format(Locale.ROOT, "%+.2f", points))
              .orElse(""));
    }
    table.columns().stream()
        .filter(ComparisonTable.Column::isPublished)
        .forEach(column -> cells.add(cell("%s", line.figures().get(column))));
    return cells;
  }

  private static String cell(String format, ComparisonTable.Figure figure) {
    if (figure == null) {
      return "";
    }
    String mean = String.format(Locale.ROOT, format, figure.percent());
    return figure.spread() == null
        ? mean
        : mean + " ± " + String.format(Locale.ROOT, format, figure.spread());
  }

  private static String rowsAre(Experiment experiment) {
    return switch (experiment) {
      case NEIGHBORS -> "k";
      case FEW_SHOT -> "training images";
      case IMPURITY -> "fraction of anomalies";
      case CENTERS -> "centers";
      case GROUPS -> "classes";
      case GROUP_SPREAD -> "images in a set";
      default -> "normal";
    };
  }

  /** A plot of our figures; a single bar or point needs none. */
  private static Optional<Page.Picture> picture(ComparisonTable table) {
    List<ComparisonTable.Line> lines = table.linesWithoutAverage();
    if (lines.size() < 2) {
      return Optional.empty();
    }
    byte[] png =
        table.isByClass()
            ? Plots.bars(lines.stream().map(ComparisonTable.Line::name).toList(), bars(table))
            : Plots.lines(rowsAre(table.experiment()), curves(table));
    return Optional.of(
        new Page.Picture(
            file(table.dataset(), table.experiment()),
            heading(table.dataset(), table.experiment()),
            png));
  }

  private static Map<String, List<Double>> bars(ComparisonTable table) {
    Map<String, List<Double>> bars = new LinkedHashMap<>();
    for (ComparisonTable.Column column : table.measured()) {
      bars.put(
          name(table, column),
          table.linesWithoutAverage().stream()
              .map(line -> line.figures().get(column))
              .map(figure -> figure == null ? 0.0 : figure.percent())
              .toList());
    }
    return bars;
  }

  private static Map<String, NavigableMap<Double, Double>> curves(ComparisonTable table) {
    Map<String, NavigableMap<Double, Double>> curves = new LinkedHashMap<>();
    for (ComparisonTable.Column column : table.measured()) {
      NavigableMap<Double, Double> curve = new TreeMap<>();
      for (ComparisonTable.Line line : table.lines()) {
        ComparisonTable.Figure figure = line.figures().get(column);
        if (figure != null && !Double.isNaN(line.parameter())) {
          curve.put(line.parameter(), figure.percent());
        }
      }
      if (!curve.isEmpty()) {
        curves.put(name(table, column), curve);
      }
    }
    return curves;
  }

  /** A name of a dataset may hold anything; a file's name does not. */
  private static String file(String dataset, Experiment experiment) {
    return dataset.replaceAll("[^A-Za-z0-9.-]", "-") + "-" + experiment.id() + ".png";
  }

  /** Test embeddings of a normal class and of all others, some hundred each. */
  static Page.Picture plane(String dataset, String normal, LabeledEmbeddings test) {
    LabeledEmbeddings ofNormal = test.of(normal).sample(POINTS_OF_A_KIND, new Random(1));
    LabeledEmbeddings others = test.allBut(normal).sample(POINTS_OF_A_KIND, new Random(2));
    double[][] plane = Tsne.plane(ofNormal.and(others).rows());
    List<double[]> points = List.of(plane);
    Map<String, double[][]> kinds = new LinkedHashMap<>();
    kinds.put(normal + " (normal)", points.subList(0, ofNormal.size()).toArray(double[][]::new));
    kinds.put(
        "others (anomalous)",
        points.subList(ofNormal.size(), points.size()).toArray(double[][]::new));
    return new Page.Picture(
        file(dataset, Experiment.TSNE),
        "%s: test images, %s being normal".formatted(dataset, normal),
        Plots.scatter(Collections.unmodifiableMap(kinds)));
  }
}
