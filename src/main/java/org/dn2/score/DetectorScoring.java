package org.dn2.score;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;

import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
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
import org.dn2.table.UserDataException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Scores embeddings by a detector, all the way: features, groups, neighbors, p-values, threshold.
 * Close it to free the executors' memory and disks, once the scores have been written.
 */
public final class DetectorScoring implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DetectorScoring.class);

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
   * Lays a detector's reference set out for the search. Says so where scores will have no p-value.
   *
   * @param plan {@link SearchPlan#AUTO} for the detector's own
   * @throws UserDataException if the plan does not find the neighbors that the detector's own does
   * @throws UserDataException if the reference set is not what its description says
   */
  public static DetectorScoring open(FittedDetector detector, SearchPlan plan) {
    Detector description = detector.description();
    SearchPlan chosen = planOf(description, plan);
    if (!description.calibration().isThere() && description.threshold().deviations() == null) {
      LOG.warn("score: no p-values: {}", description.calibration().promise());
    }
    Features features = features(detector);
    try {
      Neighborhood neighborhood =
          new Neighborhood(
              description.dimension(), Distance.named(description.distance()), description.k());
      return new DetectorScoring(
          description,
          description.calibration().isThere() ? Calibration.in(detector.calibration()) : null,
          features,
          Scorer.of(detector.reference(), neighborhood, chosen));
    } catch (Throwable e) { // Scala throws checked ones without saying so.
      features.close();
      throw e;
    }
  }

  /**
   * The plan to search a detector's reference set by: the one asked for, where images are then
   * judged as the calibration was.
   *
   * @param asked {@link SearchPlan#AUTO} for the detector's own
   * @throws UserDataException if it does not find the neighbors that the detector's own does
   */
  public static SearchPlan planOf(Detector detector, SearchPlan asked) {
    SearchPlan own =
        detector.search().equals(Detector.EXACT_SEARCH)
            ? SearchPlan.AUTO
            : SearchPlan.named(detector.search());
    if (asked.equals(SearchPlan.AUTO)) {
      return own;
    }
    if (asked.lists() != own.lists()) {
      throw new UserDataException(
          "The search %s does not find the neighbors that the detector's own finds (%s), so that its threshold and p-values would not hold. Search by auto, or fit a detector with %1$s."
              .formatted(asked, detector.search()));
    }
    return asked;
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
   * @param self whether an image that is in the reference set is its own neighbor
   * @throws UserDataException if the detector is of groups and an image belongs to none
   */
  public Scored score(Dataset<Row> embeddings, SelfNeighbor self) {
    Dataset<Row> images = features.of(embeddings);
    if (detector.pooling() == null) {
      return new Scored(scores(images, self), null, 0, -1);
    }
    Dataset<Row> groups = new Groups(images).pooled(Pooling.named(detector.pooling().method()));
    Integer size = detector.pooling().groupSize();
    if (size == null) {
      return new Scored(scores(groups, self), null, 0, Groups.count(images));
    }
    Column fits = col(Groups.SIZE).equalTo(size);
    Dataset<Row> others = groups.filter(not(fits));
    long count = others.count();
    return new Scored(
        scores(groups.filter(fits), self),
        count == 0 ? null : rejected(others, size),
        count,
        Groups.count(images));
  }

  private Dataset<Row> scores(Dataset<Row> rows, SelfNeighbor self) {
    double threshold = detector.threshold().value();
    return ScoreRows.of(
        judged(rows, self)
            .withColumn(Tables.THRESHOLD, lit(threshold))
            .withColumn(Tables.IS_ANOMALY, col(Tables.SCORE).gt(threshold))
            .withColumn(Tables.DETECTOR_ID, lit(detector.detectorId())));
  }

  private Dataset<Row> judged(Dataset<Row> rows, SelfNeighbor self) {
    return calibration == null
        ? scorer.score(rows, self).withColumn(Tables.P_VALUE, lit(null).cast(DataTypes.DoubleType))
        : scorer.score(rows, calibration, self);
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
