package org.dn2.reproduction;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.dn2.protocols.PublishedFigures;
import org.dn2.report.Reproduced;
import org.dn2.table.Printable;

/**
 * A comparison as the report shows it: our columns, the difference, the paper's method, its rivals.
 *
 * @param dataset what was measured on it; null where it took no part
 */
record TableLayout(ComparisonTable table, DatasetResults dataset) {

  /** The table, as one of the page's. */
  Reproduced.Table of(String id) {
    List<ComparisonTable.Column> ours = table.measured();
    List<ComparisonTable.Column> published = published();
    return new Reproduced.Table(
        id,
        table.dataset(),
        printed().map(PublishedFigures.Table::source).orElse(null),
        rowsAre(),
        table.isByClass(),
        table.isMeasured(),
        notes(),
        table.isMeasured() ? List.of() : commands(),
        ours.stream().map(this::column).toList(),
        published.stream().map(this::column).toList(),
        IntStream.range(0, table.lines().size())
            .mapToObj(place -> line(place, ours, published))
            .toList());
  }

  /** What the paper prints for it. */
  Optional<PublishedFigures.Table> printed() {
    return PublishedFigures.of(table.experiment().id(), table.dataset());
  }

  /** The commands that measure it, from the owners' files on where these were not at hand. */
  List<String> commands() {
    String measure =
        "dn2 reproduce --what %s --data data/%s --out out/%s"
            .formatted(table.experiment().id(), quoted(), quoted());
    return dataset == null
        ? List.of(
            "dn2 dataset import %s --from DOWNLOAD --out data/%s".formatted(quoted(), quoted()),
            measure)
        : List.of(measure);
  }

  /** Why a difference is not one of the method alone, beside the backbone. */
  List<String> caveats() {
    List<String> caveats = new ArrayList<>();
    if (!table.isMeasured()) {
      return caveats;
    }
    Optional<Integer> all = printed().map(PublishedFigures.Table::trainingImages);
    if (all.isPresent() && dataset.trainingImages() < all.get()) {
      caveats.add(
          "%,d of the paper's %,d training images".formatted(dataset.trainingImages(), all.get()));
    } else if (dataset.isSubset()) {
      caveats.add("some training images only, the paper's are by all");
    }
    long classes = classes();
    printed()
        .map(PublishedFigures.Table::classes)
        .filter(papers -> table.isByClass() && papers != classes)
        .ifPresent(
            papers -> caveats.add("%d of the paper's %d classes".formatted(classes, papers)));
    return caveats;
  }

  private boolean isCompared() {
    return table.lines().stream().anyMatch(line -> table.difference(line).isPresent());
  }

  private long classes() {
    return dataset.results().stream()
        .filter(result -> result.experiment() == table.experiment())
        .map(result -> result.measurement().normal())
        .distinct()
        .count();
  }

  private List<String> notes() {
    List<String> notes = new ArrayList<>();
    if (table.isMeasured()) {
      boolean isRepeated =
          dataset.results().stream()
              .filter(result -> result.experiment() == table.experiment())
              .anyMatch(result -> result.measurement().repeat() > 0);
      notes.add(
          Printable.of(dataset.size())
              + (dataset.isSubset() ? " (a subset). " : ". ")
              + (!table.isByClass() && classes() > 1
                  ? "Means over %d normal classes".formatted(classes())
                  : "ROCAUC in percent")
              + (isRepeated ? "; ± is the standard deviation over random draws." : "."));
      caveats().forEach(caveat -> notes.add("Not like with like: " + caveat + "."));
    }
    printed()
        .ifPresent(
            published ->
                notes.add(
                    "Published: %s.%s"
                        .formatted(
                            published.source(),
                            isCompared()
                                ? " The difference is the first column minus the paper's DN2."
                                : "")));
    return notes;
  }

  private List<ComparisonTable.Column> published() {
    List<ComparisonTable.Column> all =
        table.columns().stream().filter(ComparisonTable.Column::isPublished).toList();
    return Stream.concat(
            all.stream().filter(TableLayout::isPapers), all.stream().filter(c -> !isPapers(c)))
        .toList();
  }

  static boolean isPapers(ComparisonTable.Column column) {
    return column.isPublished() && column.method().equals(PublishedFigures.OURS);
  }

  private Reproduced.Column column(ComparisonTable.Column column) {
    if (column.isPublished()) {
      return new Reproduced.Column(column.method(), column.method(), "", isPapers(column));
    }
    boolean oneForm =
        table.measured().stream()
                .filter(other -> other.method().equals(column.method()))
                .map(ComparisonTable.Column::features)
                .distinct()
                .count()
            == 1;
    boolean oneBackbone =
        table.measured().stream().map(ComparisonTable.Column::backbone).distinct().count() == 1;
    String backbone = Printable.of(column.backbone());
    return new Reproduced.Column(
        column.method()
            + (oneForm ? "" : ", " + column.features().id())
            + (oneBackbone ? "" : ", " + backbone),
        column.method(),
        column.features().id() + (oneBackbone ? "" : ", " + backbone),
        false);
  }

  private Reproduced.Line line(
      int place, List<ComparisonTable.Column> ours, List<ComparisonTable.Column> published) {
    ComparisonTable.Line line = table.lines().get(place);
    return new Reproduced.Line(
        line.name(),
        table.isByClass() && place == table.lines().size() - 1,
        figures(line, ours),
        table.difference(line).orElse(null),
        figures(line, published));
  }

  private static List<Reproduced.Figure> figures(
      ComparisonTable.Line line, List<ComparisonTable.Column> columns) {
    List<Reproduced.Figure> figures = new ArrayList<>();
    columns.forEach(column -> figures.add(figure(line.figures().get(column))));
    return figures;
  }

  /** Null for none. */
  static Reproduced.Figure figure(ComparisonTable.Figure figure) {
    return figure == null
        ? null
        : new Reproduced.Figure(figure.percent(), figure.spread(), figure.low(), figure.high());
  }

  /** The dataset's name, to be typed into a shell. */
  private String quoted() {
    String name = Printable.of(table.dataset());
    return name.matches("[A-Za-z0-9._-]+") ? name : "'" + name.replace("'", "'\\''") + "'";
  }

  private String rowsAre() {
    return switch (table.experiment()) {
      case NEIGHBORS -> "k";
      case FEW_SHOT -> "training images";
      case IMPURITY -> "fraction of anomalies";
      case CENTERS -> "centers";
      case GROUPS -> "classes";
      case GROUP_SPREAD -> "images in a set";
      default -> "normal";
    };
  }
}
