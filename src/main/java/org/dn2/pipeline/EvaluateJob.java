package org.dn2.pipeline;

import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import org.dn2.evaluation.Evaluation;
import org.dn2.evaluation.EvaluationResult;
import org.dn2.evaluation.EvaluationTables;
import org.dn2.store.CommittedFolder;
import org.dn2.store.Destination;
import org.dn2.store.Draft;
import org.dn2.store.RunChoice;
import org.dn2.store.ScoredRun;
import org.dn2.store.ScoresTable;
import org.dn2.store.Separation;
import org.dn2.table.ColumnWords;
import org.dn2.work.Stage;

/** One run's scores with labels in, metrics and the ROC curve out. */
public final class EvaluateJob {
  private final SparkSession spark;

  public EvaluateJob(SparkSession spark) {
    this.spark = spark;
  }

  /**
   * Opens one run of a table of scores.
   *
   * @param folder the table, or the run's folder in it
   * @throws org.dn2.table.UserDataException if there is no such run, or its scores have no labels'
   *     column
   */
  public ScoredRun open(String folder, RunChoice choice) {
    return new ScoresTable(spark, folder).open(choice);
  }

  /**
   * Refuses an output that is the folder of scores, contains it or lies in it.
   *
   * @param scores a table of scores, or one run's folder in it
   */
  public void requireApart(Destination output, String scores) {
    Separation.require(spark.sessionState().newHadoopConf(), output.folder(), scores);
  }

  /**
   * Evaluates and commits.
   *
   * @param normalLabels the labels that count as normal; all others are anomalous
   */
  public EvaluationResult evaluate(
      ScoredRun run, List<String> normalLabels, Destination destination) {
    CommittedFolder output =
        CommittedFolder.claim(destination, "evaluate", spark.sessionState().newHadoopConf());
    return new Stage(spark, "evaluate", "Evaluate the scores of the run " + run.inWords())
        .run(
            () -> {
              try (Evaluation evaluation = evaluation(run, normalLabels)) {
                return output.write(draft -> write(evaluation, run, draft));
              }
            },
            result ->
                String.format(
                    Locale.ROOT,
                    "run %s: ROCAUC %.2f %% -> %s",
                    run.inWords(),
                    100 * result.overall().rocAuc(),
                    output.target()));
  }

  private static Evaluation evaluation(ScoredRun run, List<String> normalLabels) {
    List<String> places =
        Stream.of(run.scores().inputFiles())
            .map(file -> new Path(URI.create(file)).getParent().toString())
            .distinct()
            .toList();
    return DataFaults.naming(places, () -> new Evaluation(run.scores(), normalLabels));
  }

  private EvaluationResult write(Evaluation evaluation, ScoredRun run, Draft draft) {
    EvaluationResult result = evaluation.result();
    draft.table(
        "metrics",
        ColumnWords.written(
            result.toRows(spark, run.runId().value()).coalesce(1), EvaluationTables.METRICS));
    draft.table("roc", ColumnWords.written(evaluation.roc(), EvaluationTables.ROC));
    draft.file("metrics.json", result.toJson(run.runId().value(), run.runDate()));
    return result;
  }
}
