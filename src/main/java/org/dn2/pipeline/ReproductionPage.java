package org.dn2.pipeline;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.dn2.protocols.LabeledEmbeddings;
import org.dn2.protocols.Measurement;
import org.dn2.protocols.PublishedFigures;
import org.dn2.protocols.Tsne;
import org.dn2.report.Page;
import org.dn2.report.Plots;

/** Lays measurements out as tables and plots. */
final class ReproductionPage {
  private static final int POINTS_OF_A_KIND = 300;

  private ReproductionPage() {}

  static Page of(List<ReproduceJob.DatasetResults> datasets, List<String> facts) {
    List<Page.Section> sections = new ArrayList<>();
    for (ReproduceJob.DatasetResults dataset : datasets) {
      List<String> text = new ArrayList<>();
      text.add(dataset.size() + (dataset.isSubset() ? " (a subset)." : "."));
      text.addAll(dataset.skipped());
      sections.add(
          new Page.Section("Dataset " + dataset.name(), text, List.of(), List.of(), List.of()));
      for (Experiment experiment : Experiment.values()) {
        List<ReproduceJob.Result> results =
            dataset.results().stream().filter(r -> r.experiment() == experiment).toList();
        if (!results.isEmpty()) {
          sections.add(section(dataset, experiment, results));
        }
      }
      if (!dataset.pictures().isEmpty()) {
        sections.add(
            new Page.Section(
                heading(dataset, Experiment.TSNE),
                List.of("Test images by t-SNE, which keeps near ones near and no distance true."),
                List.of(),
                List.of(),
                dataset.pictures()));
      }
    }
    return new Page("The paper's experiments, measured again", facts, sections);
  }

  private static String heading(ReproduceJob.DatasetResults dataset, Experiment experiment) {
    return dataset.name() + ": " + experiment.title();
  }

  private static Page.Section section(
      ReproduceJob.DatasetResults dataset,
      Experiment experiment,
      List<ReproduceJob.Result> results) {
    return switch (experiment) {
      case UNIMODAL, MULTIMODAL, RIVALS -> byClass(dataset, experiment, results);
      default -> byParameter(dataset, experiment, results);
    };
  }

  /** A row per class, a column per setting and backbone, then what the paper prints. */
  private static Page.Section byClass(
      ReproduceJob.DatasetResults dataset,
      Experiment experiment,
      List<ReproduceJob.Result> results) {
    Map<String, NavigableMap<String, Double>> columns = new LinkedHashMap<>();
    boolean oneBackbone =
        results.stream().map(ReproduceJob.Result::backbone).distinct().count() == 1;
    for (ReproduceJob.Result result : results) {
      Measurement measurement = result.measurement();
      String column =
          oneBackbone ? measurement.setting() : measurement.setting() + ", " + result.backbone();
      columns
          .computeIfAbsent(column, name -> new TreeMap<>())
          .put(measurement.normal(), 100 * measurement.rocAuc());
    }
    Optional<PublishedFigures.Table> published =
        PublishedFigures.of(experiment.id(), dataset.name());
    List<String> head = new ArrayList<>(List.of("normal"));
    head.addAll(columns.keySet());
    published.ifPresent(
        table -> {
          head.add("difference");
          table.methods().forEach(method -> head.add(method + " (published)"));
        });
    Set<String> classes = new TreeSet<>();
    columns.values().forEach(column -> classes.addAll(column.keySet()));
    List<List<String>> rows = new ArrayList<>();
    for (String name : classes) {
      rows.add(
          row(
              name,
              columns.values().stream().map(column -> column.get(name)).toList(),
              published.map(table -> nullToEmpty(table.classes()).get(name)),
              head.size()));
    }
    rows.add(
        row(
            "average",
            columns.values().stream().map(column -> mean(column.values())).toList(),
            published.map(PublishedFigures.Table::average),
            head.size()));
    Map<String, List<Double>> bars = new LinkedHashMap<>();
    columns.forEach(
        (name, values) ->
            bars.put(name, classes.stream().map(c -> values.getOrDefault(c, 0.0)).toList()));
    List<String> text = new ArrayList<>(List.of("ROCAUC in percent."));
    published.ifPresent(
        table ->
            text.add(
                "Published: %s. The difference is ours minus the paper's DN2."
                    .formatted(table.source())));
    String caption = heading(dataset, experiment);
    return new Page.Section(
        caption,
        text,
        head,
        rows,
        // One class needs no picture of one bar.
        classes.size() > 1
            ? List.of(
                new Page.Picture(
                    file(dataset, experiment), caption, Plots.bars(List.copyOf(classes), bars)))
            : List.of());
  }

  private static Map<String, List<Double>> nullToEmpty(Map<String, List<Double>> classes) {
    return classes == null ? Map.of() : classes;
  }

  private static List<String> row(
      String name, List<Double> ours, Optional<List<Double>> published, int width) {
    List<String> cells = new ArrayList<>(List.of(name));
    ours.forEach(value -> cells.add(percent(value)));
    published.ifPresent(
        figures -> {
          double difference = ours.get(0) - figures.get(figures.size() - 1);
          cells.add(String.format(Locale.ROOT, "%+.2f", difference));
          figures.forEach(figure -> cells.add(String.format(Locale.ROOT, "%.1f", figure)));
        });
    // Where the paper prints the average alone, a class has no published figures.
    cells.addAll(Collections.nCopies(width - cells.size(), ""));
    return cells;
  }

  /** A row per number, a column per setting: the mean over classes, ± over random draws. */
  private static Page.Section byParameter(
      ReproduceJob.DatasetResults dataset,
      Experiment experiment,
      List<ReproduceJob.Result> results) {
    Map<String, NavigableMap<Double, List<Double>>> draws = new LinkedHashMap<>();
    results.stream()
        .map(ReproduceJob.Result::measurement)
        .collect(
            Collectors.groupingBy(
                m -> List.of(m.setting(), m.parameter(), m.repeat()),
                LinkedHashMap::new,
                Collectors.averagingDouble(m -> 100 * m.rocAuc())))
        .forEach(
            (key, value) ->
                draws
                    .computeIfAbsent((String) key.get(0), name -> new TreeMap<>())
                    .computeIfAbsent((Double) key.get(1), number -> new ArrayList<>())
                    .add(value));
    Set<Double> numbers = new TreeSet<>();
    draws.values().forEach(column -> numbers.addAll(column.keySet()));
    List<String> head = new ArrayList<>(List.of(parameter(experiment)));
    head.addAll(draws.keySet());
    List<List<String>> rows = new ArrayList<>();
    for (double number : numbers) {
      List<String> cells = new ArrayList<>(List.of(number(number)));
      draws.values().forEach(column -> cells.add(spread(column.get(number))));
      rows.add(cells);
    }
    Map<String, NavigableMap<Double, Double>> lines = new LinkedHashMap<>();
    draws.forEach(
        (name, column) -> {
          NavigableMap<Double, Double> line = new TreeMap<>();
          column.forEach(
              (number, values) -> {
                if (!number.isNaN()) {
                  line.put(number, mean(values));
                }
              });
          if (!line.isEmpty()) {
            lines.put(name, line);
          }
        });
    String caption = heading(dataset, experiment);
    return new Page.Section(
        caption,
        parameterText(dataset, experiment, results),
        head,
        rows,
        numbers.size() > 1
            ? List.of(
                new Page.Picture(
                    file(dataset, experiment), caption, Plots.lines(parameter(experiment), lines)))
            : List.of());
  }

  private static List<String> parameterText(
      ReproduceJob.DatasetResults dataset,
      Experiment experiment,
      List<ReproduceJob.Result> results) {
    long classes = results.stream().map(r -> r.measurement().normal()).distinct().count();
    boolean isRepeated = results.stream().anyMatch(r -> r.measurement().repeat() > 0);
    List<String> text = new ArrayList<>();
    text.add(
        "ROCAUC in percent"
            + (classes > 1 ? ", the mean over %d normal classes".formatted(classes) : "")
            + (isRepeated ? "; ± is the standard deviation over random draws." : "."));
    PublishedFigures.of(experiment.id(), dataset.name())
        .ifPresent(
            table ->
                text.add(
                    "Published: %s with %.2f (%s)."
                        .formatted(
                            table.methods().get(table.methods().size() - 1),
                            table.average().get(table.average().size() - 1),
                            table.source())));
    return text;
  }

  private static String parameter(Experiment experiment) {
    return switch (experiment) {
      case NEIGHBORS -> "k";
      case FEW_SHOT -> "training images";
      case IMPURITY -> "fraction of anomalies";
      case CENTERS -> "centers";
      case GROUPS -> "classes";
      case GROUP_SPREAD -> "images in a set";
      default -> "number";
    };
  }

  private static String number(double value) {
    return Double.isNaN(value)
        ? "all"
        : value == Math.rint(value)
            ? String.format(Locale.ROOT, "%.0f", value)
            : String.format(Locale.ROOT, "%.1f", value);
  }

  private static String spread(List<Double> draws) {
    if (draws == null) {
      return "";
    }
    double mean = mean(draws);
    if (draws.size() == 1) {
      return percent(mean);
    }
    double squares = draws.stream().mapToDouble(v -> (v - mean) * (v - mean)).sum();
    return "%s ± %s".formatted(percent(mean), percent(Math.sqrt(squares / (draws.size() - 1))));
  }

  private static double mean(Iterable<Double> values) {
    double sum = 0;
    int count = 0;
    for (double value : values) {
      sum += value;
      count++;
    }
    return sum / count;
  }

  private static String percent(Double value) {
    return value == null ? "" : String.format(Locale.ROOT, "%.2f", value);
  }

  /** A name of a dataset may hold anything; a file's name does not. */
  private static String file(ReproduceJob.DatasetResults dataset, Experiment experiment) {
    return dataset.name().replaceAll("[^A-Za-z0-9.-]", "-") + "-" + experiment.id() + ".png";
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
        dataset.replaceAll("[^A-Za-z0-9.-]", "-") + "-tsne.png",
        "%s: test images, %s being normal".formatted(dataset, normal),
        Plots.scatter(Collections.unmodifiableMap(kinds)));
  }
}
