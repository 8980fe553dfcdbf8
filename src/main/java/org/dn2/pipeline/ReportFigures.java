package org.dn2.pipeline;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.dn2.detector.FittedDetector;
import org.dn2.evaluation.Evaluation;
import org.dn2.evaluation.EvaluationResult;
import org.dn2.evaluation.LabelMetrics;
import org.dn2.evaluation.ScoreHistogram;
import org.dn2.report.Findings;
import org.dn2.score.Calibration;
import org.dn2.table.Tables;

/**
 * What a page says in figures of one run's scores.
 *
 * @param scores rows of {@link Tables#SCORES}
 * @param normalLabels labels that count as normal; empty where none is known to be
 * @param labels those that most images have, those of the most first
 */
record ReportFigures(Dataset<Row> scores, List<String> normalLabels, List<String> labels) {
  private static final int CURVE_STEPS = 200;
  private static final int LABELS = 6;

  /**
   * All scores, counted.
   *
   * @param sums columns least, nearly_all, most and threshold of the scores
   * @param detector that gave them, null where it is not at hand
   */
  Findings.Scores scores(Row sums, FittedDetector detector) {
    List<Double> borders =
        ScoreHistogram.borders(
            sums.<Double>getAs("least"),
            sums.<Double>getAs("nearly_all"),
            sums.<Double>getAs("most"),
            sums.getAs("threshold"));
    List<Findings.Series> series = new ArrayList<>();
    ScoreHistogram.of(scores, series(), borders)
        .counts()
        .forEach(
            (name, counts) ->
                series.add(
                    new Findings.Series(
                        name,
                        normalLabels.isEmpty() ? null : (Boolean) name.equals("anomalous"),
                        counts)));
    List<Double> expected = null;
    Integer normals = null;
    if (detector != null && detector.calibration() != null) {
      Calibration calibration = Calibration.in(detector.calibration());
      expected = borders.stream().map(calibration::alarmRate).toList();
      normals = calibration.size();
    }
    return new Findings.Scores(borders, series, expected, normals);
  }

  /** By what the bars are told apart. */
  private Column series() {
    if (!normalLabels.isEmpty()) {
      return when(col(Tables.LABEL).isin(normalLabels.toArray()), "normal").otherwise("anomalous");
    }
    Object[] named = labels.stream().limit(LABELS).toArray();
    return named.length == 0
        ? lit("images")
        : coalesce(
            when(col(Tables.LABEL).isin(named), col(Tables.LABEL))
                .when(col(Tables.LABEL).isNotNull(), "other labels"),
            lit("without a label"));
  }

  /** How well they tell the labels apart. */
  Findings.Quality quality() {
    try (Evaluation evaluation = new Evaluation(scores, normalLabels)) {
      EvaluationResult result = evaluation.result();
      LabelMetrics all = result.overall();
      List<Findings.Measured> rows = new ArrayList<>();
      rows.add(measured(all));
      result.perLabel().forEach(label -> rows.add(measured(label)));
      List<Findings.Point> curve = new ArrayList<>();
      for (Row row : evaluation.rocOutline(CURVE_STEPS)) {
        long falsePositives = Math.round(row.getDouble(1) * all.normal());
        long truePositives = Math.round(row.getDouble(2) * all.anomalous());
        curve.add(
            new Findings.Point(
                row.getDouble(0),
                row.getDouble(1),
                Findings.Rate.of(truePositives, all.anomalous()),
                Findings.Rate.of(truePositives, truePositives + falsePositives)));
      }
      return new Findings.Quality(normalLabels, rows, curve);
    }
  }

  private static Findings.Measured measured(LabelMetrics metrics) {
    return new Findings.Measured(
        metrics.label(),
        metrics.anomalous(),
        metrics.normal(),
        metrics.rocAuc(),
        Double.isNaN(metrics.rocAucLow()) ? null : (Double) metrics.rocAucLow(),
        Double.isNaN(metrics.rocAucHigh()) ? null : (Double) metrics.rocAucHigh(),
        metrics.averagePrecision(),
        metrics.falsePositiveRateAt95Recall());
  }
}
