package org.dn2.cli;

import static org.apache.spark.sql.functions.col;

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.Row;
import org.dn2.detector.Detector;
import org.dn2.pipeline.RunConfig;
import org.dn2.pipeline.RunJob;
import org.dn2.table.Tables;

/** What a person wants to see when a run is done. */
final class RunSummary {
  private static final int STRANGEST = 10;

  private RunSummary() {}

  static void print(RunJob.Result result, RunConfig config, PrintWriter out) {
    List<Row> strangest =
        result
            .scores()
            .orderBy(col(Tables.SCORE).desc(), col(Tables.IMAGE_ID))
            .limit(STRANGEST)
            .collectAsList();
    out.println();
    out.println("The strangest images, each with its nearest normal image:");
    out.printf("  %10s  %8s  %s%n", "score", "p-value", "image <- nearest");
    for (Row row : strangest) {
      out.printf(
          Locale.ROOT,
          "  %10.4g  %8.4f  %s <- %s%n",
          row.<Double>getAs(Tables.SCORE),
          row.<Double>getAs(Tables.P_VALUE),
          printable(row.getAs(Tables.IMAGE_ID)),
          printable(row.<String>getList(row.fieldIndex(Tables.NEIGHBOR_IDS)).get(0)));
    }
    if (result.evaluation() != null) {
      out.println();
      out.println(result.evaluation().toTable());
    }
    out.println();
    out.println("Detector:   " + describe(result.detector()));
    out.println("Scores:     " + config.scores());
    if (result.picture() != null) {
      out.println("Picture:    " + result.picture().toUri().getPath());
    }
    out.println("Everything: " + config.output());
    out.flush();
  }

  private static String describe(Detector detector) {
    return String.format(
        Locale.ROOT,
        "%,d reference rows of %s, features %s, %s, k = %d, threshold %.4g",
        detector.referenceRows(),
        printable(detector.modelId()),
        detector.features(),
        detector.distance(),
        detector.k(),
        detector.threshold().value());
  }

  /** A file's name is data: control characters must not reach the terminal. */
  private static String printable(String text) {
    return text.replaceAll("\\p{Cntrl}", "?");
  }
}
