package org.dn2.comparison;

import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.dn2.evaluation.PairedCurves;

/** A comparison as a table, a row per method. */
public final class ComparisonRows {
  /** ROCAUCs, differences and their 95 % intervals are fractions, 0 to 1. */
  public static final StructType SCHEMA =
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
          .add("p_value", DataTypes.DoubleType, false);

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
