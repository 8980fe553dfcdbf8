package org.dn2.pipeline;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.struct;

import java.sql.Timestamp;
import java.util.List;
import java.util.Set;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;
import org.dn2.detector.FittedDetector;
import org.dn2.score.DetectorScoring;
import org.dn2.search.SelfNeighbor;
import org.dn2.store.Plant;
import org.dn2.store.PlantTable;
import org.dn2.table.LentCache;
import org.dn2.table.PlantColumns;
import org.dn2.table.Tables;
import org.dn2.work.Stage;

/** Scores the embeddings of a plant that have no score. */
record NightlyScoring(SparkSession spark, Plant plant, NightlySettings settings) {
  private static final String NEWEST = "_newest";
  private static final String[] VERSION = {Tables.IMAGE_ID, PlantColumns.IMAGE_VERSION};

  /**
   * What was scored.
   *
   * @param detectorId by which
   */
  record Scored(long images, long anomalies, String detectorId) {}

  /**
   * Scores by the current detector what no detector has scored, or, where that is asked for, what
   * this one has not.
   *
   * @param runs whose rows count, this one among them
   * @param sink to which they go
   */
  Scored scoreMissing(Set<PlantTable.RunKey> runs, NightlyScores sink) {
    String name = plant.detectors().current();
    FittedDetector detector = plant.detectors().open(name);
    String detectorId = detector.description().detectorId();
    return LentCache.with(
        missing(runs, sink, detectorId),
        StorageLevel.MEMORY_AND_DISK(),
        missing -> {
          long images = missing.count();
          return images == 0
              ? new Scored(0, 0, detectorId)
              : score(missing, images, detector, sink);
        });
  }

  /** Columns image_id, image_version and file_version, and the file of the embedding. */
  private Dataset<Row> missing(Set<PlantTable.RunKey> runs, NightlyScores sink, String detectorId) {
    String fingerprint = settings.modelFingerprint().digits();
    Dataset<Row> embedded =
        plant
            .embeddings()
            .keys(
                runs,
                PlantColumns.SOURCE,
                Tables.IMAGE_ID,
                PlantColumns.IMAGE_VERSION,
                PlantColumns.FILE_VERSION,
                PlantColumns.MODEL_FINGERPRINT)
            .filter(
                col(PlantColumns.SOURCE)
                    .equalTo(PlantColumns.INBOX)
                    .and(col(PlantColumns.MODEL_FINGERPRINT).equalTo(fingerprint)))
            .select(
                Tables.IMAGE_ID,
                PlantColumns.IMAGE_VERSION,
                PlantColumns.FILE_VERSION,
                PlantTable.FILE);
    Dataset<Row> scored =
        sink.scored().filter(col(PlantColumns.MODEL_FINGERPRINT).equalTo(fingerprint));
    if (settings.has(NightlyConfig.Choice.RESCORE)) {
      scored = scored.filter(col(Tables.DETECTOR_ID).equalTo(detectorId));
    }
    // Of an image that has changed since, the file as it is now.
    Dataset<Row> newest =
        embedded
            .groupBy(Tables.IMAGE_ID)
            .agg(
                max(struct(PlantColumns.IMAGE_VERSION, PlantColumns.FILE_VERSION, PlantTable.FILE))
                    .as(NEWEST))
            .select(col(Tables.IMAGE_ID), col(NEWEST + ".*"));
    // The version is no key of the join: so the rows are for it where the newest were found.
    return newest
        .as("e")
        .join(
            scored.as("s"),
            col("e." + Tables.IMAGE_ID)
                .equalTo(col("s." + Tables.IMAGE_ID))
                .and(
                    col("e." + PlantColumns.IMAGE_VERSION)
                        .minus(col("s." + PlantColumns.IMAGE_VERSION))
                        .equalTo(0))
                .and(
                    col("s." + PlantColumns.FILE_VERSION)
                        .isNull()
                        .or(
                            col("s." + PlantColumns.FILE_VERSION)
                                .eqNullSafe(col("e." + PlantColumns.FILE_VERSION)))),
            "left_anti");
  }

  private Scored score(
      Dataset<Row> missing, long images, FittedDetector detector, NightlyScores sink) {
    String fingerprint = settings.modelFingerprint().digits();
    List<String> files =
        missing.select(PlantTable.FILE).distinct().as(Encoders.STRING()).collectAsList();
    Dataset<Row> keys = missing.drop(PlantTable.FILE);
    Dataset<Row> embeddings =
        plant
            .embeddings()
            .ofFiles(files)
            .filter(
                col(PlantColumns.SOURCE)
                    .equalTo(PlantColumns.INBOX)
                    .and(col(PlantColumns.MODEL_FINGERPRINT).equalTo(fingerprint)))
            .join(keys, VERSION, "left_semi");
    return new Stage(spark, "score", "Score " + plant.embeddings().folder())
        .run(
            () -> {
              try (DetectorScoring scoring =
                  DetectorScoring.open(detector, settings.config().fitting().method().search())) {
                Dataset<Row> scores =
                    scoring
                        .score(embeddings, SelfNeighbor.COUNTS)
                        .scores()
                        .join(keys, new String[] {Tables.IMAGE_ID})
                        .withColumn(PlantColumns.MODEL_FINGERPRINT, lit(fingerprint))
                        .withColumn(
                            Tables.SCORED_AT, lit(new Timestamp(System.currentTimeMillis())));
                long anomalies = sink.add(scores, keys, images);
                return new Scored(images, anomalies, detector.description().detectorId());
              }
            },
            scored -> "%,d scored, %,d anomalous".formatted(scored.images(), scored.anomalies()));
  }
}
