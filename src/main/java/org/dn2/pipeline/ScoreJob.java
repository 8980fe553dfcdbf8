package org.dn2.pipeline;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import java.io.IOException;
import java.sql.Timestamp;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.dn2.reference.Detector;
import org.dn2.reference.DetectorStore;
import org.dn2.score.Calibration;
import org.dn2.score.Scorer;
import org.dn2.score.SelfNeighbor;
import org.dn2.table.Tables;
import org.dn2.table.UserDataException;

/** Embeddings and a detector in, a run's folder of scores out. */
public final class ScoreJob {
  private final SparkSession spark;

  public ScoreJob(SparkSession spark) {
    this.spark = spark;
  }

  /**
   * What to score.
   *
   * @param embeddings an embed run's output
   * @param detector a fit run's output
   * @param output the table of all runs' scores, partitioned by run_date and run_id
   * @param runDate the partition to write, null for today in UTC
   */
  public record Settings(
      String embeddings, String detector, String output, LocalDate runDate, RunId runId) {}

  /** Scores and commits; what the same run wrote before is replaced, other runs' scores stay. */
  public Dataset<Row> run(Settings settings) {
    Configuration hadoop = spark.sessionState().newHadoopConf();
    LocalDate date =
        settings.runDate() == null ? LocalDate.now(ZoneOffset.UTC) : settings.runDate();
    Path table = new Path(settings.output());
    Path place =
        new Path(
            new Path(table, Tables.RUN_DATE + "=" + date),
            Tables.RUN_ID + "=" + settings.runId().value());
    CommittedFolder output =
        new CommittedFolder(place, settings.runId(), ExistingOutput.KEEP, hadoop);
    Stage stage = Stage.begin(spark, "score", "Score " + settings.embeddings());
    DetectorStore.Stored stored = new DetectorStore(spark).read(new Path(settings.detector()));
    Dataset<Row> embeddings = new EmbedJob(spark).open(settings.embeddings()).embeddings();
    requireSameModel(settings, embeddings, stored.detector());
    output.write(staging -> score(embeddings, stored, staging));
    removeOtherDates(table, place, settings.runId(), hadoop);
    Dataset<Row> scores = spark.read().parquet(output.target().toString());
    stage.end(
        "%,d scored, %,d anomalous -> %s"
            .formatted(
                scores.count(), scores.filter(col(Tables.IS_ANOMALY)).count(), output.target()));
    return scores;
  }

  private static void score(Dataset<Row> embeddings, DetectorStore.Stored stored, Path folder) {
    Detector detector = stored.detector();
    double threshold = detector.threshold().value();
    try (Scorer scorer =
        Scorer.broadcasting(stored.reference(), detector.dimension(), detector.k())) {
      scorer
          .score(embeddings, calibration(stored.calibration()), SelfNeighbor.COUNTS)
          .withColumn(Tables.THRESHOLD, lit(threshold))
          .withColumn(Tables.IS_ANOMALY, col(Tables.SCORE).gt(threshold))
          .withColumn(Tables.DETECTOR_ID, lit(detector.detectorId()))
          .withColumn(Tables.SCORED_AT, lit(new Timestamp(System.currentTimeMillis())))
          .select(
              Arrays.stream(Tables.SCORES.fieldNames())
                  .map(name -> col(name))
                  .toArray(Column[]::new))
          .write()
          .mode(SaveMode.Append)
          .parquet(folder.toString());
    }
  }

  private static void requireSameModel(
      Settings settings, Dataset<Row> embeddings, Detector detector) {
    List<String> models = EmbedJob.modelIds(embeddings);
    if (!models.equals(List.of(detector.modelId()))) {
      throw new UserDataException(
          "The embeddings in %s were made by the model %s, the detector in %s by %s: their distances mean nothing. Embed the images with the detector's model."
              .formatted(
                  settings.embeddings(),
                  String.join(" and ", models),
                  settings.detector(),
                  detector.modelId()));
    }
  }

  /** The leave-one-out scores, at most as many as the reference set that every executor holds. */
  static Calibration calibration(Dataset<Row> leaveOneOut) {
    return Calibration.of(
        leaveOneOut.select(Tables.SCORE).as(Encoders.DOUBLE()).collectAsList().stream()
            .mapToDouble(Double::doubleValue)
            .toArray());
  }

  /** A run that is repeated on a later date moves: its rows must not stand under both dates. */
  private static void removeOtherDates(Path table, Path place, RunId runId, Configuration hadoop) {
    try {
      FileSystem files = table.getFileSystem(hadoop);
      Path kept = files.makeQualified(place);
      Path sameRun =
          new Path(new Path(table, Tables.RUN_DATE + "=*"), Tables.RUN_ID + "=" + runId.value());
      for (FileStatus found : files.globStatus(sameRun)) {
        if (!found.getPath().equals(kept)) {
          files.delete(found.getPath(), true);
        }
      }
    } catch (IOException e) {
      throw new UserDataException(
          "Earlier scores of the run %s in %s could not be removed: %s"
              .formatted(runId.value(), table, e.getMessage()),
          e);
    }
  }
}
