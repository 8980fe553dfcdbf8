package org.dn2.pipeline;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.dn2.evaluation.Evaluation;
import org.dn2.evaluation.EvaluationResult;
import org.dn2.table.Tables;
import org.dn2.table.UserDataException;

/** Scores with labels in, metrics and the ROC curve out. */
public final class EvaluateJob {
  private final SparkSession spark;

  public EvaluateJob(SparkSession spark) {
    this.spark = spark;
  }

  /**
   * Opens a table of scores, or one run's folder in it.
   *
   * @throws UserDataException if there is none, or they have no labels' column
   */
  public Dataset<Row> open(String folder) {
    Path path = new Path(folder);
    try {
      if (!path.getFileSystem(spark.sessionState().newHadoopConf()).exists(path)) {
        throw new UserDataException("There are no scores: " + folder + " is missing.");
      }
    } catch (IOException e) {
      throw new UserDataException(folder + " cannot be read: " + e.getMessage(), e);
    }
    Dataset<Row> scores = spark.read().parquet(folder);
    Tables.requireColumns(scores, "The scores in " + folder, Tables.LABEL, Tables.SCORE);
    return scores;
  }

  /**
   * Evaluates and commits.
   *
   * @param normalLabels the labels that count as normal; all others are anomalous
   */
  public EvaluationResult evaluate(
      Dataset<Row> scores,
      List<String> normalLabels,
      String outputFolder,
      RunId runId,
      ExistingOutput existing) {
    Configuration hadoop = spark.sessionState().newHadoopConf();
    CommittedFolder output = new CommittedFolder(new Path(outputFolder), runId, existing, hadoop);
    Stage stage = Stage.begin(spark, "evaluate", "Evaluate the scores");
    EvaluationResult[] result = new EvaluationResult[1];
    try (Evaluation evaluation = new Evaluation(scores, normalLabels)) {
      output.write(
          staging -> {
            result[0] = evaluation.result();
            result[0]
                .toRows(spark, runId.value())
                .coalesce(1)
                .write()
                .parquet(new Path(staging, "metrics").toString());
            evaluation.roc().write().parquet(new Path(staging, "roc").toString());
            writeText(new Path(staging, "metrics.json"), result[0].toJson(), hadoop);
          });
    }
    stage.end(
        String.format(
            Locale.ROOT,
            "ROCAUC %.2f %% -> %s",
            100 * result[0].overall().rocAuc(),
            output.target()));
    return result[0];
  }

  private static void writeText(Path path, String text, Configuration hadoop) {
    try (OutputStream out = path.getFileSystem(hadoop).create(path, false)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(path + " cannot be written.", e);
    }
  }
}
