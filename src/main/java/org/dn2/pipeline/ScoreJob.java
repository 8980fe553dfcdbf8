package org.dn2.pipeline;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;

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
import org.apache.spark.sql.types.DataTypes;
import org.dn2.embedding.ModelSpec;
import org.dn2.features.FeatureChoice;
import org.dn2.features.FeatureMap;
import org.dn2.features.Features;
import org.dn2.features.WhiteningTable;
import org.dn2.group.Groups;
import org.dn2.group.Pooling;
import org.dn2.image.View;
import org.dn2.neighbors.Distance;
import org.dn2.reference.Detector;
import org.dn2.reference.DetectorStore;
import org.dn2.score.Calibration;
import org.dn2.score.Scorer;
import org.dn2.score.SearchPlan;
import org.dn2.score.SelfNeighbor;
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
    DetectorStore.Stored stored =
        settings.detector() == null
            ? null
            : new DetectorStore(spark).read(new Path(settings.detector()));
    EmbedJob.Embedded embedded = new EmbedJob(spark).open(settings.embeddings());
    Dataset<Row> embeddings = embedded.embeddings();
    if (stored == null) {
      FeatureMap map =
          new FeatureChoice(settings.features(), null).mapOr(embedded.model().suitedFeatures());
      LOG.info("score: the trace of the covariance of features {}", map.id());
      output.write(staging -> write(spreads(Features.by(map).of(embeddings)), staging));
    } else {
      requireSameModel(settings, embeddings, stored.detector());
      requireSameViews(settings, embedded.model(), stored.detector());
      output.write(staging -> score(embeddings, stored, settings.search(), staging));
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
      Dataset<Row> embeddings, DetectorStore.Stored stored, SearchPlan search, Path folder) {
    Detector detector = stored.detector();
    double threshold = detector.threshold().value();
    Scorer.Method method =
        new Scorer.Method(detector.dimension(), Distance.named(detector.distance()), detector.k());
    try (Features features = features(stored, embeddings.sparkSession());
        Scorer scorer = Scorer.of(stored.reference(), method, search)) {
      Dataset<Row> images = features.of(embeddings);
      Dataset<Row> rows =
          detector.pooling() == null ? images : pooled(images, detector.pooling(), folder);
      write(
          scorer
              .score(rows, calibration(stored.calibration()), SelfNeighbor.COUNTS)
              .withColumn(Tables.THRESHOLD, lit(threshold))
              .withColumn(Tables.IS_ANOMALY, col(Tables.SCORE).gt(threshold))
              .withColumn(Tables.DETECTOR_ID, lit(detector.detectorId())),
          folder);
    }
  }

  /** The detector's own way from embeddings to what it compares. */
  private static Features features(DetectorStore.Stored stored, SparkSession spark) {
    Detector.Features of = stored.detector().features();
    return Features.by(
        FeatureMap.named(of.map()),
        of.whitening() == null
            ? null
            : WhiteningTable.read(stored.whitening(), of.whitening().ridge()),
        spark);
  }

  /** Groups as the detector's are; those that cannot be are written to a hidden table. */
  private static Dataset<Row> pooled(
      Dataset<Row> embeddings, Detector.Pooling pooling, Path folder) {
    Dataset<Row> groups = new Groups(embeddings).pooled(Pooling.named(pooling.method()));
    if (pooling.groupSize() == null) {
      return groups;
    }
    Column fits = col(Groups.SIZE).equalTo(pooling.groupSize());
    Dataset<Row> others = groups.filter(not(fits)).select(Tables.IMAGE_ID, Groups.SIZE);
    long count = others.count();
    if (count > 0) {
      Path rejects = new Path(folder, REJECTS);
      others
          .select(
              col(Tables.IMAGE_ID),
              lit("incomplete_group").as(Tables.REASON),
              concat(
                      lit("The group has "),
                      col(Groups.SIZE),
                      lit(" embedded images; the detector's concatenated groups have "),
                      lit(pooling.groupSize()),
                      lit("."))
                  .as(Tables.MESSAGE))
          .write()
          .parquet(rejects.toString());
      LOG.warn(
          "{} groups have another size than the detector's {} and no score: see {} beside the scores.",
          count,
          pooling.groupSize(),
          REJECTS);
    }
    return groups.filter(fits);
  }

  private static Dataset<Row> spreads(Dataset<Row> embeddings) {
    return new Groups(embeddings)
        .spreads()
        .withColumn(Tables.PATH, lit(null).cast(DataTypes.StringType))
        .withColumn(Tables.THRESHOLD, lit(null).cast(DataTypes.DoubleType))
        .withColumn(Tables.IS_ANOMALY, lit(null).cast(DataTypes.BooleanType))
        .withColumn(Tables.P_VALUE, lit(null).cast(DataTypes.DoubleType))
        .withColumn(Tables.NEIGHBOR_IDS, array().cast("array<string>"))
        .withColumn(Tables.NEIGHBOR_DISTANCES, array().cast("array<double>"))
        .withColumn(Tables.DETECTOR_ID, lit(null).cast(DataTypes.StringType));
  }

  private static void write(Dataset<Row> scores, Path folder) {
    scores
        .withColumn(Tables.SCORED_AT, lit(new Timestamp(System.currentTimeMillis())))
        .select(
            Arrays.stream(Tables.SCORES.fieldNames()).map(name -> col(name)).toArray(Column[]::new))
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
    if (detector == null) {
      return;
    }
    String expected = new DetectorStore(spark).read(new Path(detector)).detector().modelId();
    if (!expected.equals(model.id())) {
      throw new UserDataException(
          "The images would be embedded by the model %s, the detector in %s was fitted to %s: their distances mean nothing. Give the detector's --model and --views."
              .formatted(model.id(), detector, expected));
    }
  }

  private static void requireSameModel(
      Settings settings, Dataset<Row> embeddings, Detector detector) {
    List<String> models = EmbedJob.modelIds(embeddings);
    if (!models.equals(List.of(detector.modelId()))) {
      throw new UserDataException(
          "The embeddings in %s were made by the model %s, the detector in %s by %s: their distances mean nothing. Embed the images with the detector's model and its --views."
              .formatted(
                  settings.embeddings(),
                  String.join(" and ", models),
                  settings.detector(),
                  detector.modelId()));
    }
  }

  /** Views are part of a model's id, unless a description was edited by hand. */
  private static void requireSameViews(Settings settings, ModelSpec model, Detector detector) {
    if (detector.model() == null) {
      return;
    }
    List<View> expected = ModelSpec.fromJson(detector.model().toString()).views();
    if (!expected.equals(model.views())) {
      throw new UserDataException(
          "The embeddings in %s are of the views %s, the detector in %s was fitted to %s: their distances mean nothing."
              .formatted(
                  settings.embeddings(),
                  View.ids(model.views()),
                  settings.detector(),
                  View.ids(expected)));
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
