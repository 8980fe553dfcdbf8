package org.dn2.store;

import static org.apache.spark.sql.functions.col;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.dn2.table.ColumnWords;
import org.dn2.table.LiteralPath;
import org.dn2.table.Tables;
import org.dn2.table.UserDataException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A table of many runs' scores: a folder {@code run_date=DATE/run_id=ID} for each run, which
 * appears whole or not at all.
 */
public final class ScoresTable {
  private static final Logger LOG = LoggerFactory.getLogger(ScoresTable.class);

  private static final String COMMAND = "score";
  private static final long BYTES_PER_ROW = 300;

  private final SparkSession spark;
  private final Configuration hadoop;
  private final String folder;

  /** The table in a folder. */
  public ScoresTable(SparkSession spark, String folder) {
    this.spark = spark;
    this.hadoop = spark.sessionState().newHadoopConf();
    this.folder = folder;
  }

  /** Where a run's scores of a date go: they are replaced by that run alone. */
  public Destination place(LocalDate date, RunId runId) {
    return new Destination(
        "%s/%s=%s/%s=%s".formatted(folder, Tables.RUN_DATE, date, Tables.RUN_ID, runId.value()),
        runId,
        ExistingOutput.KEEP);
  }

  /**
   * Writes a run's scores.
   *
   * @param scores columns of {@link Tables#SCORES}
   * @param rows how many there are
   * @return how many scores were written
   */
  public long write(Draft draft, Dataset<Row> scores, long rows) {
    Column[] columns =
        Arrays.stream(Tables.SCORES.fieldNames()).map(name -> col(name)).toArray(Column[]::new);
    draft.table(
        "",
        SizedFiles.byHash(
            ColumnWords.written(scores.select(columns), Tables.SCORES),
            SizedFiles.filesFor(rows, BYTES_PER_ROW)));
    return draft.read("", spark).count();
  }

  /**
   * Writes and commits the groups of a run that have no score, beside the table, where no reader of
   * the scores comes by them. To be called before the scores are committed: then they are there
   * when the scores are. A repeat without any empties what the run wrote before.
   *
   * @param rejects null for none
   * @return the folder; null where nothing was written
   */
  public Path writeRejects(LocalDate date, RunId runId, Dataset<Row> rejects) {
    return RejectsTable.claim(rejects().place(date, runId), COMMAND, spark).write(rejects);
  }

  /** The table of rejected groups. */
  private ScoresTable rejects() {
    return new ScoresTable(spark, RejectsTable.beside(folder));
  }

  /** The scores of one run's place, which is whole. */
  public Dataset<Row> read(Path place) {
    return WholeFolder.open(place, COMMAND, hadoop).table("", spark);
  }

  /**
   * One run's scores.
   *
   * @param choice of the run; where the folder is one run's, it must be that one
   * @throws UserDataException if there is no such run, or its scores have no labels' column
   */
  public ScoredRun open(RunChoice choice) {
    ScoredRuns runs = ScoredRuns.in(spark, folder, wholeRuns());
    ScoredRun run = runs.chosen(choice);
    Tables.requireColumns(run.scores(), "The scores in " + folder, Tables.LABEL, Tables.SCORE);
    return run;
  }

  /** How many images each finished run scored, the oldest first; those of no date are left out. */
  public List<ScoredRuns.Counts> counts() {
    return ScoredRuns.in(spark, folder, wholeRuns()).counts();
  }

  private List<WholeFolder> wholeRuns() {
    Path path = LiteralPath.given(folder);
    if (WholeFolder.isMarked(path, hadoop)) {
      return List.of(WholeFolder.open(path, COMMAND, hadoop));
    }
    List<WholeFolder> wholeRuns = new ArrayList<>();
    try {
      if (!path.getFileSystem(hadoop).exists(path)) {
        throw new UserDataException("There are no scores: " + folder + " is missing.");
      }
      eachRun(
          Tables.RUN_ID + "=",
          run -> {
            WholeFolder whole = WholeFolder.find(run, hadoop);
            if (whole == null) {
              LOG.warn("{} is not whole and is left out.", run);
            } else {
              wholeRuns.add(whole);
            }
          });
    } catch (IOException e) {
      throw new UserDataException(folder + " cannot be read: " + e.getMessage(), e);
    }
    if (wholeRuns.isEmpty()) {
      throw new UserDataException(
          "There are no scores of a finished dn2 score in %s.".formatted(folder));
    }
    return wholeRuns;
  }

  /** Visits the runs' folders whose names begin so. */
  private void eachRun(String prefix, Consumer<Path> visitor) throws IOException {
    Path path = LiteralPath.given(folder);
    FileSystem files = path.getFileSystem(hadoop);
    for (FileStatus date : list(files, path)) {
      if (date.isDirectory() && date.getPath().getName().startsWith(Tables.RUN_DATE + "=")) {
        for (FileStatus run : list(files, date.getPath())) {
          if (run.isDirectory() && run.getPath().getName().startsWith(prefix)) {
            visitor.accept(run.getPath());
          }
        }
      }
    }
  }

  private static FileStatus[] list(FileSystem files, Path path) throws IOException {
    try {
      FileStatus[] entries = files.listStatus(path);
      Arrays.sort(entries);
      return entries;
    } catch (FileNotFoundException e) {
      return new FileStatus[0];
    }
  }

  /** Removes a run's scores and rejects of all dates but one: the run has moved to that date. */
  public void removeOtherDates(LocalDate date, RunId runId) {
    removeOwnOtherDates(date, runId);
    rejects().removeOwnOtherDates(date, runId);
  }

  private void removeOwnOtherDates(LocalDate date, RunId runId) {
    Path kept = place(date, runId).path(hadoop);
    try {
      FileSystem files = kept.getFileSystem(hadoop);
      List<Path> others = new ArrayList<>();
      eachRun(
          Tables.RUN_ID + "=" + runId.value(),
          run -> {
            WholeFolder whole = WholeFolder.find(run, hadoop);
            if (!run.equals(kept) && whole != null && whole.runId().equals(runId)) {
              others.add(run);
            }
          });
      for (Path other : others) {
        Occupant.of(other, hadoop).requireReplaceable(other, COMMAND, runId, ExistingOutput.KEEP);
        files.delete(other, true);
        if (list(files, other.getParent()).length == 0) {
          files.delete(other.getParent(), false);
        }
        LOG.info("score: the run {} moved: {} is removed", runId.value(), other);
      }
    } catch (IOException e) {
      throw new UserDataException(
          "Earlier scores of the run %s in %s could not be removed: %s"
              .formatted(runId.value(), folder, e.getMessage()),
          e);
    }
  }
}
