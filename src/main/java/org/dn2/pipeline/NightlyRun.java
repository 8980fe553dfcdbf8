package org.dn2.pipeline;

import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.sql.SparkSession;
import org.dn2.image.ImageInput;
import org.dn2.store.Lease;
import org.dn2.store.Plant;
import org.dn2.store.PlantTable;
import org.dn2.store.RunRecord;
import org.dn2.store.Separation;
import org.dn2.store.UnfinishedRun;
import org.dn2.table.PlantColumns;
import org.dn2.table.UserDataException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A night of a plant: what is new is embedded, what has no score is scored, and a record says so
 * last. Whatever ends it before the record, the next run finds the tables as they were, and goes on
 * with the images that were embedded.
 */
public final class NightlyRun {
  private static final Logger LOG = LoggerFactory.getLogger(NightlyRun.class);

  private final SparkSession spark;

  public NightlyRun(SparkSession spark) {
    this.spark = spark;
  }

  /**
   * Does what is to be done, and records it.
   *
   * @return the record
   * @throws UserDataException if another run is at work or has taken over, the images or settings
   *     are at fault, or there is no new image where one is expected; or, once the run has its
   *     record, if the database does not take the anomalies
   */
  public RunRecord run(NightlySettings settings) {
    Plant plant = new Plant(spark, settings.config().plant());
    requireApart(plant, settings);
    RunRecord record;
    NightlyScores scores;
    NightlyPage page;
    try (Lease lease =
        plant.runs().begin(settings.runId(), settings.runDate(), settings.config().lease())) {
      NightlyReport report = new NightlyReport(spark, settings, lease);
      try {
        Night night = new Night(plant, settings, lease, report);
        record = night.run();
        scores = night.scores;
        page = night.page;
        lease.end(record);
        settle(plant, record, settings);
      } catch (Throwable e) { // Scala throws checked ones without saying so.
        lease.requireNotLost(e);
        recordFailure(plant, settings, lease, report, e);
        throw e;
      }
    }
    if (settings.has(NightlyConfig.Choice.PAGE) && record.scored() > 0) {
      page.write(record, scores);
    }
    if (settings.config().anomalies() != null) {
      new NightlyAnomalies(settings.config().anomalies()).send(plant.runs().records(), scores);
    }
    if (record.inbox().listed() == 0) {
      LOG.warn(
          "The run {} of {} found no image at all in {}: are images delivered there? dn2 nightly"
              + " --expect-images makes an error of a night without a new image.",
          record.runId(),
          record.runDate(),
          settings.config().inbox().input().path());
    }
    return record;
  }

  private void requireApart(Plant plant, NightlySettings settings) {
    NightlyConfig config = settings.config();
    String inbox =
        config.inbox().input().path().replace(NightlyInputs.DATE, settings.runDate().toString());
    String reference = config.reference() == null ? null : config.reference().path();
    for (String folder : plant.folders()) {
      Separation.require(spark.sessionState().newHadoopConf(), folder, inbox, reference);
    }
  }

  private static void recordFailure(
      Plant plant, NightlySettings settings, Lease lease, NightlyReport report, Throwable failure) {
    try {
      plant.takeBack(settings.key(), Plant.committed(plant.runs().records()));
    } catch (Throwable again) { // The next run does it; Scala throws checked ones without a word.
      failure.addSuppressed(again);
    }
    try {
      RunRecord record = report.record(RunRecord.Outcome.FAILED, NightlyFailure.inWords(failure));
      lease.end(record);
      plant.clearWork();
      tell(plant, record, settings);
    } catch (Throwable again) { // Scala throws checked ones without saying so.
      failure.addSuppressed(again);
    }
  }

  /** What is done once the run counts; it is done by the next one where it fails. */
  private void settle(Plant plant, RunRecord record, NightlySettings settings) {
    try {
      for (String source : List.of(PlantColumns.INBOX, PlantColumns.REFERENCE)) {
        new UnfinishedRun(plant.kept(source), spark.sessionState().newHadoopConf()).end();
      }
      plant.clearWork();
      tell(plant, record, settings);
    } catch (Throwable e) { // Scala throws checked ones without saying so.
      LOG.warn("The run {} counts; clearing up failed: {}", record.runId(), e.getMessage());
    }
  }

  /** Tells other programs of a run that has its record. */
  private static void tell(Plant plant, RunRecord record, NightlySettings settings) {
    Path metricsFile = settings.config().metricsFile();
    if (metricsFile != null) {
      NightlyMetrics.write(metricsFile, NightlyMetrics.of(plant.folder(), plant.runs().records()));
    }
    // Last, as it takes a job of Spark, and of a run that is stopped those are cancelled.
    plant.runsTable().addMissing(List.of(record));
  }

  /** The steps of one run. */
  private final class Night {
    private final Plant plant;
    private final NightlySettings settings;
    private final Lease lease;
    private final NightlyReport report;
    private NightlyScores scores;
    private NightlyPage page;

    Night(Plant plant, NightlySettings settings, Lease lease, NightlyReport report) {
      this.plant = plant;
      this.settings = settings;
      this.lease = lease;
      this.report = report;
    }

    RunRecord run() {
      List<RunRecord> records = plant.runs().records();
      lease.requireHeld();
      plant.clearWork();
      plant.clearUnrecorded(records);
      plant.runsTable().addMissing(records);
      NightlyFit fit = new NightlyFit(spark, plant, settings);
      fit.requireDetector();
      Set<PlantTable.RunKey> committed = Plant.committed(records);
      Set<PlantTable.RunKey> runs = new LinkedHashSet<>(committed);
      runs.add(settings.key());
      scores = scores(records, committed);
      try (NightlyImages inbox = new NightlyImages(spark, plant, settings, PlantColumns.INBOX);
          NightlyImages reference =
              new NightlyImages(spark, plant, settings, PlantColumns.REFERENCE)) {
        embed(inbox, reference, committed, fit);
        page =
            new NightlyPage(
                spark, plant, settings, shown(inbox.listing()), shown(reference.listing()));
        if (settings.config().reference() != null) {
          report.setFitted(
              report.during("fit", () -> fit.fitIfDue(reference.listing(), runs, records, lease)));
        }
      }
      report.setScored(
          report.during(
              "score",
              () -> new NightlyScoring(spark, plant, settings).scoreMissing(runs, scores)));
      return report.record(RunRecord.Outcome.SUCCEEDED, null);
    }

    private ShownImages shown(NightlyListing listing) {
      return new ShownImages(spark, listing == null ? Map.of() : listing.listedBy());
    }

    private NightlyScores scores(List<RunRecord> records, Set<PlantTable.RunKey> committed) {
      String place = settings.config().scores();
      return place.startsWith(NightlyConfig.TABLE)
          ? NightlyTableScores.open(
              spark,
              place.substring(NightlyConfig.TABLE.length()),
              plant,
              records,
              settings.key(),
              lease)
          : new NightlyParquetScores(plant, committed, settings.key(), lease);
    }

    private void embed(
        NightlyImages inbox,
        NightlyImages reference,
        Set<PlantTable.RunKey> committed,
        NightlyFit fit) {
      NightlyConfig config = settings.config();
      report.during(
          "list",
          () -> {
            inbox.list(
                lease,
                NightlyInputs.ofInbox(
                    config.inbox(), settings.runDate(), spark.sessionState().newHadoopConf()));
            if (config.reference() != null) {
              reference.list(lease, Map.of("", config.reference()));
            }
            return null;
          });
      if (config.reference() != null) {
        fit.requireImages(reference.listing());
        embed(reference, config.reference(), committed);
        report.setReference(reference.counts());
        reference.requireFewRejects(config.reference());
      }
      embed(inbox, config.inbox().input(), committed);
      report.setInbox(inbox.counts());
      inbox.requireFewRejects(config.inbox().input());
      if (settings.has(NightlyConfig.Choice.EXPECT_IMAGES)
          && inbox.counts().listed() == inbox.counts().unchanged()) {
        throw new UserDataException(
            "There is no new image in %s (%,d listed), and one is expected."
                .formatted(config.inbox().input().path(), inbox.counts().listed()));
      }
      report.during(
          "commit",
          () -> {
            new NightlyOutcomes(plant, settings, lease, committed)
                .write(config.reference() == null ? List.of(inbox) : List.of(inbox, reference));
            return null;
          });
    }

    private void embed(NightlyImages images, ImageInput input, Set<PlantTable.RunKey> committed) {
      long left = report.during("compare", () -> images.compare(committed));
      report.during(
          "embed",
          () -> {
            images.embed(committed, left, input);
            return null;
          });
    }
  }
}
