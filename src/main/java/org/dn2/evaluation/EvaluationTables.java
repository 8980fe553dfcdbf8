package org.dn2.evaluation;

import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.dn2.table.ColumnWords;

/** Schemas of what an evaluation gives. */
public final class EvaluationTables {
  /** A row per metric and label. */
  public static final StructType METRICS =
      ColumnWords.of(
              """
              run_id | | | The run that gave the scores
              label | | | The anomalous label that was told from the normal ones; null for all of them
              metric | | roc_auc, average_precision, fpr_at_95_tpr, anomalous, normal | What value is
              value | fraction; images for anomalous and normal | 0 to 1; 0 or more | Of roc_auc and average_precision more is better, of fpr_at_95_tpr less
              ci_low | fraction | 0 to 1 | Lower end of the 95 % interval of roc_auc; null for other metrics, and where there is none
              ci_high | fraction | 0 to 1 | Upper end of the 95 % interval of roc_auc; null for other metrics, and where there is none
              """)
          .on(
              new StructType()
                  .add("run_id", DataTypes.StringType, false)
                  .add("label", DataTypes.StringType, true)
                  .add("metric", DataTypes.StringType, false)
                  .add("value", DataTypes.DoubleType, false)
                  .add("ci_low", DataTypes.DoubleType, true)
                  .add("ci_high", DataTypes.DoubleType, true));

  /** A row per distinct score. */
  public static final StructType ROC =
      ColumnWords.of(
              """
              threshold | as score | 0 or more | Images that score as high or higher are called anomalous
              false_positive_rate | fraction | 0 to 1 | Of the normal images, those called anomalous
              true_positive_rate | fraction | 0 to 1 | Of the anomalous images, those called anomalous
              """)
          .on(
              new StructType()
                  .add("threshold", DataTypes.DoubleType, false)
                  .add("false_positive_rate", DataTypes.DoubleType, false)
                  .add("true_positive_rate", DataTypes.DoubleType, false));

  private EvaluationTables() {}
}
