package org.dn2.pipeline;

import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.dn2.detector.Detector;
import org.dn2.score.DetectorScoring;
import org.dn2.store.CommittedFolder;

/**
 * The images of a run, listed before the first is embedded, after all has been checked that can be
 * told by then.
 *
 * @param train null where the detector is given
 */
record RunListings(Listing train, Listing test) implements AutoCloseable {
  /**
   * Checks every setting, the places of all outputs, the detector and both listings.
   *
   * @throws org.dn2.table.UserDataException naming the first that cannot be used
   */
  static RunListings checked(SparkSession spark, RunJob.Settings settings) {
    RunConfig config = settings.config();
    Detector detector =
        new ScoreJob(spark)
            .requireModel(config.detector(), settings.embedScored().modelFingerprint());
    if (detector != null) {
      DetectorScoring.planOf(detector, config.method().search());
    }
    claim(spark, settings);
    EmbedJob embed = new EmbedJob(spark);
    Listing train = detector == null ? embed.list(settings.embedTrain()) : null;
    Listing test = null;
    try {
      if (train != null) {
        new ListedImages(config.train().path(), train.rows())
            .requireFor(config.method(), config.threshold(), settings.model().spec().dimension());
      }
      test = config.isAmongThemselves() ? null : embed.list(settings.embedScored());
      boolean ofGroups =
          detector == null ? config.method().pooling() != null : detector.pooling() != null;
      require(
          config,
          new ListedImages(config.scored().path(), (test == null ? train : test).rows()),
          ofGroups);
      return new RunListings(train, test);
    } catch (Throwable e) { // Scala throws checked ones without saying so.
      close(train);
      close(test);
      throw e;
    }
  }

  private static void claim(SparkSession spark, RunJob.Settings settings) {
    Configuration hadoop = spark.sessionState().newHadoopConf();
    RunConfig config = settings.config();
    if (config.detector() == null) {
      CommittedFolder.claim(settings.embedTrain().output(), "embed", hadoop);
      CommittedFolder.claim(settings.fit().output(), "fit", hadoop);
    }
    if (!config.isAmongThemselves()) {
      CommittedFolder.claim(settings.embedScored().output(), "embed", hadoop);
    }
    CommittedFolder.claim(
        new ScoreJob(spark).place(settings.score(config.detector())), "score", hadoop);
    CommittedFolder.claim(settings.report(config.detector(), null).output(), "report", hadoop);
    if (!config.normalLabels().isEmpty()) {
      CommittedFolder.claim(settings.evaluation(), "evaluate", hadoop);
    }
  }

  private static void require(RunConfig config, ListedImages test, boolean ofGroups) {
    if (ofGroups) {
      test.requireGroups();
    }
    if (!config.normalLabels().isEmpty()) {
      test.requireLabels(config.normalLabels());
      if (ofGroups) {
        test.requireOneLabelAGroup();
      }
    }
  }

  @Override
  public void close() {
    close(train);
    close(test);
  }

  private static void close(Listing listing) {
    if (listing != null) {
      listing.close();
    }
  }
}
