package org.dn2.pipeline;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import java.io.IOException;
import java.sql.Timestamp;
import java.time.LocalDate;
import java.time.ZoneOffset;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.dn2.detector.FittedDetector;
import org.dn2.embedding.ModelSpec;
import org.dn2.features.FeatureChoice;
import org.dn2.features.FeatureMap;
import org.dn2.features.Features;
import org.dn2.score.DetectorScoring;
import org.dn2.score.ModelCheck;
import org.dn2.score.SpreadScoring;
import org.dn2.search.SearchPlan;
import org.dn2.store.DetectorStore;
import org.dn2.table.Tables;
import org.dn2.table.UserDataException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Embeddings and a detector in, a run's folder of scores out. */
public final class ScoreJob {
  private static final Logger LOG = LoggerFactory.getLogger(ScoreJob.class);

  /** Readers of the scores pass over what begins with an underscore. */
  private static final String REJECTS = "_rejects";

  private final SparkSession spark;

  public ScoreJob(SparkSession spark) {
    this.spark = spark;
  }

  /**
   * What to score.
   *
   * @param embeddings an embed run's output
   * @param detector a fit run's output, or null to score groups by the trace of their embeddings'
   *     covariance, which needs none (section 4.5)
   * @param features of the images where there is no detector; null for the map that the backbone's
   *     description names
   * @param output the table of all runs' scores, partitioned by run_date and run_id
   * @param runDate the partition to write, null for today in UTC
   * @param search how the reference set is searched
   */
  public record Settings(
      String embeddings,
      String detector,
      FeatureMap features,
      String output,
      LocalDate runDate,
      RunId runId,
      SearchPlan search) {}

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
    FittedDetector detector =
        settings.detector() == null
            ? null
            : new DetectorStore(spark).read(new Path(settings.detector()));
    EmbedJob.Embedded embedded = new EmbedJob(spark).open(settings.embeddings());
    if (detector == null) {
      FeatureMap map =
          new FeatureChoice(settings.features(), null).mapOr(embedded.model().suitedFeatures());
      LOG.info("score: the trace of the covariance of features {}", map.id());
      Dataset<Row> features = Features.by(map).of(embedded.embeddings());
      output.write(staging -> write(SpreadScoring.of(features), staging));
    } else {
      new ModelCheck(detector.description(), settings.detector())
          .requireMadeBy(
              settings.embeddings(), EmbedJob.modelIds(embedded.embeddings()), embedded.model());
      output.write(staging -> score(embedded.embeddings(), detector, settings.search(), staging));
    }
    removeOtherDates(table, place, settings.runId(), hadoop);
    Dataset<Row> scores = spark.read().parquet(output.target().toString());
    stage.end(
        "%,d scored, %,d anomalous -> %s"
            .formatted(
                scores.count(), scores.filter(col(Tables.IS_ANOMALY)).count(), output.target()));
    return scores;
  }

  private static void score(
      Dataset<Row> embeddings, FittedDetector detector, SearchPlan search, Path folder) {
    try (DetectorScoring scoring = DetectorScoring.open(detector, search)) {
      DetectorScoring.Scored scored = scoring.score(embeddings);
      if (scored.rejected() != null) {
        scored.rejected().write().parquet(new Path(folder, REJECTS).toString());
        LOG.warn(
            "{} groups have another size than the detector's {} and no score: see {} beside the scores.",
            scored.rejectedGroups(),
            detector.description().pooling().groupSize(),
            REJECTS);
      }
      write(scored.scores(), folder);
    }
  }

  private static void write(Dataset<Row> scores, Path folder) {
    scores
        .withColumn(Tables.SCORED_AT, lit(new Timestamp(System.currentTimeMillis())))
        .write()
        .mode(SaveMode.Append)
        .parquet(folder.toString());
  }

  /**
   * Refuses images that will be embedded by another model or other views than a detector's, before
   * the work.
   *
   * @param detector a fit run's output, or null for none
   */
  public void requireModel(String detector, ModelSpec model) {
    if (detector != null) {
      new ModelCheck(new DetectorStore(spark).read(new Path(detector)).description(), detector)
          .requireToEmbedWith(model);
    }
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
