package org.dn2.evaluation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedSet;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;

/**
 * The metrics of one run.
 *
 * @param normalLabels the labels that counted as normal
 * @param overall all anomalous images against all normal ones
 * @param perLabel each anomalous label against all normal images, by label
 */
public record EvaluationResult(
    SortedSet<String> normalLabels, LabelMetrics overall, List<LabelMetrics> perLabel) {

  private List<LabelMetrics> all() {
    List<LabelMetrics> all = new ArrayList<>();
    all.add(overall);
    all.addAll(perLabel);
    return all;
  }

  /**
   * One row per label (null: all of them) and metric: run_id, label, metric, value, ci_low,
   * ci_high.
   *
   * @param runId of the run that gave the scores
   */
  public Dataset<Row> toRows(SparkSession spark, String runId) {
    List<Row> rows = new ArrayList<>();
    for (LabelMetrics metrics : all()) {
      String label = metrics.label();
      rows.add(
          RowFactory.create(
              runId,
              label,
              "roc_auc",
              metrics.rocAuc(),
              finiteOrNull(metrics.rocAucLow()),
              finiteOrNull(metrics.rocAucHigh())));
      rows.add(plain(runId, label, "average_precision", metrics.averagePrecision()));
      rows.add(plain(runId, label, "fpr_at_95_tpr", metrics.falsePositiveRateAt95Recall()));
      rows.add(plain(runId, label, "anomalous", (double) metrics.anomalous()));
      rows.add(plain(runId, label, "normal", (double) metrics.normal()));
    }
    return spark.createDataFrame(rows, EvaluationTables.METRICS);
  }

  private static Row plain(String runId, String label, String metric, double value) {
    return RowFactory.create(runId, label, metric, value, null, null);
  }

  private static Double finiteOrNull(double value) {
    return Double.isFinite(value) ? value : null;
  }

  /**
   * The metrics as indented JSON; numbers that are undefined are null.
   *
   * @param runId of the run that gave the scores
   * @param runDate under which it gave them, null where that is not known
   */
  public String toJson(String runId, LocalDate runDate) {
    ObjectMapper json = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    ObjectNode root = json.createObjectNode();
    root.put("run_id", runId);
    root.put("run_date", runDate == null ? null : runDate.toString());
    root.set("normal_labels", json.valueToTree(normalLabels));
    root.set("overall", node(json, overall));
    ArrayNode labels = root.putArray("per_label");
    perLabel.forEach(metrics -> labels.add(node(json, metrics).put("label", metrics.label())));
    try {
      return json.writeValueAsString(root) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("metrics must be writable as JSON", e);
    }
  }

  private static ObjectNode node(ObjectMapper json, LabelMetrics metrics) {
    return json.createObjectNode()
        .put("roc_auc", metrics.rocAuc())
        .put("roc_auc_ci_low", finiteOrNull(metrics.rocAucLow()))
        .put("roc_auc_ci_high", finiteOrNull(metrics.rocAucHigh()))
        .put("average_precision", metrics.averagePrecision())
        .put("fpr_at_95_tpr", metrics.falsePositiveRateAt95Recall())
        .put("anomalous", metrics.anomalous())
        .put("normal", metrics.normal());
  }

  /** The metrics as lines of text, in percent. */
  public String toTable() {
    int width = 12;
    for (LabelMetrics metrics : perLabel) {
      width = Math.max(width, metrics.label().length());
    }
    String line = "%-" + width + "s  %9s  %9s  %7s  %15s  %7s  %11s%n";
    StringBuilder table = new StringBuilder();
    table.append("Normal: ").append(String.join(", ", normalLabels)).append(System.lineSeparator());
    table.append(
        line.formatted(
            "anomalous",
            "anomalous",
            "normal",
            "ROCAUC",
            "95 % interval",
            "avg.pr.",
            "FPR@95%TPR"));
    for (LabelMetrics metrics : all()) {
      table.append(
          line.formatted(
              metrics.label() == null ? "(all)" : metrics.label(),
              metrics.anomalous(),
              metrics.normal(),
              percent(metrics.rocAuc()),
              percent(metrics.rocAucLow()) + " - " + percent(metrics.rocAucHigh()),
              percent(metrics.averagePrecision()),
              percent(metrics.falsePositiveRateAt95Recall())));
    }
    return table.toString().stripTrailing();
  }

  private static String percent(double fraction) {
    return Double.isNaN(fraction) ? "?" : String.format(Locale.ROOT, "%.2f", 100 * fraction);
  }
}
