package org.dn2.pipeline;

import static org.apache.spark.sql.functions.col;

import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.dn2.store.AnomalyDatabase;
import org.dn2.store.RunRecord;
import org.dn2.table.PlantColumns;
import org.dn2.table.Tables;
import org.dn2.table.UserDataException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends the anomalies of runs that have ended to a database. What it has tells up to which run it
 * was served, so that a run that died before this, or found no database, is made up for by the
 * next.
 */
record NightlyAnomalies(AnomalyDatabase.Address address) {
  private static final Logger LOG = LoggerFactory.getLogger(NightlyAnomalies.class);

  /**
   * Sends what the database does not have.
   *
   * @param runs all that have ended, the last one now
   * @throws UserDataException if the database does not take it
   */
  void send(List<RunRecord> runs, NightlyScores scores) {
    try (AnomalyDatabase database = AnomalyDatabase.open(address)) {
      long served = database.newestRun();
      for (RunRecord run : runs) {
        if (run.sequence() > served && !(run.isSuccess() && run.anomalies() == 0)) {
          Dataset<Row> anomalies =
              scores
                  .rows(run)
                  .filter(col(Tables.IS_ANOMALY))
                  .select(PackJob.columns(PlantColumns.SCORES))
                  .sort(Tables.IMAGE_ID, PlantColumns.IMAGE_VERSION);
          long sent = database.put(run, anomalies.toLocalIterator());
          LOG.info("nightly: {} anomalies of the run {} sent", sent, run.runId());
        }
      }
    } catch (UserDataException e) {
      throw new UserDataException(
          "The run counts, but its anomalies were not all sent: %s The next run, or a repeat of this one, sends them."
              .formatted(e.getMessage()),
          e);
    }
  }
}
