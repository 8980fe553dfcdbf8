package org.dn2.ml;

import java.util.List;
import org.apache.spark.ml.evaluation.Evaluator;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.param.StringArrayParam;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.DefaultParamsWritable;
import org.apache.spark.ml.util.Identifiable$;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;
import org.dn2.evaluation.Evaluation;
import org.dn2.table.LentCache;
import org.dn2.table.Tables;
import org.dn2.table.UserDataException;

/**
 * ROCAUC of scores, 0 to 1 and larger for better: how often an anomalous row scores above a normal
 * one, ties counting half. Exact, for any number of rows. Rows without a score take no part.
 */
public final class RocAucEvaluator extends Evaluator implements DefaultParamsWritable {
  private static final long serialVersionUID = 1L;

  private final String uid;
  private final Param<String> scoreCol;
  private final Param<String> labelCol;
  private final StringArrayParam normalLabels;

  public RocAucEvaluator() {
    this(Identifiable$.MODULE$.randomUID("rocAucEvaluator"));
  }

  /**
   * @param uid names the evaluator
   */
  public RocAucEvaluator(String uid) {
    this.uid = uid;
    this.scoreCol = new Param<>(this, "scoreCol", "column of scores, higher for more anomalous");
    this.labelCol = new Param<>(this, "labelCol", "column of labels");
    this.normalLabels =
        new StringArrayParam(this, "normalLabels", "labels that are normal; all others are not");
    setDefault(scoreCol, Tables.SCORE);
    setDefault(labelCol, Tables.LABEL);
  }

  @Override
  public String uid() {
    return uid;
  }

  /** The column of scores. */
  public Param<String> scoreCol() {
    return scoreCol;
  }

  /** The column of labels. */
  public Param<String> labelCol() {
    return labelCol;
  }

  /** The labels that are normal. */
  public StringArrayParam normalLabels() {
    return normalLabels;
  }

  /** Names the column of scores; {@code score} by default. */
  public RocAucEvaluator setScoreCol(String name) {
    set(scoreCol, name);
    return this;
  }

  /** Names the column of labels; {@code label} by default. */
  public RocAucEvaluator setLabelCol(String name) {
    set(labelCol, name);
    return this;
  }

  /** Names the labels that are normal; all others are anomalous. */
  public RocAucEvaluator setNormalLabels(String... labels) {
    set(normalLabels, labels);
    return this;
  }

  /**
   * ROCAUC, 0 to 1.
   *
   * @throws UserDataException if no normal label is named, a row has no label, or all labels are
   *     normal or none is
   */
  @Override
  public double evaluate(Dataset<?> dataset) {
    if (!isDefined(normalLabels) || getOrDefault(normalLabels).length == 0) {
      throw new UserDataException("No label is known to be normal. Name some by setNormalLabels.");
    }
    List<String> normal = List.of(getOrDefault(normalLabels));
    String score = getOrDefault(scoreCol);
    String label = getOrDefault(labelCol);
    MlColumns.require(dataset.schema(), score, "scores", "setScoreCol");
    MlColumns.require(dataset.schema(), label, "labels", "setLabelCol");
    Dataset<Row> scores =
        dataset
            .toDF()
            .filter(MlColumns.column(score).isNotNull())
            .select(
                MlColumns.column(label).as(Tables.LABEL), MlColumns.column(score).as(Tables.SCORE));
    // It is read several times, and may cost a network each time.
    return LentCache.with(
        scores,
        StorageLevel.MEMORY_AND_DISK(),
        kept -> {
          try (Evaluation evaluation = new Evaluation(kept, normal)) {
            return evaluation.result().overall().rocAuc();
          }
        });
  }

  @Override
  public RocAucEvaluator copy(ParamMap extra) {
    return defaultCopy(extra);
  }

  /** Reads an evaluator that {@code write().save(path)} wrote. */
  public static MLReader<RocAucEvaluator> read() {
    return new DefaultParamsReader<>();
  }

  /** The evaluator that was saved at a path. */
  public static RocAucEvaluator load(String path) {
    return read().load(path);
  }
}
