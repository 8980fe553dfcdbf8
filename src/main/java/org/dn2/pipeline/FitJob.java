package org.dn2.pipeline;

import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.dn2.detector.Detector;
import org.dn2.fit.Fit;
import org.dn2.fit.FitMethod;
import org.dn2.fit.NormalImages;
import org.dn2.fit.ThresholdRule;
import org.dn2.store.CommittedFolder;
import org.dn2.store.Destination;
import org.dn2.store.DetectorStore;
import org.dn2.store.Draft;
import org.dn2.store.EmbeddingsStore;
import org.dn2.store.Separation;
import org.dn2.work.Stage;

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
   * @param threshold where the border between normal and anomalous is drawn
   */
  public record Settings(
      String embeddings,
      List<String> normalLabels,
      FitMethod method,
      ThresholdRule threshold,
      Destination output) {
    public Settings {
      normalLabels = List.copyOf(normalLabels);
    }
  }

  /** Fits and commits. */
  public Detector run(Settings settings) {
    Configuration hadoop = spark.sessionState().newHadoopConf();
    Separation.require(hadoop, settings.output().folder(), settings.embeddings());
    CommittedFolder output = CommittedFolder.claim(settings.output(), "fit", hadoop);
    return new Stage(spark, "fit", "Fit a detector to " + settings.embeddings())
        .run(
            () -> {
              EmbeddingsStore.Stored stored =
                  new EmbeddingsStore(spark).open(settings.embeddings());
              Dataset<Row> images =
                  NormalImages.in(
                      stored.embeddings(), settings.normalLabels(), settings.embeddings());
              return output.write(draft -> fit(settings, stored, images, draft));
            },
            detector -> detector.inWords() + " -> " + output.target());
  }

  private Detector fit(
      Settings settings, EmbeddingsStore.Stored stored, Dataset<Row> images, Draft draft) {
    Fit.Provenance provenance =
        new Fit.Provenance(
            settings.embeddings(),
            stored.decoding(),
            settings.normalLabels(),
            settings.output().runId().value());
    try (Fit fit =
        DataFaults.naming(
            List.of(settings.embeddings()),
            () ->
                Fit.of(
                    images, stored.model(), settings.method(), settings.threshold(), provenance))) {
      new DetectorStore(spark).write(fit.detector(), draft);
      return fit.detector().description();
    }
  }
}
