package org.dn2.pipeline;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.row_number;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.dn2.detector.Detector;
import org.dn2.image.RejectReason;
import org.dn2.report.Findings;
import org.dn2.store.EmbeddingsStore;
import org.dn2.table.Tables;
import org.dn2.work.ProgramVersion;

/** What a page says in words of a run: what was left out of it, and by what it was made. */
record ReportFacts(ReportSource source) {
  private static final int EXAMPLES = 5;

  /** Images that were not scored, by reason, with some examples. */
  List<Findings.Rejects> rejects() {
    Dataset<Row> rejects = source.rejects();
    if (rejects == null) {
      return List.of();
    }
    Map<String, Long> counts = EmbeddingsStore.countByReason(rejects);
    if (counts.isEmpty()) {
      return List.of();
    }
    Map<String, List<Findings.Example>> examples = new TreeMap<>();
    String place = "_place";
    rejects
        .withColumn(
            place, row_number().over(Window.partitionBy(Tables.REASON).orderBy(Tables.IMAGE_ID)))
        .filter(col(place).leq(EXAMPLES))
        .orderBy(Tables.REASON, Tables.IMAGE_ID)
        .collectAsList()
        .forEach(
            row ->
                examples
                    .computeIfAbsent(row.getAs(Tables.REASON), reason -> new ArrayList<>())
                    .add(
                        new Findings.Example(
                            row.getAs(Tables.IMAGE_ID), row.getAs(Tables.MESSAGE))));
    List<Findings.Rejects> told = new ArrayList<>();
    counts.forEach(
        (reason, images) ->
            told.add(new Findings.Rejects(reason, images, advice(reason), examples.get(reason))));
    return told;
  }

  private static String advice(String reason) {
    return Stream.of(RejectReason.values())
        .filter(known -> known.columnValue().equals(reason))
        .map(RejectReason::advice)
        .findFirst()
        .orElse("The message of each says what is wrong.");
  }

  /** By what the run was made. */
  List<Findings.Fact> settings() {
    List<Findings.Fact> facts = new ArrayList<>();
    facts.add(
        new Findings.Fact(
            "Run", source.runId() + (source.runDate() == null ? "" : " of " + source.runDate())));
    facts.addAll(source.settings());
    if (source.detector() != null) {
      Detector detector = source.detector().description();
      facts.add(new Findings.Fact("Detector", detector.detectorId()));
      facts.add(new Findings.Fact("Fitted", detector.createdAt()));
      facts.add(new Findings.Fact("Backbone", detector.modelId()));
      facts.add(
          new Findings.Fact(
              "Score",
              "mean %s distance to the %d nearest neighbors, search %s"
                  .formatted(
                      detector.distance().replace('_', ' '), detector.k(), detector.search())));
      facts.add(new Findings.Fact("Reference set", detector.inWords()));
      if (!detector.normalLabels().isEmpty()) {
        facts.add(new Findings.Fact("Normal labels", String.join(", ", detector.normalLabels())));
      }
    }
    facts.add(new Findings.Fact("dn2", ProgramVersion.TEXT));
    return facts;
  }
}
