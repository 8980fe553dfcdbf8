package org.dn2.comparison;

import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.dn2.evaluation.PairedCurves;
import org.dn2.table.ColumnWords;

/** A comparison as a table, a row per method. */
public final class ComparisonRows {
  private static final ColumnWords WORDS =
      ColumnWords.of(
          """
          embeddings | | | The folder of embeddings, as it was named
          model_id | | | The backbone that made them
          features | | none, l2, root, root-l2, log-l2 | What was done to each embedding before it was compared
          distance | | squared_euclidean, cosine, manhattan | By which neighbors were found
          k | neighbors | 1 or more | Whose distances were averaged
          is_compared_with | | true, false | Whether the other methods are compared with this one
          roc_auc | fraction | 0 to 1 | Area under the ROC curve; 0.5 is chance
          ci_low | fraction | 0 to 1 | Lower end of the 95 % interval of roc_auc
          ci_high | fraction | 0 to 1 | Upper end of the 95 % interval of roc_auc
          difference | fraction | -1 to 1 | roc_auc less that of the method that is compared with
          difference_ci_low | fraction | -1 to 1 | Lower end of the 95 % interval of difference, paired
          difference_ci_high | fraction | -1 to 1 | Upper end of the 95 % interval of difference, paired
          p_value | fraction | 0 to 1 | Of no difference, by DeLong's method for paired curves
          """);

  /** ROCAUCs, differences and their 95 % intervals are fractions, 0 to 1. */
  public static final StructType SCHEMA =
      WORDS.on(
          new StructType()
              .add("embeddings", DataTypes.StringType, false)
              .add("model_id", DataTypes.StringType, false)
              .add("features", DataTypes.StringType, false)
              .add("distance", DataTypes.StringType, false)
              .add("k", DataTypes.IntegerType, false)
              .add("is_compared_with", DataTypes.BooleanType, false)
              .add("roc_auc", DataTypes.DoubleType, false)
              .add("ci_low", DataTypes.DoubleType, false)
              .add("ci_high", DataTypes.DoubleType, false)
              .add("difference", DataTypes.DoubleType, false)
              .add("difference_ci_low", DataTypes.DoubleType, false)
              .add("difference_ci_high", DataTypes.DoubleType, false)
              .add("p_value", DataTypes.DoubleType, false));

  private ComparisonRows() {}

  /** Rows of {@link #SCHEMA}, in the order of the lines. */
  public static List<Row> of(ComparisonOfMethods comparison) {
    return comparison.lines().stream().map(ComparisonRows::row).toList();
  }

  private static Row row(ComparisonOfMethods.Line line) {
    ComparedMethod method = line.method();
    PairedCurves.Estimate difference = line.difference().estimate();
    return RowFactory.create(
        method.embeddings(),
        method.modelId(),
        method.features().id(),
        method.distance().id(),
        method.k(),
        line.isComparedWith(),
        line.rocAuc().value(),
        line.rocAuc().low(),
        line.rocAuc().high(),
        difference.value(),
        difference.low(),
        difference.high(),
        line.difference().pValue());
  }
}
