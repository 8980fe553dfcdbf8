package org.dn2.pipeline;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.lit;

import java.sql.Timestamp;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.dn2.detector.Detector;
import org.dn2.detector.FittedDetector;
import org.dn2.embedding.ModelFingerprint;
import org.dn2.features.FeatureChoice;
import org.dn2.features.FeatureMap;
import org.dn2.features.Features;
import org.dn2.group.Groups;
import org.dn2.score.DetectorScoring;
import org.dn2.score.ModelCheck;
import org.dn2.score.SpreadScoring;
import org.dn2.search.SearchPlan;
import org.dn2.search.SelfNeighbor;
import org.dn2.store.CommittedFolder;
import org.dn2.store.Destination;
import org.dn2.store.DetectorStore;
import org.dn2.store.Draft;
import org.dn2.store.EmbeddingsStore;
import org.dn2.store.RunId;
import org.dn2.store.ScoresTable;
import org.dn2.store.Separation;
import org.dn2.table.LiteralPath;
import org.dn2.table.Tables;
import org.dn2.work.Stage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Embeddings and a detector in, a run's folder of scores out. */
public final class ScoreJob {
  private static final Logger LOG = LoggerFactory.getLogger(ScoreJob.class);

  private final SparkSession spark;

  public ScoreJob(SparkSession spark) {
    this.spark = spark;
  }

  /** What becomes of a run's scores under other dates. */
  public enum OtherDates {
    /** They stay: another date is another night. */
    STAY,
    /** They are removed once the new ones are there: the run has moved. */
    ARE_REMOVED
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
   * @param self whether an image that is in the reference set is its own neighbor
   */
  public record Settings(
      String embeddings,
      String detector,
      FeatureMap features,
      String output,
      LocalDate runDate,
      RunId runId,
      OtherDates otherDates,
      SearchPlan search,
      SelfNeighbor self) {
    List<String> inputs() {
      return Stream.of(embeddings, detector).filter(Objects::nonNull).toList();
    }

    LocalDate date() {
      return runDate == null ? LocalDate.now(ZoneOffset.UTC) : runDate;
    }
  }

  /** Where the scores go. */
  Destination place(Settings settings) {
    return new ScoresTable(spark, settings.output()).place(settings.date(), settings.runId());
  }

  /** Scores and commits; what the same run wrote for the same date is replaced, all else stays. */
  public Dataset<Row> run(Settings settings) {
    ScoresTable table = new ScoresTable(spark, settings.output());
    LocalDate date = settings.date();
    Configuration hadoop = spark.sessionState().newHadoopConf();
    Destination place = table.place(date, settings.runId());
    Separation.require(hadoop, place.folder(), settings.embeddings(), settings.detector());
    CommittedFolder output = CommittedFolder.claim(place, "score", hadoop);
    return new Stage(spark, "score", "Score " + settings.embeddings())
        .run(
            () -> {
              FittedDetector detector =
                  settings.detector() == null
                      ? null
                      : new DetectorStore(spark).read(LiteralPath.given(settings.detector()));
              EmbeddingsStore.Stored stored =
                  new EmbeddingsStore(spark).open(settings.embeddings());
              requireMadeBy(settings, detector, stored);
              output.write(
                  draft ->
                      DataFaults.naming(
                          settings.inputs(),
                          () -> score(settings, stored, detector, table, draft)));
              if (settings.otherDates() == OtherDates.ARE_REMOVED) {
                table.removeOtherDates(date, settings.runId());
              }
              return table.read(output.target());
            },
            scores -> {
              Row counts = scores.agg(count(lit(1)), count_if(col(Tables.IS_ANOMALY))).head();
              return "%,d scored, %,d anomalous -> %s"
                  .formatted(counts.getLong(0), counts.getLong(1), output.target());
            });
  }

  private static void requireMadeBy(
      Settings settings, FittedDetector detector, EmbeddingsStore.Stored stored) {
    if (detector != null) {
      new ModelCheck(detector.description(), settings.detector())
          .requireMadeBy(settings.embeddings(), stored.modelFingerprint());
    }
  }

  private static long score(
      Settings settings,
      EmbeddingsStore.Stored stored,
      FittedDetector detector,
      ScoresTable table,
      Draft draft) {
    long embedded = stored.embedded();
    if (detector == null) {
      FeatureMap map =
          new FeatureChoice(settings.features(), null).mapOr(stored.model().suitedFeatures());
      LOG.info("score: the trace of the covariance of features {}", map.id());
      Dataset<Row> features = Features.by(map).of(stored.embeddings());
      long written = table.write(draft, dated(SpreadScoring.of(features)), embedded);
      requireAll(written, Groups.count(stored.embeddings()));
      return written;
    }
    try (DetectorScoring scoring = DetectorScoring.open(detector, settings.search())) {
      DetectorScoring.Scored scored = scoring.score(stored.embeddings(), settings.self());
      Path rejects = table.writeRejects(settings.date(), settings.runId(), scored.rejected());
      if (scored.rejected() != null) {
        LOG.warn(
            "{} groups have another size than the detector's {} and no score: see {}.",
            scored.rejectedGroups(),
            detector.description().pooling().groupSize(),
            rejects);
      }
      long written = table.write(draft, dated(scored.scores()), embedded);
      requireAll(written + scored.rejectedGroups(), scored.expected(embedded));
      return written;
    }
  }

  private static Dataset<Row> dated(Dataset<Row> scores) {
    return scores.withColumn(Tables.SCORED_AT, lit(new Timestamp(System.currentTimeMillis())));
  }

  private static void requireAll(long scored, long expected) {
    if (scored != expected) {
      throw new IllegalStateException(
          "images were lost or doubled on the way (%,d to score, %,d scored); did the input change meanwhile?"
              .formatted(expected, scored));
    }
  }

  /**
   * Refuses a table of scores that is the images' input, contains it or lies in it, before the
   * work.
   *
   * @param images an input's path
   */
  public void requireApart(String table, String images) {
    Separation.require(spark.sessionState().newHadoopConf(), table, images);
  }

  /**
   * Refuses images that will be embedded by another model than a detector's, or in another way,
   * before the work.
   *
   * @param detector a fit run's output, or null for none
   * @param model by which the images will be embedded, and how they will be decoded
   * @return the detector's description, null for none
   * @throws org.dn2.table.UserDataException if the detector is missing or of another model
   */
  public Detector requireModel(String detector, ModelFingerprint model) {
    if (detector == null) {
      return null;
    }
    Detector description = new DetectorStore(spark).read(LiteralPath.given(detector)).description();
    new ModelCheck(description, detector).requireToEmbedWith(model);
    return description;
  }
}
