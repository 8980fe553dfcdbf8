package org.dn2.comparison;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.dn2.evaluation.PairedCurves;
import org.dn2.table.Printable;

/**
 * ROCAUCs of some methods on the same images.
 *
 * @param normalLabels the labels that counted as normal
 * @param lines in the order in which the methods were named
 */
public record ComparisonOfMethods(
    List<String> normalLabels, int normal, int anomalous, List<Line> lines) {

  /**
   * A method's result.
   *
   * @param difference to the method that all are compared with, its own being 0
   */
  public record Line(
      ComparedMethod method,
      boolean isComparedWith,
      PairedCurves.Estimate rocAuc,
      PairedCurves.Difference difference) {}

  static ComparisonOfMethods of(
      List<String> normalLabels,
      List<ComparedMethod> methods,
      PairedCurves curves,
      int comparedWith) {
    List<Line> lines = new ArrayList<>();
    for (int i = 0; i < methods.size(); i++) {
      lines.add(
          new Line(
              methods.get(i),
              i == comparedWith,
              curves.rocAuc(i),
              curves.difference(i, comparedWith)));
    }
    return new ComparisonOfMethods(normalLabels, curves.normal(), curves.anomalous(), lines);
  }

  /** The method with the largest ROCAUC; of several the first. */
  public Line best() {
    return lines.stream()
        .max(Comparator.comparingDouble(line -> line.rocAuc().value()))
        .orElseThrow();
  }

  /** The comparison as lines of text, in percent and points. */
  public String toTable() {
    int width = "embeddings".length();
    for (Line line : lines) {
      width = Math.max(width, Printable.of(line.method().embeddings()).length());
    }
    String format = "%-" + width + "s  %-8s  %-17s  %4s  %6s  %14s  %10s  %15s  %8s%n";
    StringBuilder table = new StringBuilder();
    table.append(
        "Normal: %s; %,d normal and %,d anomalous images%n"
            .formatted(String.join(", ", normalLabels), normal, anomalous));
    table.append(
        format.formatted(
            "embeddings",
            "features",
            "distance",
            "k",
            "ROCAUC",
            "95 % interval",
            "difference",
            "95 % interval",
            "p"));
    lines.forEach(line -> table.append(format.formatted(cells(line))));
    return table.append(foot()).toString().stripTrailing();
  }

  private static Object[] cells(Line line) {
    PairedCurves.Estimate difference = line.difference().estimate();
    return new Object[] {
      Printable.of(line.method().embeddings()),
      line.method().features().id(),
      line.method().distance().id(),
      line.method().k(),
      percent("%.2f", line.rocAuc().value()),
      percent("%.2f", line.rocAuc().low()) + " - " + percent("%.2f", line.rocAuc().high()),
      line.isComparedWith() ? "-" : percent("%+.2f", difference.value()),
      line.isComparedWith()
          ? "-"
          : percent("%+.2f", difference.low()) + " to " + percent("%+.2f", difference.high()),
      line.isComparedWith() ? "-" : String.format(Locale.ROOT, "%.2g", line.difference().pValue())
    };
  }

  private String foot() {
    ComparedMethod best = best().method();
    return """

    Highest: %s, features %s, %s, k = %d.
    A difference is to the line with - (what dn2 fit does by default, as far as it is compared), in
    points, by DeLong's method for paired curves. The best of many lines looks better than it will on
    new images.
    """
        .formatted(
            Printable.of(best.embeddings()), best.features().id(), best.distance().id(), best.k());
  }

  private static String percent(String format, double fraction) {
    return String.format(Locale.ROOT, format, 100 * fraction);
  }
}
