package org.dn2.report;

import java.util.List;
import java.util.Objects;
import org.apache.commons.math3.stat.interval.ConfidenceInterval;
import org.apache.commons.math3.stat.interval.IntervalUtils;

/**
 * What is known of one scored run, as a page shows it: of bounded size, however many images the run
 * has.
 *
 * @param title the page's heading
 * @param run what was scored, and how much of it is strange
 * @param images a choice of the images; the strangest first
 * @param pictures small JPEGs as Base64, to which {@link Image#picture} and {@link Near#picture}
 *     point
 * @param scores all scores, counted
 * @param quality how well the scores tell labels apart; null where no label is known to be normal
 * @param nights this run and those before it, the oldest first; empty where it is the only one
 * @param rejects images without a score, by reason
 * @param settings by which the run was made, in the order to be shown
 * @param heatMaps where the images are strange; null where that was not asked for
 */
public record Findings(
    String title,
    Run run,
    List<Image> images,
    List<String> pictures,
    Scores scores,
    Quality quality,
    List<Night> nights,
    List<Rejects> rejects,
    List<Fact> settings,
    HeatMaps heatMaps) {

  /**
   * Heat to be laid over the images' pictures.
   *
   * @param overlays PNGs as Base64, in the order of the images; null for an image without one
   * @param normals how many normal images set the scale
   */
  public record HeatMaps(List<String> overlays, int normals) {
    /** How many characters the overlays have together. */
    public long characters() {
      return overlays.stream().filter(Objects::nonNull).mapToLong(String::length).sum();
    }
  }

  /**
   * A run in numbers.
   *
   * @param runDate ISO-8601, null where the scores lie outside of a table
   * @param scoredAt ISO-8601 in UTC
   * @param images that were scored
   * @param anomalies of them, null where there is no threshold
   * @param alarmRate anomalies by images, null where there is no threshold
   * @param threshold a score above it is an anomaly; null where there is none
   * @param expectedRate the fraction of normal images that the threshold flags on average; null
   *     where it is not known
   * @param expectedAtMost what the real fraction does not exceed, with 95 % confidence; null where
   *     it is not known
   * @param deviations robust standard deviations above the median of the scores' logarithms at
   *     which the threshold lies, where images were judged by each other, none of them known to be
   *     normal; else null
   * @param copies images that are nearly the same as the one nearest to them; null where scores
   *     have no neighbors
   * @param rejected images that could not be scored; null where that is not known
   * @param beyondLimit images that were found and not looked at, as a limit was given; null where
   *     that is not known
   * @param areNeighborsNormal whether the nearest are images that are held to be normal
   */
  public record Run(
      String runId,
      String runDate,
      String scoredAt,
      long images,
      Long anomalies,
      Rate alarmRate,
      Double threshold,
      Double expectedRate,
      Double expectedAtMost,
      Double deviations,
      Long copies,
      Long rejected,
      Long beyondLimit,
      boolean areNeighborsNormal) {}

  /**
   * A fraction of some images, with the 95 % interval (Wilson 1927) of the fraction that they are a
   * sample of.
   */
  public record Rate(double value, double low, double high) {
    private static final double CONFIDENCE = 0.95;

    /**
     * The fraction and its interval.
     *
     * @param all 1 or more
     */
    public static Rate of(long some, long all) {
      ConfidenceInterval interval =
          IntervalUtils.getWilsonScoreInterval(
              Math.toIntExact(all), Math.toIntExact(some), CONFIDENCE);
      return new Rate(
          (double) some / all,
          Math.max(0, interval.getLowerBound()),
          Math.min(1, interval.getUpperBound()));
    }
  }

  /** Why an image is shown. */
  public enum Kind {
    /** It has one of the highest scores. */
    STRANGEST,
    /** Its score is among those next to the threshold. */
    BORDER,
    /** It has one of the highest scores of its label or, where there are none, its group. */
    OF_STRIP,
    /** It is nearly the same as the one nearest to it. */
    COPY
  }

  /**
   * A scored image.
   *
   * @param kinds why it is shown, one or more
   * @param label null for none
   * @param groupId null for none
   * @param score higher is more anomalous
   * @param pValue null where the detector gives none
   * @param anomaly whether the score is above the threshold; null where there is none
   * @param picture its place among the pictures, null where the file could not be shown
   * @param nearest its nearest normal images, the nearest first
   */
  public record Image(
      String id,
      List<Kind> kinds,
      String label,
      String groupId,
      double score,
      Double pValue,
      Boolean anomaly,
      Integer picture,
      List<Near> nearest) {}

  /**
   * A normal image near another.
   *
   * @param distance as the detector measures it, 0 or more
   * @param picture its place among the pictures, null where the file could not be shown
   */
  public record Near(String id, double distance, Integer picture) {}

  /**
   * What a run among others found.
   *
   * @param date ISO-8601
   * @param alarmRate anomalies by images
   * @param isThis whether it is the run that the page is of
   */
  public record Night(
      String date, String runId, long images, long anomalies, Rate alarmRate, boolean isThis) {}

  /**
   * Scores, counted between borders.
   *
   * @param borders ascending, one more than there are counts; the threshold, where there is one, is
   *     among them. A bar holds what is above its left border and not above its right one, the
   *     first bar its left border too
   * @param series by what the images are: their kind, or their label
   * @param expectedRates by border: the fraction of normal images expected above it; null where it
   *     is not known
   * @param normals how many normal images the p-values count; null where that is not known
   */
  public record Scores(
      List<Double> borders, List<Series> series, List<Double> expectedRates, Integer normals) {}

  /**
   * How many images of one sort lie between the borders.
   *
   * @param anomalous whether images of this sort ought to be flagged; null where that is not known
   */
  public record Series(String name, Boolean anomalous, List<Long> counts) {}

  /**
   * How well scores tell anomalous images from normal ones.
   *
   * @param normalLabels the labels that count as normal
   * @param rows all anomalous images first, then each label's
   * @param curve from the highest threshold to the lowest
   */
  public record Quality(List<String> normalLabels, List<Measured> rows, List<Point> curve) {}

  /**
   * Metrics of one label's images against all normal ones.
   *
   * @param label null for all anomalous images
   * @param rocAuc 0 to 1, higher is better
   * @param rocAucLow lower end of its 95 % interval, null where there is none
   * @param rocAucHigh upper end, null where there is none
   * @param averagePrecision 0 to 1, higher is better
   * @param falsePositiveRateAt95Recall 0 to 1, lower is better
   */
  public record Measured(
      String label,
      long anomalous,
      long normal,
      double rocAuc,
      Double rocAucLow,
      Double rocAucHigh,
      double averagePrecision,
      double falsePositiveRateAt95Recall) {}

  /**
   * What a threshold does.
   *
   * @param threshold at and above which an image counts as flagged
   * @param falsePositiveRate of the normal images
   * @param truePositives the flagged part of the anomalous ones
   * @param precision the anomalous part of the flagged
   */
  public record Point(
      double threshold, double falsePositiveRate, Rate truePositives, Rate precision) {}

  /**
   * Images without a score.
   *
   * @param reason the value of the rejects' column
   * @param advice what a person can do
   * @param examples some of them
   */
  public record Rejects(String reason, long images, String advice, List<Example> examples) {}

  /** A rejected image and why it is one. */
  public record Example(String id, String message) {}

  /** A setting and its value. */
  public record Fact(String name, String value) {}
}
