package org.dn2.report;

import java.util.List;
import java.util.Locale;
import org.dn2.table.Printable;

/**
 * The paper's experiments, what was measured of them and what was not, as a page shows them. Names
 * of datasets and classes are the user's and may hold anything; their control characters are
 * replaced.
 *
 * @param title the page's heading
 * @param headline what came out, in a sentence or two
 * @param cards the most important numbers
 * @param forms of the features in {@link Glance#ours}, in that order
 * @param glances each published result of the paper's method, beside ours
 * @param parts the tables by experiment
 * @param planes pictures of embeddings
 * @param missing what was not measured, and why or how to
 * @param facts what a reader must know of how it came about, a line each
 */
public record Reproduced(
    String title,
    String headline,
    List<Card> cards,
    List<String> forms,
    List<Glance> glances,
    List<Part> parts,
    List<Plane> planes,
    List<Missing> missing,
    List<String> facts) {

  /** A number, what it is, and more about it. */
  public record Card(String name, String value, String detail) {}

  /**
   * A published result of the paper's method beside ours.
   *
   * @param table the id of the table that it is from
   * @param name the dataset and, where the table has several results, which of them
   * @param experiment its title
   * @param source where the paper prints it
   * @param ours by form; null where there is none
   * @param rival the best published one's name; null for none
   * @param difference ours in the first form minus the paper's, in points; null where not measured
   * @param caveats why the difference is not one of the method alone
   */
  public record Glance(
      String table,
      String name,
      String experiment,
      String source,
      List<Figure> ours,
      Figure paper,
      String rival,
      Figure bestRival,
      Double difference,
      List<String> caveats) {
    public Glance {
      name = Printable.of(name);
    }

    /** The difference with its sign, or that there is none. */
    public String differenceText() {
      return difference == null ? "not measured here" : signed(difference);
    }
  }

  /**
   * An experiment's tables.
   *
   * @param id its name on the command line
   */
  public record Part(String id, String title, List<Table> tables) {}

  /**
   * One experiment on one dataset.
   *
   * @param id unique on the page, of letters, digits and hyphens
   * @param source where the paper prints its figures; null where it prints none
   * @param rowsAre what a line's name is
   * @param byClass whether lines are classes, and not numbers in order
   * @param measured whether there is any figure of ours
   * @param notes about the figures, in sentences
   * @param commands that measure it; none where it is measured
   * @param ours our columns
   * @param published the paper's method first, then its rivals
   */
  public record Table(
      String id,
      String dataset,
      String source,
      String rowsAre,
      boolean byClass,
      boolean measured,
      List<String> notes,
      List<String> commands,
      List<Column> ours,
      List<Column> published,
      List<Line> lines) {
    public Table {
      dataset = Printable.of(dataset);
    }

    /** Whether some line has a difference. */
    public boolean compared() {
      return lines.stream().anyMatch(line -> line.difference() != null);
    }
  }

  /**
   * A column.
   *
   * @param name the method, and what tells it from others of the same method
   * @param method the method alone
   * @param form what tells it apart; empty for published ones
   * @param paper whether it is the paper's own method, as published
   */
  public record Column(String name, String method, String form, boolean paper) {}

  /**
   * A row.
   *
   * @param mean whether it is the mean over classes
   * @param ours as many as there are columns; null where there is no figure
   * @param difference our first minus the paper's, in points; null where one of them is missing
   * @param published as many as there are columns; null where there is no figure
   */
  public record Line(
      String name, boolean mean, List<Figure> ours, Double difference, List<Figure> published) {
    public Line {
      name = Printable.of(name);
    }

    /** The difference with its sign; empty where there is none. */
    public String differenceText() {
      return difference == null ? "" : signed(difference);
    }
  }

  /**
   * ROCAUC in percent.
   *
   * @param spread standard deviation over random draws, in points; null for a single one
   * @param low lower end of the 95 % interval; null where there is none
   * @param high upper end; null where there is none
   */
  public record Figure(double percent, Double spread, Double low, Double high) {
    /** To two places, as ours are measured. */
    public String text() {
      return places(percent);
    }

    /** How certain it is: the spread, or else the interval; empty where neither is known. */
    public String detail() {
      if (spread != null) {
        return "± " + places(spread);
      }
      return low == null ? "" : places(low) + " to " + places(high);
    }

    /** To the places that the paper prints, with the spread that it prints. */
    public String printed() {
      return percent + (spread == null ? "" : " ± " + spread);
    }
  }

  /**
   * Embeddings in the plane.
   *
   * @param normal the class whose images are normal
   * @param normals {@code double[images][2]}
   * @param others of all other classes, {@code double[images][2]}
   */
  public record Plane(
      String dataset, String normal, List<double[]> normals, List<double[]> others) {
    public Plane {
      dataset = Printable.of(dataset);
      normal = Printable.of(normal);
    }
  }

  /**
   * What was not measured.
   *
   * @param why or, where nothing is in the way, what it would take
   * @param commands that measure it; none where they would not
   */
  public record Missing(String name, String why, List<String> commands) {
    public Missing {
      name = Printable.of(name);
    }
  }

  private static String places(double number) {
    return String.format(Locale.ROOT, "%.2f", number);
  }

  private static String signed(double points) {
    return String.format(Locale.ROOT, "%+.2f", points);
  }
}
