package org.dn2.pipeline;

import static org.apache.spark.sql.functions.col;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.dn2.detector.Detector;
import org.dn2.embedding.EmbeddingSettings;
import org.dn2.evaluation.EvaluationResult;
import org.dn2.image.DecodeLimits;
import org.dn2.image.ImageInput;
import org.dn2.search.SelfNeighbor;
import org.dn2.store.Destination;
import org.dn2.store.DetectorStore;
import org.dn2.store.ExistingOutput;
import org.dn2.store.RunId;
import org.dn2.store.ScoredRun;
import org.dn2.store.Separation;
import org.dn2.store.UnfinishedRun;
import org.dn2.table.LiteralPath;
import org.dn2.table.Tables;

/**
 * All of it: embed the normal images, fit, embed the others, score, report, evaluate. Where there
 * are no others, the images are scored by each other.
 */
public final class RunJob {
  private static final int STRANGEST = 10;
  private static final String TRAIN = "train";
  private static final String TEST = "test";
  private static final String IMAGES = "images";
  private static final String DETECTOR = "detector";
  private static final String REPORT = "report";
  private static final String EVALUATION = "evaluation";

  private final SparkSession spark;

  public RunJob(SparkSession spark) {
    this.spark = spark;
  }

  /**
   * What a run gave.
   *
   * @param detector that the images were scored by
   * @param strangest the ten images of the highest scores, or as many as there are, the strangest
   *     first
   * @param evaluation null where no normal labels were named
   * @param page that shows the run
   * @param anomalies how many images score above the threshold
   * @param train what became of the normal images, null where the detector was there before or the
   *     images are scored by each other
   * @param scored what became of the images that were scored
   */
  public record Result(
      Detector detector,
      List<StrangeImage> strangest,
      EvaluationResult evaluation,
      Path page,
      long anomalies,
      EmbedJob.Counts train,
      EmbedJob.Counts scored) {}

  /**
   * An image and the normal image that is nearest to it.
   *
   * @param score higher is more anomalous
   * @param pValue null where the detector gives none
   */
  public record StrangeImage(String imageId, double score, Double pValue, String nearestId) {}

  /**
   * How it is run.
   *
   * @param model the backbone that the configuration names
   * @param runDate the partition of the scores, null for today in UTC
   * @param otherDates what becomes of the run's scores of other dates
   * @param runId of every step
   * @param existing what becomes of another run's outputs
   */
  public record Settings(
      RunConfig config,
      BackboneFolder model,
      LocalDate runDate,
      ScoreJob.OtherDates otherDates,
      RunId runId,
      ExistingOutput existing) {
    Destination output() {
      return new Destination(config.output(), runId, existing);
    }

    /** The same with a date, which does not change while images are embedded. */
    private Settings dated() {
      LocalDate date = runDate == null ? LocalDate.now(ZoneOffset.UTC) : runDate;
      return new Settings(config, model, date, otherDates, runId, existing);
    }

    /** The folder's name of the embeddings that a detector is fitted to. */
    private String train() {
      return config.isAmongThemselves() ? IMAGES : TRAIN;
    }

    /** The folder's name of the embeddings that are scored. */
    private String scored() {
      return config.isAmongThemselves() ? IMAGES : TEST;
    }

    EmbedJob.Settings embedTrain() {
      return embed(config.train(), train());
    }

    EmbedJob.Settings embedScored() {
      return embed(config.scored(), scored());
    }

    private EmbedJob.Settings embed(ImageInput input, String name) {
      return new EmbedJob.Settings(
          input, model, embedding(), config.maxRejectFraction(), output().in(name));
    }

    private EmbeddingSettings embedding() {
      return new EmbeddingSettings(
          config.batchSize(),
          config.device(),
          DecodeLimits.DEFAULT,
          config.exifOrientation(),
          config.sampleBits());
    }

    FitJob.Settings fit() {
      return new FitJob.Settings(
          output().in(train()).folder(),
          config.train().labels(),
          config.method(),
          config.threshold(),
          output().in(DETECTOR));
    }

    /**
     * @param detector the folder
     */
    ScoreJob.Settings score(String detector) {
      return new ScoreJob.Settings(
          output().in(scored()).folder(),
          detector,
          null,
          config.scores(),
          runDate,
          runId,
          otherDates,
          config.method().search(),
          config.isAmongThemselves() ? SelfNeighbor.EXCLUDED : SelfNeighbor.COUNTS);
    }

    /**
     * @param detector the folder
     * @param began when the run did
     */
    ReportJob.Settings report(String detector, Instant began) {
      return new ReportJob.Settings(
          config.scores(),
          detector,
          output().in(scored()).folder(),
          config.normalLabels(),
          "Strange images in " + config.scored().name(),
          config.hasHeatMaps() ? model : null,
          began,
          output().in(REPORT));
    }

    Destination evaluation() {
      return output().in(EVALUATION);
    }
  }

  /** An id that is the same for the same places of images, so that a repeat is one. */
  public static RunId idOf(RunConfig config, SparkSession spark) {
    Configuration hadoop = spark.sessionState().newHadoopConf();
    String places =
        Stream.of(config.train(), config.test())
            .filter(Objects::nonNull)
            .map(input -> Destination.qualified(input.path(), hadoop).toString())
            .collect(Collectors.joining("\n"));
    return RunId.ofPlaces(places);
  }

  /**
   * Checks all that settings, detector and listings tell, then runs every step in turn; a step that
   * fails leaves the finished ones as they are, and the same run goes on from there.
   */
  public Result run(Settings given) {
    Instant began = Instant.now();
    Settings settings = given.dated();
    requireApart(settings);
    UnfinishedRun unfinished =
        new UnfinishedRun(settings.output(), spark.sessionState().newHadoopConf());
    return unfinished.orSayHowToGoOn(
        () -> {
          try (RunListings listings = RunListings.checked(spark, settings)) {
            unfinished.note();
            try {
              Result result = steps(settings, listings, began);
              unfinished.end();
              return result;
            } finally {
              unfinished.endIfNothingIsThere();
            }
          }
        });
  }

  /** What is read from elsewhere; what a step reads of another's output is the run's own. */
  private void requireApart(Settings settings) {
    RunConfig config = settings.config();
    Configuration hadoop = spark.sessionState().newHadoopConf();
    String normal = config.train() == null ? null : config.train().path();
    for (String output : List.of(config.output(), config.scores())) {
      Separation.require(hadoop, output, normal, config.scored().path());
    }
    for (Destination step :
        List.of(
            settings.embedScored().output(), settings.output().in(REPORT), settings.evaluation())) {
      Separation.require(hadoop, step.folder(), config.detector());
    }
    for (String step : List.of(TRAIN, TEST, IMAGES, DETECTOR, REPORT, EVALUATION)) {
      Separation.require(hadoop, config.scores(), settings.output().in(step).folder());
    }
  }

  private Result steps(Settings settings, RunListings listings, Instant began) {
    RunConfig config = settings.config();
    String detector = config.detector();
    EmbedJob.Counts train = null;
    if (detector == null) {
      try (Listing normal = listings.train()) {
        train = new EmbedJob(spark).run(settings.embedTrain(), normal);
      }
      detector = settings.output().in(DETECTOR).folder();
      new FitJob(spark).run(settings.fit());
    }
    EmbedJob.Counts scored =
        config.isAmongThemselves()
            ? train
            : new EmbedJob(spark).run(settings.embedScored(), listings.test());
    ScoredRun run = score(settings, detector);
    Dataset<Row> scores = run.scores();
    Path page = new ReportJob(spark).run(run, settings.report(detector, began));
    EvaluationResult evaluation =
        config.normalLabels().isEmpty()
            ? null
            : new EvaluateJob(spark).evaluate(run, config.normalLabels(), settings.evaluation());
    Detector description = new DetectorStore(spark).read(LiteralPath.given(detector)).description();
    return new Result(
        description,
        strangest(scores),
        evaluation,
        page,
        scores.filter(col(Tables.IS_ANOMALY)).count(),
        config.isAmongThemselves() ? null : train,
        scored);
  }

  private ScoredRun score(Settings settings, String detector) {
    Dataset<Row> scores = new ScoreJob(spark).run(settings.score(detector));
    return new ScoredRun(settings.runId(), settings.runDate(), scores);
  }

  /**
   * The images of the highest scores, those of one score by their ids.
   *
   * @param scores rows of {@link Tables#SCORES}
   */
  static List<StrangeImage> strangest(Dataset<Row> scores) {
    return scores
        .orderBy(col(Tables.SCORE).desc(), col(Tables.IMAGE_ID))
        .limit(STRANGEST)
        .collectAsList()
        .stream()
        .map(
            row ->
                new StrangeImage(
                    row.getAs(Tables.IMAGE_ID),
                    row.<Double>getAs(Tables.SCORE),
                    row.getAs(Tables.P_VALUE),
                    row.<String>getList(row.fieldIndex(Tables.NEIGHBOR_IDS)).get(0)))
        .toList();
  }
}
