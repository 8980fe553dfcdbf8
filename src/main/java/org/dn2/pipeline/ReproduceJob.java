package org.dn2.pipeline;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.dn2.embedding.EmbeddingSettings;
import org.dn2.features.FeatureMap;
import org.dn2.report.Reproduced;
import org.dn2.report.ReproducedText;
import org.dn2.reproduction.DatasetFolder;
import org.dn2.reproduction.DatasetMeasurement;
import org.dn2.reproduction.DatasetResults;
import org.dn2.reproduction.Experiment;
import org.dn2.reproduction.ExperimentRun;
import org.dn2.reproduction.ReproductionPlan;
import org.dn2.reproduction.ReproductionReport;
import org.dn2.store.CommittedFolder;
import org.dn2.store.Destination;
import org.dn2.store.Separation;
import org.dn2.store.UnfinishedRun;
import org.dn2.work.Stage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The paper's experiments on the user's datasets, and a report beside the published figures. */
public final class ReproduceJob {
  private static final Logger LOG = LoggerFactory.getLogger(ReproduceJob.class);

  private final SparkSession spark;
  private final Configuration hadoop;

  public ReproduceJob(SparkSession spark) {
    this.spark = spark;
    this.hadoop = spark.sessionState().newHadoopConf();
  }

  /**
   * What to measure, on what and where to.
   *
   * @param data a folder of datasets, or one dataset
   * @param backbones the first takes part in every experiment, the others in the unimodal one
   * @param features maps of the embeddings, the first one's figures being compared with the
   *     paper's; empty for the map that a backbone's description names and the paper's own form
   * @param pixels the backbone whose embeddings are raw pixels, for the rivals
   * @param trainPerClass training images of a class at most, 0 for all
   * @param output the folder for the report and for the embeddings of all datasets
   */
  public record Settings(
      Set<Experiment> experiments,
      String data,
      List<BackboneFolder> backbones,
      List<FeatureMap> features,
      BackboneFolder pixels,
      EmbeddingSettings embedding,
      double maxRejectFraction,
      int trainPerClass,
      Destination output) {
    ReproductionPlan plan() {
      return new ReproductionPlan(
          experiments,
          backbones.stream().map(BackboneFolder::spec).toList(),
          features,
          trainPerClass);
    }
  }

  /** Measures all, writes the report and returns it as Markdown. */
  public String run(Settings settings) {
    Separation.require(hadoop, settings.output().folder(), settings.data());
    UnfinishedRun unfinished = new UnfinishedRun(settings.output(), hadoop);
    return unfinished.orSayHowToGoOn(
        () -> {
          unfinished.note();
          try {
            String report = measure(settings);
            unfinished.end();
            return report;
          } finally {
            unfinished.endIfNothingIsThere();
          }
        });
  }

  private String measure(Settings settings) {
    ReproductionPlan plan = settings.plan();
    CommittedFolder output =
        CommittedFolder.claim(settings.output().in("report"), "reproduce", hadoop);
    List<DatasetFolder> folders = DatasetFolder.in(settings.data(), hadoop);
    List<DatasetResults> datasets = new ArrayList<>();
    try (StoredEmbeddings stored = stored(settings)) {
      for (DatasetFolder dataset : folders) {
        list(settings, dataset, stored);
      }
      for (DatasetFolder dataset : folders) {
        datasets.add(measure(settings, plan, dataset, stored));
      }
    }
    Reproduced reproduced = ReproductionReport.of(datasets, plan.facts());
    output.write(
        draft -> {
          ReproductionFiles.write(spark, reproduced, datasets, draft);
          return null;
        });
    LOG.info("reproduce: the report is in {}", output.target());
    return ReproducedText.markdown(reproduced);
  }

  private static void list(Settings settings, DatasetFolder dataset, StoredEmbeddings stored) {
    for (BackboneFolder backbone : settings.backbones()) {
      stored.list(dataset, DatasetFolder.TRAIN, backbone, settings.trainPerClass());
      stored.list(dataset, DatasetFolder.TEST, backbone, 0);
    }
  }

  private DatasetResults measure(
      Settings settings, ReproductionPlan plan, DatasetFolder dataset, StoredEmbeddings stored) {
    DatasetRuns runs = new DatasetRuns(spark, stored, settings.trainPerClass());
    DatasetMeasurement measurement = new DatasetMeasurement(plan, dataset.name());
    for (BackboneFolder backbone : settings.backbones()) {
      for (FeatureMap form : plan.featuresOf(backbone.spec())) {
        try (ExperimentRun run = runs.open(dataset, backbone, form)) {
          measurement.opened(run);
          for (Experiment experiment : plan.experimentsOf(backbone.spec())) {
            String what = "%s: %s, %s".formatted(experiment.title(), dataset.name(), form.id());
            new Stage(spark, experiment.id(), what)
                .run(
                    () ->
                        measurement.measure(
                            experiment,
                            backbone.spec(),
                            run,
                            () -> runs.open(dataset, settings.pixels(), FeatureMap.NONE)),
                    outcome -> outcome);
          }
        }
      }
    }
    return measurement.results();
  }

  private StoredEmbeddings stored(Settings settings) {
    return new StoredEmbeddings(
        spark,
        settings.embedding(),
        settings.maxRejectFraction(),
        settings.output().in("embeddings").folder(),
        settings.output().runId());
  }
}
