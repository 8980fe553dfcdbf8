package org.dn2.pipeline;

import java.util.List;
import java.util.OptionalDouble;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.dn2.detector.Detector;
import org.dn2.embedding.ModelSpec;
import org.dn2.fit.Fit;
import org.dn2.fit.FitMethod;
import org.dn2.fit.NormalImages;
import org.dn2.fit.ThresholdRule;
import org.dn2.store.DetectorStore;

/** Embeddings of normal images in, a detector out. */
public final class FitJob {
  private final SparkSession spark;

  public FitJob(SparkSession spark) {
    this.spark = spark;
  }

  /**
   * What to make a detector of.
   *
   * @param embeddings an embed run's output
   * @param normalLabels the labels that make up the reference set; empty takes every image
   * @param threshold given, or else taken from the leave-one-out scores
   * @param thresholdQuantile of the leave-one-out scores, above 0 and below 1
   */
  public record Settings(
      String embeddings,
      List<String> normalLabels,
      FitMethod method,
      OptionalDouble threshold,
      double thresholdQuantile,
      String output,
      RunId runId,
      ExistingOutput existing) {
    public Settings {
      ThresholdRule.requireFinite(threshold);
      normalLabels = List.copyOf(normalLabels);
    }
  }

  /** Fits and commits. */
  public Detector run(Settings settings) {
    CommittedFolder output =
        new CommittedFolder(
            new Path(settings.output()),
            settings.runId(),
            settings.existing(),
            spark.sessionState().newHadoopConf());
    Stage stage = Stage.begin(spark, "fit", "Fit a detector to " + settings.embeddings());
    EmbedJob.Embedded embedded = new EmbedJob(spark).open(settings.embeddings());
    Dataset<Row> images =
        NormalImages.in(embedded.embeddings(), settings.normalLabels(), settings.embeddings());
    Detector[] detector = new Detector[1];
    output.write(staging -> detector[0] = fit(settings, embedded.model(), images, staging));
    stage.end(detector[0].inWords() + " -> " + output.target());
    return detector[0];
  }

  private Detector fit(Settings settings, ModelSpec model, Dataset<Row> images, Path folder) {
    try (Fit fit =
        Fit.of(
            images,
            model,
            settings.method(),
            new ThresholdRule(settings.threshold(), settings.thresholdQuantile()),
            new Fit.Provenance(
                settings.embeddings(), settings.normalLabels(), settings.runId().value()))) {
      new DetectorStore(spark).write(fit.detector(), folder);
      return fit.detector().description();
    }
  }
}
