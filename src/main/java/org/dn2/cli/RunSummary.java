package org.dn2.cli;

import java.io.PrintWriter;
import java.util.Locale;
import org.dn2.detector.Detector;
import org.dn2.pipeline.RunConfig;
import org.dn2.pipeline.RunJob;
import org.dn2.table.Printable;

/** What a person wants to see when a run is done. */
final class RunSummary {
  private RunSummary() {}

  static void print(RunJob.Result result, RunConfig config, PrintWriter out) {
    out.println();
    out.println("The strangest images, each with its nearest normal image:");
    out.printf("  %10s  %8s  %s%n", "score", "p-value", "image <- nearest");
    for (RunJob.StrangeImage image : result.strangest()) {
      out.printf(
          Locale.ROOT,
          "  %10.4g  %8.4f  %s <- %s%n",
          image.score(),
          image.pValue(),
          Printable.of(image.imageId()),
          Printable.of(image.nearestId()));
    }
    if (result.evaluation() != null) {
      out.println();
      out.println(result.evaluation().toTable());
    }
    out.println();
    if (result.train() != null) {
      out.println("Normal:     " + result.train());
    }
    out.println("Images:     " + result.test());
    out.println("Detector:   " + describe(result.detector()));
    out.println("Scores:     " + config.scores());
    out.println("Everything: " + config.output());
    out.println("Page:       " + result.page().toUri().getPath());
    out.flush();
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
