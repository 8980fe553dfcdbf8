package org.dn2.pipeline;

import static org.apache.spark.sql.functions.col;

import java.time.Instant;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.dn2.detector.FittedDetector;
import org.dn2.report.Findings;
import org.dn2.report.FindingsPage;
import org.dn2.store.CommittedFolder;
import org.dn2.store.Plant;
import org.dn2.store.RunRecord;
import org.dn2.table.PlantColumns;
import org.dn2.table.Tables;
import org.dn2.work.Stage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The page of a run of a plant. It is made once the run has its record and the lease is given back:
 * nobody waits for it, and a run without one counts.
 *
 * @param inbox where the images of the inbox can be seen
 * @param reference where those of the reference set can be seen
 */
record NightlyPage(
    SparkSession spark,
    Plant plant,
    NightlySettings settings,
    ShownImages inbox,
    ShownImages reference) {
  private static final Logger LOG = LoggerFactory.getLogger(NightlyPage.class);

  /**
   * Writes the page of a run that scored some images; where it cannot, the log says why.
   *
   * @param scores of the run
   */
  void write(RunRecord record, NightlyScores scores) {
    try {
      CommittedFolder output =
          CommittedFolder.claim(
              plant.page(settings.key()), "report", spark.sessionState().newHadoopConf());
      new Stage(spark, "page", "Report on the run " + record.runId())
          .run(
              () -> {
                String page =
                    FindingsPage.html(new ReportFindings(spark, source(record, scores)).findings());
                output.write(
                    draft -> {
                      draft.file(ReportJob.FILE, page);
                      return null;
                    });
                return output.target() + "/" + ReportJob.FILE;
              },
              page -> page);
    } catch (Throwable e) { // Scala throws checked ones without saying so.
      LOG.warn(
          "The run {} counts; its page was not made: {}. dn2 report makes one.",
          record.runId(),
          e.getMessage());
    }
  }

  private ReportSource source(RunRecord record, NightlyScores scores) {
    String name = plant.detectors().current();
    FittedDetector current = name == null ? null : plant.detectors().open(name);
    boolean isItsOwn =
        current != null && current.description().detectorId().equals(record.detectorId());
    Dataset<Row> rejects =
        plant
            .rejects()
            .rows(List.of(settings.key()))
            .filter(col(PlantColumns.SOURCE).equalTo(PlantColumns.INBOX));
    return new ReportSource(
        "Strange images of " + record.runDate(),
        record.runId(),
        record.runDate(),
        settings.config().scores().equals(NightlyConfig.PARQUET)
            ? plant.scores().folder()
            : settings.config().scores(),
        scores.rows(record).select(PackJob.columns(Tables.SCORES)),
        isItsOwn ? current : null,
        isItsOwn ? plant.detectors().referenceRows(name) : null,
        inbox,
        reference,
        rejects,
        null,
        List.of(),
        nights(record),
        null,
        List.of(
            new Findings.Fact("Plant", plant.folder()),
            ReportJob.took(Instant.parse(record.startedAt()), Instant.parse(record.endedAt()))));
  }

  private List<Findings.Night> nights(RunRecord of) {
    List<RunRecord> scoring =
        plant.runs().records().stream()
            .filter(record -> record.isSuccess() && record.scored() > 0)
            .toList();
    return scoring.size() < 2
        ? List.of()
        : scoring.stream()
            .skip(Math.max(0, scoring.size() - ReportJob.MOST_NIGHTS))
            .map(
                record ->
                    new Findings.Night(
                        record.runDate(),
                        record.runId(),
                        record.scored(),
                        record.anomalies(),
                        Findings.Rate.of(record.anomalies(), record.scored()),
                        record.sequence() == of.sequence()))
            .toList();
  }
}
