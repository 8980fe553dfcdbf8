package org.dn2.score;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;

import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.dn2.detector.Detector;
import org.dn2.detector.FittedDetector;
import org.dn2.features.FeatureMap;
import org.dn2.features.Features;
import org.dn2.features.WhiteningTable;
import org.dn2.group.Groups;
import org.dn2.group.Pooling;
import org.dn2.neighbors.Distance;
import org.dn2.search.Neighborhood;
import org.dn2.search.SearchPlan;
import org.dn2.search.SelfNeighbor;
import org.dn2.table.Tables;

/**
 * Scores embeddings by a detector, all the way: features, groups, neighbors, p-values, threshold.
 * Close it to free the executors' memory and disks, once the scores have been written.
 */
public final class DetectorScoring implements AutoCloseable {
  private final Detector detector;
  private final Calibration calibration;
  private final Features features;
  private final Scorer scorer;

  private DetectorScoring(
      Detector detector, Calibration calibration, Features features, Scorer scorer) {
    this.detector = detector;
    this.calibration = calibration;
    this.features = features;
    this.scorer = scorer;
  }

  /**
   * What became of the images.
   *
   * @param scores rows of {@link Tables#SCORES} but for scored_at, lazily
   * @param rejected columns image_id, reason and message: the groups that the detector cannot
   *     judge; null where there are none
   * @param rejectedGroups how many there are
   * @param groups how many groups there are in all; -1 where images are scored
   */
  public record Scored(
      Dataset<Row> scores, Dataset<Row> rejected, long rejectedGroups, long groups) {
    /** How many rows are to be scored or rejected, of so many images. */
    public long expected(long images) {
      return groups < 0 ? images : groups;
    }
  }

  /**
   * Lays a detector's reference set out for the search.
   *
   * @throws org.dn2.table.UserDataException if the reference set is not what its description says
   */
  public static DetectorScoring open(FittedDetector detector, SearchPlan plan) {
    Detector description = detector.description();
    Features features = features(detector);
    try {
      Neighborhood neighborhood =
          new Neighborhood(
              description.dimension(), Distance.named(description.distance()), description.k());
      return new DetectorScoring(
          description,
          Calibration.in(detector.calibration()),
          features,
          Scorer.of(detector.reference(), neighborhood, plan));
    } catch (Throwable e) { // Scala throws checked ones without saying so.
      features.close();
      throw e;
    }
  }

  /** The detector's own way from embeddings to what it compares. */
  private static Features features(FittedDetector detector) {
    Detector.FeaturesUsed used = detector.description().features();
    return Features.by(
        FeatureMap.named(used.map()),
        used.whitening() == null
            ? null
            : WhiteningTable.read(detector.whitening(), used.whitening().ridge()),
        detector.reference().sparkSession());
  }

  /**
   * Scores images, or the groups that they form where the detector is of groups.
   *
   * @param embeddings rows of {@link Tables#EMBEDDINGS}, as the network gave them
   * @throws org.dn2.table.UserDataException if the detector is of groups and an image belongs to
   *     none
   */
  public Scored score(Dataset<Row> embeddings) {
    Dataset<Row> images = features.of(embeddings);
    if (detector.pooling() == null) {
      return new Scored(scores(images), null, 0, -1);
    }
    Dataset<Row> groups = new Groups(images).pooled(Pooling.named(detector.pooling().method()));
    Integer size = detector.pooling().groupSize();
    if (size == null) {
      return new Scored(scores(groups), null, 0, Groups.count(images));
    }
    Column fits = col(Groups.SIZE).equalTo(size);
    Dataset<Row> others = groups.filter(not(fits));
    long count = others.count();
    return new Scored(
        scores(groups.filter(fits)),
        count == 0 ? null : rejected(others, size),
        count,
        Groups.count(images));
  }

  private Dataset<Row> scores(Dataset<Row> rows) {
    double threshold = detector.threshold().value();
    return ScoreRows.of(
        scorer
            .score(rows, calibration, SelfNeighbor.COUNTS)
            .withColumn(Tables.THRESHOLD, lit(threshold))
            .withColumn(Tables.IS_ANOMALY, col(Tables.SCORE).gt(threshold))
            .withColumn(Tables.DETECTOR_ID, lit(detector.detectorId())));
  }

  private static Dataset<Row> rejected(Dataset<Row> groups, int size) {
    return groups.select(
        col(Tables.IMAGE_ID),
        lit("incomplete_group").as(Tables.REASON),
        concat(
                lit("The group has "),
                col(Groups.SIZE),
                lit(" embedded images; the detector's concatenated groups have "),
                lit(size),
                lit("."))
            .as(Tables.MESSAGE));
  }

  @Override
  public void close() {
    scorer.close();
    features.close();
  }
}
