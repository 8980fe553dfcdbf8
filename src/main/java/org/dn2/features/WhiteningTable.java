package org.dn2.features;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.dn2.table.DetectorTables;

/** A whitening as rows of {@link DetectorTables#WHITENING}. */
public final class WhiteningTable {
  private WhiteningTable() {}

  /** The rows of a whitening. */
  public static Dataset<Row> rows(Whitening whitening, SparkSession spark) {
    int dimension = whitening.mean().length;
    List<Row> rows = new ArrayList<>();
    rows.add(RowFactory.create(0, null, whitening.mean()));
    for (int i = 0; i < whitening.outputDimension(); i++) {
      rows.add(
          RowFactory.create(
              i + 1,
              whitening.variances()[i],
              Arrays.copyOfRange(whitening.directions(), i * dimension, (i + 1) * dimension)));
    }
    return spark.createDataFrame(rows, DetectorTables.WHITENING);
  }

  /**
   * The whitening of such rows.
   *
   * @param ridge as a fraction of the largest variance
   */
  public static Whitening read(Dataset<Row> rows, double ridge) {
    List<Row> sorted = new ArrayList<>(rows.collectAsList());
    sorted.sort(Comparator.comparingInt(row -> row.getInt(0)));
    double[] mean = values(sorted.get(0));
    int directions = sorted.size() - 1;
    double[] variances = new double[directions];
    double[] all = new double[directions * mean.length];
    for (int i = 0; i < directions; i++) {
      variances[i] = sorted.get(i + 1).getDouble(1);
      System.arraycopy(values(sorted.get(i + 1)), 0, all, i * mean.length, mean.length);
    }
    return new Whitening(mean, variances, all, ridge);
  }

  private static double[] values(Row row) {
    return row.<Double>getList(2).stream().mapToDouble(Double::doubleValue).toArray();
  }
}
