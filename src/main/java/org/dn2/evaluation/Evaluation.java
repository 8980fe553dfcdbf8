package org.dn2.evaluation;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.floor;
import static org.apache.spark.sql.functions.isnan;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.struct;

import java.io.Serializable;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.api.java.function.Function2;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;
import org.dn2.table.Tables;
import org.dn2.table.UserDataException;

/**
 * Exact evaluation of any number of scores: they are sorted by Spark, so that no binning is needed
 * and nothing large comes to the driver. Equal scores lie in one partition, because Spark's range
 * partitioning splits between values.
 */
public final class Evaluation implements AutoCloseable {
  private static final int LABELS_SHOWN = 20;

  /** How many rows lack something is counted here. */
  private static final StructType WITH_GAPS =
      new StructType()
          .add(Tables.LABEL, DataTypes.StringType)
          .add(Tables.SCORE, DataTypes.DoubleType);

  private final SortedSet<String> normalLabels;

  /** Columns label and score, from the highest score to the lowest. */
  private final JavaRDD<Row> descending;

  private final SparkSession spark;
  private final LabelCounts counts;

  /**
   * Sorts and counts the scores.
   *
   * @param scores columns label and score; no label may be missing, no score may be NaN
   * @param normalLabels the labels that count as normal; all others are anomalous
   * @throws UserDataException if labels are missing, of one class only, or a normal label does not
   *     occur
   */
  public Evaluation(Dataset<Row> scores, Collection<String> normalLabels) {
    Tables.requireColumns(scores, "The scores", Tables.LABEL, Tables.SCORE);
    this.spark = scores.sparkSession();
    this.normalLabels = new TreeSet<>(normalLabels);
    Dataset<Row> typed = Tables.typed(scores, "The scores", WITH_GAPS, Tables.LABEL, Tables.SCORE);
    requireUsable(typed);
    this.descending =
        typed.sort(col(Tables.SCORE).desc()).toJavaRDD().persist(StorageLevel.MEMORY_AND_DISK());
    try {
      this.counts =
          new LabelCounts(this.normalLabels, descending.mapPartitions(new CountLabels()).collect());
      requireBothClasses();
    } catch (Throwable e) { // Scala throws checked ones without saying so.
      close();
      throw e;
    }
  }

  private static void requireUsable(Dataset<Row> scores) {
    Row counts =
        scores
            .agg(
                count_if(col(Tables.SCORE).isNotNull()),
                count_if(col(Tables.LABEL).isNull()),
                count_if(isnan(col(Tables.SCORE))),
                count_if(col(Tables.SCORE).isNull()))
            .head();
    if (counts.getLong(3) > 0) {
      throw new UserDataException(
          "%,d of %,d rows have no score; score the images again."
              .formatted(counts.getLong(3), counts.getLong(3) + counts.getLong(0)));
    }
    if (counts.getLong(0) == 0) {
      throw new UserDataException("There are no scores to evaluate.");
    }
    if (counts.getLong(1) > 0) {
      throw new UserDataException(
          "%,d of %,d scores have no label. Labels come from a manifest's column or from a label pattern when images are embedded."
              .formatted(counts.getLong(1), counts.getLong(0)));
    }
    if (counts.getLong(2) > 0) {
      throw new UserDataException(
          "%,d of %,d scores are NaN; score the images again."
              .formatted(counts.getLong(2), counts.getLong(0)));
    }
  }

  private void requireBothClasses() {
    Set<String> labels = counts.labels();
    String found = labels.stream().limit(LABELS_SHOWN).collect(Collectors.joining(", "));
    for (String label : normalLabels) {
      if (!labels.contains(label)) {
        throw new UserDataException(
            "No score has the normal label %s; the labels are: %s.".formatted(label, found));
      }
    }
    if (normalLabels.isEmpty() || normalLabels.size() == labels.size()) {
      throw new UserDataException(
          "ROCAUC needs normal and anomalous images, but all are %s. The labels are: %s; the normal ones: %s."
              .formatted(
                  normalLabels.isEmpty() ? "anomalous" : "normal",
                  found,
                  normalLabels.isEmpty() ? "none" : String.join(", ", normalLabels)));
    }
  }

  /** The metrics, over all and per anomalous label. */
  public EvaluationResult result() {
    PartialRanks sum =
        descending.mapPartitionsWithIndex(new SumRanks(counts), true).collect().stream()
            .reduce(PartialRanks::plus)
            .orElseThrow();
    return new EvaluationResult(
        normalLabels,
        sum.overall().metrics(null),
        counts.anomalousLabels().stream()
            .map(label -> sum.byLabel().get(label).metrics(label))
            .toList());
  }

  /** The ROC curve's points, one per distinct score: threshold, false and true positive rate. */
  public Dataset<Row> roc() {
    return spark.createDataFrame(
        descending.mapPartitionsWithIndex(new RocPoints(counts), true), EvaluationTables.ROC);
  }

  /**
   * The ROC curve as a line that is never more than 1 / steps away from it.
   *
   * @return rows as {@link #roc} has them, from the highest threshold to the lowest, at most twice
   *     as many as there are steps
   */
  public List<Row> rocOutline(int steps) {
    String[] columns = {"false_positive_rate", "true_positive_rate", "threshold"};
    return roc()
        .groupBy(floor(col(columns[0]).multiply(steps)), floor(col(columns[1]).multiply(steps)))
        .agg(max(struct(columns[0], columns[1], columns[2])).as("last"))
        .select("last.threshold", "last.false_positive_rate", "last.true_positive_rate")
        .orderBy(col("threshold").desc())
        .collectAsList();
  }

  /** Frees the sorted scores. */
  @Override
  public void close() {
    descending.unpersist();
  }

  /** Counts each label's images in a partition. */
  private static final class CountLabels
      implements FlatMapFunction<Iterator<Row>, Map<String, Long>> {
    private static final long serialVersionUID = 1L;

    @Override
    public Iterator<Map<String, Long>> call(Iterator<Row> rows) {
      Map<String, Long> counts = new HashMap<>();
      rows.forEachRemaining(row -> counts.merge(row.getString(0), 1L, Long::sum));
      return List.of(counts).iterator();
    }
  }

  /** A partition's share of the statistics. */
  private record PartialRanks(RankStatistics overall, Map<String, RankStatistics> byLabel)
      implements Serializable {

    PartialRanks plus(PartialRanks following) {
      Map<String, RankStatistics> sums = new HashMap<>();
      byLabel.forEach(
          (label, ranks) -> sums.put(label, ranks.plus(following.byLabel().get(label))));
      return new PartialRanks(overall.plus(following.overall()), sums);
    }
  }

  /** Adds up a partition's runs, beginning with what lies above it. */
  private static final class SumRanks
      implements Function2<Integer, Iterator<Row>, Iterator<PartialRanks>> {
    private static final long serialVersionUID = 1L;

    private final LabelCounts counts;

    SumRanks(LabelCounts counts) {
      this.counts = counts;
    }

    @Override
    public Iterator<PartialRanks> call(Integer partition, Iterator<Row> rows) {
      Map<String, Long> totals = counts.totals();
      Map<String, Long> above = counts.above(partition);
      long normal = counts.normal(totals);
      long normalAbove = counts.normal(above);
      RankStatistics overall =
          new RankStatistics(
              counts.anomalous(totals), normal, counts.anomalous(above), normalAbove);
      Map<String, RankStatistics> byLabel = new HashMap<>();
      for (String label : counts.anomalousLabels()) {
        byLabel.put(
            label,
            new RankStatistics(
                totals.get(label), normal, above.getOrDefault(label, 0L), normalAbove));
      }
      new ScoreRuns(rows)
          .forEachRemaining(
              run -> {
                long runNormal = counts.normal(run.countByLabel());
                overall.add(counts.anomalous(run.countByLabel()), runNormal);
                byLabel.forEach(
                    (label, ranks) ->
                        ranks.add(run.countByLabel().getOrDefault(label, 0L), runNormal));
              });
      return List.of(new PartialRanks(overall, byLabel)).iterator();
    }
  }

  /** One point of the ROC curve per run. */
  private static final class RocPoints implements Function2<Integer, Iterator<Row>, Iterator<Row>> {
    private static final long serialVersionUID = 1L;

    private final LabelCounts counts;

    RocPoints(LabelCounts counts) {
      this.counts = counts;
    }

    @Override
    public Iterator<Row> call(Integer partition, Iterator<Row> rows) {
      double anomalous = counts.anomalous(counts.totals());
      double normal = counts.normal(counts.totals());
      Map<String, Long> above = counts.above(partition);
      ScoreRuns runs = new ScoreRuns(rows);
      return new Iterator<>() {
        private long truePositives = counts.anomalous(above);
        private long falsePositives = counts.normal(above);

        @Override
        public boolean hasNext() {
          return runs.hasNext();
        }

        @Override
        public Row next() {
          ScoreRuns.Run run = runs.next();
          truePositives += counts.anomalous(run.countByLabel());
          falsePositives += counts.normal(run.countByLabel());
          return RowFactory.create(run.score(), falsePositives / normal, truePositives / anomalous);
        }
      };
    }
  }
}
