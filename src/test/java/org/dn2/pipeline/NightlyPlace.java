package org.dn2.pipeline;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Set;
import org.apache.spark.sql.Row;
import org.dn2.store.Plant;
import org.dn2.store.RunId;
import org.dn2.store.RunRecord;

/** A plant in a temporary folder, its inbox and its normal images. */
record NightlyPlace(Path folder, Workplace work) {
  static NightlyPlace in(Path folder) {
    return new NightlyPlace(folder, Workplace.in(folder));
  }

  Path inbox() {
    return folder.resolve("inbox");
  }

  Path normal() {
    return folder.resolve("normal");
  }

  String plant() {
    return folder.resolve("plant").toString();
  }

  Plant opened() {
    return new Plant(Workplace.SPARK, plant());
  }

  /**
   * The configuration.
   *
   * @param more settings of the section
   */
  NightlyConfig config(String more) {
    try {
      Path file =
          Files.writeString(
              folder.resolve("nightly.conf"),
              """
              nightly {
                plant = "%s"
                inbox { path = "%s" }
                reference { path = "%s" }
                model = "%s"
                batch-size = 4
                max-reject-fraction = 0.5
                lease = 5s
                page = false
                fit { threshold-quantile = 0.9 }
                %s
              }
              """
                  .formatted(plant(), inbox(), normal(), folder.resolve("model"), more));
      return NightlyConfig.read(file.toFile());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  NightlySettings settings(
      String date, String runId, String more, NightlyConfig.Choice... choices) {
    return new NightlySettings(
        config(more).with(Set.of(choices)), work.model(), LocalDate.parse(date), new RunId(runId));
  }

  RunRecord run(String date, NightlyConfig.Choice... choices) {
    return run(date, "", choices);
  }

  RunRecord run(String date, String more, NightlyConfig.Choice... choices) {
    return new NightlyRun(Workplace.SPARK).run(settings(date, date, more, choices));
  }

  /** Rows of a table as text, in order, as a program that knows nothing of records reads them. */
  List<String> rows(String table, String... columns) {
    if (!Files.exists(Path.of(plant(), table))) {
      return List.of();
    }
    return Workplace.SPARK
        .read()
        .parquet(plant() + "/" + table)
        .selectExpr(columns)
        .collectAsList()
        .stream()
        .map(Row::mkString)
        .sorted()
        .toList();
  }
}
