package org.dn2.pipeline;

import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.dn2.detector.Detector;
import org.dn2.score.DetectorScoring;
import org.dn2.store.CommittedFolder;
import org.dn2.store.KeptWork;

/** Images in, a run's scores out: they are embedded first. */
public final class ScoreRun {
  private final SparkSession spark;

  public ScoreRun(SparkSession spark) {
    this.spark = spark;
  }

  /**
   * Checks all that can be told from settings, the detector and the listing, then embeds and
   * scores.
   *
   * @param images that are embedded first
   * @param scores of their embeddings
   * @throws org.dn2.table.UserDataException before the work, if the detector is missing or of
   *     another model, or is of groups and an image belongs to none; see {@link EmbedJob} and
   *     {@link ScoreJob} for what is found later
   */
  public void run(EmbedJob.Settings images, ScoreJob.Settings scores) {
    Configuration hadoop = spark.sessionState().newHadoopConf();
    ScoreJob score = new ScoreJob(spark);
    EmbedJob embed = new EmbedJob(spark);
    score.requireApart(scores.output(), images.input().path());
    Detector detector = score.requireModel(scores.detector(), images.modelFingerprint());
    if (detector != null) {
      DetectorScoring.planOf(detector, scores.search());
    }
    CommittedFolder.claim(images.output(), "embed", hadoop);
    CommittedFolder.claim(score.place(scores), "score", hadoop);
    try (Listing listing = embed.list(images)) {
      if (detector == null || detector.pooling() != null) {
        new ListedImages(images.input().path(), listing.rows()).requireGroups();
      }
      embed.run(images, listing);
    }
    KeptWork.afterSteps(scores.runId(), () -> score.run(scores));
  }
}
