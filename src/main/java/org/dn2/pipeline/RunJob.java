package org.dn2.pipeline;

import static org.apache.spark.sql.functions.col;

import java.time.LocalDate;
import java.util.List;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.dn2.detector.Detector;
import org.dn2.embedding.EmbeddingSettings;
import org.dn2.evaluation.EvaluationResult;
import org.dn2.image.DecodeLimits;
import org.dn2.image.ImageInput;
import org.dn2.store.DetectorStore;
import org.dn2.table.Tables;

/** All of it: embed the normal images, fit, embed the others, score, evaluate. */
public final class RunJob {
  private static final int STRANGEST = 10;

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
   * @param picture of the strangest images, null if none could be drawn
   */
  public record Result(
      Detector detector, List<StrangeImage> strangest, EvaluationResult evaluation, Path picture) {}

  /**
   * An image and the normal image that is nearest to it.
   *
   * @param score higher is more anomalous
   * @param pValue null where the detector gives none
   */
  public record StrangeImage(String imageId, double score, Double pValue, String nearestId) {}

  /**
   * Runs every step in turn; a step that fails leaves the finished ones as they are.
   *
   * @param runDate the partition of the scores, null for today in UTC
   */
  public Result run(
      RunConfig config,
      BackboneFolder model,
      RunId runId,
      LocalDate runDate,
      ExistingOutput existing) {
    String detector = config.detector();
    new ScoreJob(spark).requireModel(detector, model.spec());
    if (detector == null) {
      String train = config.output() + "/train";
      detector = config.output() + "/detector";
      embed(config, config.train(), model, train, runId, existing);
      new FitJob(spark)
          .run(
              new FitJob.Settings(
                  train,
                  config.train().labels(),
                  config.method(),
                  config.threshold(),
                  config.thresholdQuantile(),
                  detector,
                  runId,
                  existing));
    }
    String test = config.output() + "/test";
    embed(config, config.test(), model, test, runId, existing);
    Dataset<Row> scores =
        new ScoreJob(spark)
            .run(
                new ScoreJob.Settings(
                    test,
                    detector,
                    null,
                    config.scores(),
                    runDate,
                    runId,
                    config.method().search()));
    Path picture =
        new ContactSheetJob(spark)
            .write(scores, detector, config.output() + "/report", runId, existing);
    Detector description = new DetectorStore(spark).read(new Path(detector)).description();
    EvaluationResult evaluation =
        config.normalLabels().isEmpty()
            ? null
            : new EvaluateJob(spark)
                .evaluate(
                    scores,
                    config.normalLabels(),
                    config.output() + "/evaluation",
                    runId,
                    existing);
    return new Result(description, strangest(scores), evaluation, picture);
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

  private void embed(
      RunConfig config,
      ImageInput input,
      BackboneFolder model,
      String output,
      RunId runId,
      ExistingOutput existing) {
    new EmbedJob(spark)
        .run(
            new EmbedJob.Settings(
                input,
                model,
                new EmbeddingSettings(
                    config.batchSize(),
                    config.device(),
                    DecodeLimits.DEFAULT,
                    config.exifOrientation()),
                config.maxRejectFraction(),
                output,
                runId,
                existing));
  }
}
