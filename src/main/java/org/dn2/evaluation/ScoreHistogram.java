package org.dn2.evaluation;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.sum;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.dn2.table.Tables;

/**
 * How many scores lie between borders, by what the images are: one pass over the scores, and as
 * many numbers on the driver as there are borders and series.
 *
 * @param borders ascending. Between two of them lie the scores above the first and not above the
 *     second; the first border's own score counts as above it
 * @param counts by series, one fewer than borders
 */
public record ScoreHistogram(List<Double> borders, SortedMap<String, List<Long>> counts) {
  private static final int BARS = 80;

  /** The bars reach this many times as far from the least score as all but the highest do. */
  private static final double REACH = 2;

  private static final String SERIES = "series";
  private static final String BAR = "bar";
  private static final StructType BARS_OF_PARTITION =
      new StructType()
          .add(SERIES, DataTypes.StringType, false)
          .add(BAR, DataTypes.IntegerType, false)
          .add("images", DataTypes.LongType, false);

  /**
   * Borders of bars of one width, the threshold being one of them; the last bar reaches as far as
   * the highest score.
   *
   * @param least of the scores
   * @param nearlyAll a score that nearly all images stay below
   * @param most of the scores
   * @param threshold null for none
   */
  public static List<Double> borders(
      double least, double nearlyAll, double most, Double threshold) {
    double anchor = threshold == null ? least : threshold;
    double low = Math.min(least, anchor);
    double high = Math.max(Math.min(most, least + REACH * (nearlyAll - least)), anchor);
    double width = high > low ? (high - low) / BARS : Math.max(Math.abs(low), 1) / BARS;
    // A bar on either side of the threshold: an image that scores exactly so is not above it.
    int below = Math.max(threshold == null ? 0 : 1, (int) Math.ceil((anchor - low) / width - 1e-9));
    List<Double> borders = new ArrayList<>();
    for (int place = -below; place <= 1 || anchor + (place - 1) * width < high; place++) {
      borders.add(anchor + place * width);
    }
    int last = borders.size() - 1;
    borders.set(0, Math.min(borders.get(0), least));
    borders.set(last, Math.max(borders.get(last), most));
    return List.copyOf(borders);
  }

  /**
   * Counts scores.
   *
   * @param scores column score, none of them NaN or beyond the borders
   * @param series what an image is, as text that is never null
   */
  public static ScoreHistogram of(Dataset<Row> scores, Column series, List<Double> borders) {
    SortedMap<String, List<Long>> counts = new TreeMap<>();
    for (Row row :
        scores
            .select(series.as(SERIES), col(Tables.SCORE))
            .mapPartitions(new CountBars(borders), Encoders.row(BARS_OF_PARTITION))
            .groupBy(SERIES, BAR)
            .agg(sum("images"))
            .collectAsList()) {
      counts
          .computeIfAbsent(row.getString(0), name -> new ArrayList<>(zeros(borders.size() - 1)))
          .set(row.getInt(1), row.getLong(2));
    }
    return new ScoreHistogram(borders, counts);
  }

  private static List<Long> zeros(int size) {
    Long[] zeros = new Long[size];
    Arrays.fill(zeros, 0L);
    return Arrays.asList(zeros);
  }

  /** A partition's bars, one row for each that is not empty. */
  private static final class CountBars implements MapPartitionsFunction<Row, Row> {
    private static final long serialVersionUID = 1L;

    private final double[] borders;

    CountBars(List<Double> borders) {
      this.borders = borders.stream().mapToDouble(Double::doubleValue).toArray();
    }

    @Override
    public Iterator<Row> call(Iterator<Row> scores) {
      Map<String, long[]> bars = new HashMap<>();
      scores.forEachRemaining(
          row ->
              bars.computeIfAbsent(row.getString(0), name -> new long[borders.length - 1])[
                  bar(row.getDouble(1))]++);
      List<Row> rows = new ArrayList<>();
      bars.forEach(
          (name, counts) -> {
            for (int bar = 0; bar < counts.length; bar++) {
              if (counts[bar] > 0) {
                rows.add(RowFactory.create(name, bar, counts[bar]));
              }
            }
          });
      return rows.iterator();
    }

    /** The first bar whose right border the score is not above. */
    private int bar(double score) {
      int place = Arrays.binarySearch(borders, score);
      int border = place >= 0 ? place : -place - 1;
      return Math.min(Math.max(border - 1, 0), borders.length - 2);
    }
  }
}
