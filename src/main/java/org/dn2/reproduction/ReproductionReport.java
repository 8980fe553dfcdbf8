package org.dn2.reproduction;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.DoubleSummaryStatistics;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.dn2.protocols.PublishedFigures;
import org.dn2.report.Reproduced;
import org.dn2.table.Printable;

/** Lays out what was measured, and what was not, as a report on all the paper's tables. */
public final class ReproductionReport {
  private static final String PAPERS_BACKBONE = "101";

  private final Map<String, DatasetResults> datasets = new LinkedHashMap<>();
  private final Map<String, TableLayout> layouts = new LinkedHashMap<>();

  private ReproductionReport(List<DatasetResults> datasets) {
    datasets.forEach(dataset -> this.datasets.put(dataset.name(), dataset));
  }

  /**
   * The report on some datasets, and on what is published of others.
   *
   * @param facts what a reader must know of how it came about, a line each
   */
  public static Reproduced of(List<DatasetResults> datasets, List<String> facts) {
    ReproductionReport report = new ReproductionReport(datasets);
    List<Reproduced.Part> parts =
        Arrays.stream(Experiment.values())
            .map(report::part)
            .filter(part -> !part.tables().isEmpty())
            .toList();
    Glances glances = Glances.of(report.layouts);
    return new Reproduced(
        "The paper's experiments, measured again",
        headline(glances.all()),
        report.cards(glances.all()),
        glances.forms(),
        glances.all(),
        parts,
        datasets.stream().flatMap(dataset -> dataset.planes().stream()).toList(),
        report.missing(),
        facts);
  }

  /** The datasets that the paper prints figures of come first, in its order. */
  private Reproduced.Part part(Experiment experiment) {
    Map<String, PublishedFigures.Table> printed =
        PublishedFigures.all().getOrDefault(experiment.id(), Map.of());
    List<Reproduced.Table> tables = new ArrayList<>();
    Stream.concat(printed.keySet().stream(), datasets.keySet().stream())
        .distinct()
        .map(name -> layout(experiment, name))
        .filter(
            layout ->
                layout.table().isMeasured()
                    || layout.printed().filter(table -> !table.isRepeated()).isPresent())
        .forEach(
            layout -> {
              String id = "table-" + (layouts.size() + 1);
              layouts.put(id, layout);
              tables.add(layout.of(id));
            });
    return new Reproduced.Part(experiment.id(), experiment.title(), tables);
  }

  private TableLayout layout(Experiment experiment, String name) {
    DatasetResults dataset = datasets.get(name);
    List<ExperimentResult> results =
        dataset == null
            ? List.of()
            : dataset.results().stream()
                .filter(result -> result.experiment() == experiment)
                .toList();
    return new TableLayout(ComparisonTable.of(experiment, name, results), dataset);
  }

  private static List<Double> differences(List<Reproduced.Glance> glances) {
    return glances.stream().map(Reproduced.Glance::difference).filter(Objects::nonNull).toList();
  }

  private static String headline(List<Reproduced.Glance> glances) {
    List<Double> differences = differences(glances);
    if (differences.isEmpty()) {
      return "None of the %d results that the paper prints of its method was measured here."
          .formatted(glances.size());
    }
    long below = differences.stream().filter(points -> points < 0).count();
    return "%d of the %d results that the paper prints of its method were measured here: %d as high or higher, %d lower.%s"
        .formatted(
            differences.size(),
            glances.size(),
            differences.size() - below,
            below,
            glances.stream().allMatch(glance -> glance.caveats().isEmpty())
                ? ""
                : " Some are of fewer images or classes than the paper's.");
  }

  private List<Reproduced.Card> cards(List<Reproduced.Glance> glances) {
    List<Double> differences = differences(glances);
    List<Reproduced.Card> cards = new ArrayList<>();
    cards.add(
        new Reproduced.Card(
            "Measured here",
            "%d of %d".formatted(differences.size(), glances.size()),
            "results that the paper prints"));
    if (!differences.isEmpty()) {
      DoubleSummaryStatistics points =
          differences.stream().mapToDouble(Double::doubleValue).summaryStatistics();
      cards.add(
          new Reproduced.Card(
              "Mean difference",
              String.format(Locale.ROOT, "%+.2f", points.getAverage()),
              String.format(
                  Locale.ROOT, "points, from %+.2f to %+.2f", points.getMin(), points.getMax())));
    }
    List<String> names = datasets.keySet().stream().map(Printable::of).toList();
    cards.add(
        new Reproduced.Card(
            names.size() == 1 ? "Dataset" : "Datasets",
            names.size() > 2 ? Integer.toString(names.size()) : String.join(", ", names),
            names.size() > 2 ? String.join(", ", names) : ""));
    String backbones = backbones().map(Printable::of).collect(Collectors.joining(", "));
    cards.add(new Reproduced.Card("Backbone", backbones, "the paper's is ResNet-101"));
    return cards;
  }

  private Stream<String> backbones() {
    return datasets.values().stream()
        .flatMap(dataset -> dataset.results().stream())
        .filter(result -> result.experiment() != Experiment.RIVALS)
        .map(ExperimentResult::backbone)
        .distinct();
  }

  private List<Reproduced.Missing> missing() {
    List<Reproduced.Missing> missing = new ArrayList<>();
    for (TableLayout layout : layouts.values()) {
      if (layout.dataset() == null) {
        missing.add(
            new Reproduced.Missing(
                name(layout.table().dataset(), layout.table().experiment()),
                "there were no images of it (%s)"
                    .formatted(layout.printed().orElseThrow().source()),
                layout.commands()));
      }
    }
    for (DatasetResults dataset : datasets.values()) {
      dataset
          .skipped()
          .forEach(
              (experiment, why) ->
                  missing.add(
                      new Reproduced.Missing(
                          name(dataset.name(), experiment), "left out, " + why, List.of())));
      for (Experiment experiment : Experiment.values()) {
        if (!dataset.isTried(experiment)) {
          missing.add(
              new Reproduced.Missing(
                  name(dataset.name(), experiment),
                  "not asked for",
                  layout(experiment, dataset.name()).commands()));
        }
      }
    }
    if (backbones().noneMatch(backbone -> backbone.contains(PAPERS_BACKBONE))) {
      missing.add(
          new Reproduced.Missing(
              "ResNet-101",
              "the paper's backbone has to be imported from a file of weights, and named by --model",
              List.of(
                  "dn2 model import --pth resnet101.pth --out models/resnet101",
                  "dn2 reproduce --what all --model models/resnet101 --data DATA --out OUT")));
    }
    missing.add(
        new Reproduced.Missing(
            "The curves of figures 2, 4 and 5",
            "the paper draws them and prints no numbers; its points in the charts here are those"
                + " of its tables at the same setting",
            List.of()));
    return missing;
  }

  private static String name(String dataset, Experiment experiment) {
    return dataset + ": " + experiment.title();
  }
}
