package org.dn2.reproduction;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.dn2.protocols.Measurement;
import org.dn2.table.ColumnWords;

/** What was measured, as tables. */
public final class ResultRows {
  private static final ColumnWords WORDS =
      ColumnWords.of(
          """
          experiment | | | The paper's experiment, by the name that reproduce takes
          dataset | | | The paper's data set, by the name that reproduce takes
          backbone | | | The network; among figures, null where the paper names none
          features | | none, l2, root, root-l2, log-l2 | What was done to each embedding before it was compared; among figures, null where they are the paper's
          setting | | | What was varied, such as the number of images
          normal | | | The label, or labels, that were held to be normal
          parameter | | | The varied number, such as a fraction; null where none was
          repeat | repeats | 0 or more | Counts repeats with other random choices
          roc_auc | fraction | 0 to 1 | Area under the ROC curve; 0.5 is chance
          roc_auc_low | fraction | 0 to 1 | Lower end of the 95 % interval of roc_auc; null where there is none
          roc_auc_high | fraction | 0 to 1 | Upper end of the 95 % interval of roc_auc; null where there is none
          line | | | The line of the table
          method | | | The column of the table
          is_published | | true, false | Whether the figure is the paper's, not ours
          roc_auc_percent | percent | 0 to 100 | Area under the ROC curve, as the table shows it
          spread_points | percentage points | 0 or more | Standard deviation among repeats; null where there are none
          difference_points | percentage points | -100 to 100 | Ours less the paper's, beside our first figure of a line; null elsewhere
          low_percent | percent | 0 to 100 | Lower end of the 95 % interval; null where there is none
          high_percent | percent | 0 to 100 | Upper end of the 95 % interval; null where there is none
          """);

  /** A row per ROCAUC, 0 to 1. */
  public static final StructType MEASUREMENTS =
      WORDS.on(
          new StructType()
              .add("experiment", DataTypes.StringType, false)
              .add("dataset", DataTypes.StringType, false)
              .add("backbone", DataTypes.StringType, false)
              .add("features", DataTypes.StringType, false)
              .add("setting", DataTypes.StringType, false)
              .add("normal", DataTypes.StringType, false)
              .add("parameter", DataTypes.DoubleType, true)
              .add("repeat", DataTypes.IntegerType, false)
              .add("roc_auc", DataTypes.DoubleType, false)
              .add("roc_auc_low", DataTypes.DoubleType, true)
              .add("roc_auc_high", DataTypes.DoubleType, true));

  /** A row per cell of the report's tables, ours and published ones, 0 to 100. */
  public static final StructType FIGURES =
      WORDS.on(
          new StructType()
              .add("experiment", DataTypes.StringType, false)
              .add("dataset", DataTypes.StringType, false)
              .add("line", DataTypes.StringType, false)
              .add("method", DataTypes.StringType, false)
              .add("backbone", DataTypes.StringType, true)
              .add("features", DataTypes.StringType, true)
              .add("is_published", DataTypes.BooleanType, false)
              .add("roc_auc_percent", DataTypes.DoubleType, false)
              .add("spread_points", DataTypes.DoubleType, true)
              .add("difference_points", DataTypes.DoubleType, true)
              .add("low_percent", DataTypes.DoubleType, true)
              .add("high_percent", DataTypes.DoubleType, true));

  private ResultRows() {}

  /** Rows of {@link #MEASUREMENTS}. */
  public static List<Row> measurements(List<DatasetResults> datasets) {
    return datasets.stream()
        .flatMap(dataset -> dataset.results().stream())
        .map(ResultRows::measurement)
        .toList();
  }

  /** Rows of {@link #FIGURES}. */
  public static List<Row> figures(List<DatasetResults> datasets) {
    return datasets.stream()
        .flatMap(dataset -> dataset.tables().stream())
        .flatMap(ResultRows::figures)
        .toList();
  }

  private static Row measurement(ExperimentResult result) {
    Measurement measurement = result.measurement();
    return RowFactory.create(
        result.experiment().id(),
        result.dataset(),
        result.backbone(),
        result.features().id(),
        measurement.setting(),
        measurement.normal(),
        orNull(measurement.parameter()),
        measurement.repeat(),
        measurement.rocAuc(),
        orNull(measurement.rocAucLow()),
        orNull(measurement.rocAucHigh()));
  }

  private static Double orNull(double number) {
    return Double.isNaN(number) ? null : number;
  }

  /** The difference stands beside our first figure of a line. */
  private static Stream<Row> figures(ComparisonTable table) {
    List<Row> rows = new ArrayList<>();
    for (ComparisonTable.Line line : table.lines()) {
      for (ComparisonTable.Column column : table.columns()) {
        ComparisonTable.Figure figure = line.figures().get(column);
        if (figure != null) {
          boolean isCompared = column.equals(table.columns().get(0));
          rows.add(
              RowFactory.create(
                  table.experiment().id(),
                  table.dataset(),
                  line.name(),
                  column.method(),
                  column.backbone(),
                  column.features() == null ? null : column.features().id(),
                  column.isPublished(),
                  figure.percent(),
                  figure.spread(),
                  isCompared ? table.difference(line).orElse(null) : null,
                  figure.low(),
                  figure.high()));
        }
      }
    }
    return rows.stream();
  }
}
