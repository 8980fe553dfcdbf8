package org.dn2.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import org.dn2.detector.Detector;
import org.dn2.pipeline.RunConfig;
import org.dn2.pipeline.RunJob;
import org.dn2.table.Printable;

/** What a person wants to see when a run is done. */
final class RunSummary {
  private static final int STRANGEST = 10;

  private final RunJob.Result result;
  private final PrintWriter out;

  RunSummary(RunJob.Result result, PrintWriter out) {
    this.result = result;
    this.out = out;
  }

  /** All of it. */
  void print(RunConfig config) {
    printStrangest(STRANGEST);
    if (result.evaluation() != null) {
      out.println();
      out.println(result.evaluation().toTable());
    }
    out.println();
    if (result.train() != null) {
      out.println("Normal:     " + result.train());
    }
    out.println("Images:     " + result.scored());
    out.println("Detector:   " + describe(result.detector()));
    out.println("Scores:     " + config.scores());
    out.println("Everything: " + config.output());
    out.println("Page:       " + page());
    out.flush();
  }

  /** Some of the strangest images. */
  void printStrangest(int most) {
    List<RunJob.StrangeImage> images = result.strangest();
    out.println();
    out.println("The strangest images, each with the one nearest to it among those that judge:");
    boolean hasPValues = images.stream().anyMatch(image -> image.pValue() != null);
    out.printf("  %10s%s  image <- nearest%n", "score", hasPValues ? "   p-value" : "");
    for (RunJob.StrangeImage image : images.subList(0, Math.min(most, images.size()))) {
      out.printf(
          Locale.ROOT,
          "  %10.4g%s  %s <- %s%n",
          image.score(),
          image.pValue() == null ? "" : String.format(Locale.ROOT, "  %8.4f", image.pValue()),
          Printable.of(image.imageId()),
          Printable.of(image.nearestId()));
    }
    out.flush();
  }

  /** The page, and what can be done next. */
  void printFound(RunConfig config) {
    out.println();
    if (result.train() != null) {
      out.println("Normal: " + result.train());
    }
    out.println("Images: " + result.scored());
    out.printf(
        Locale.ROOT,
        "Strange: %,d of %,d, with a score above %.4g; the order says more than this border%n",
        result.anomalies(),
        result.scored().embedded(),
        result.detector().threshold().value());
    out.println();
    out.println("Page: " + page());
    out.println("It is one file: open it in a browser, or send it on. Next:");
    out.println("  mark images on it as normal or anomalous, and save that as CSV");
    if (config.isAmongThemselves()) {
      out.println(
          "  put normal images in a folder, and judge others by them: dn2 find --normal"
              + " FOLDER --new FOLDER");
    } else {
      out.println("  do this every night: docs/operations.md");
    }
    out.println("  read all scores (Parquet): " + config.scores());
    out.flush();
  }

  private String page() {
    return result.page().toUri().getPath();
  }

  private static String describe(Detector detector) {
    return String.format(
        Locale.ROOT,
        "%,d reference rows of %s, features %s, %s, k = %d, threshold %.4g",
        detector.referenceRows(),
        Printable.of(detector.modelId()),
        detector.features(),
        detector.distance(),
        detector.k(),
        detector.threshold().value());
  }
}
