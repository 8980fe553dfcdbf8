package org.dn2.store;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;

import java.sql.Timestamp;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.dn2.table.LiteralPath;
import org.dn2.table.Tables;
import org.dn2.table.UserDataException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The finished runs of a table of scores, of which one is taken. */
public final class ScoredRuns {
  private static final Logger LOG = LoggerFactory.getLogger(ScoredRuns.class);
  private static final int RUNS_SHOWN = 20;

  /** With the folders' columns as text: a run's id may look like a number. */
  private static final StructType TIMES =
      new StructType()
          .add(Tables.SCORED_AT, DataTypes.TimestampType)
          .add(Tables.IS_ANOMALY, DataTypes.BooleanType)
          .add(Tables.RUN_DATE, DataTypes.StringType)
          .add(Tables.RUN_ID, DataTypes.StringType);

  private final SparkSession spark;
  private final String folder;
  private final List<Place> runs;

  private ScoredRuns(SparkSession spark, String folder, List<Place> runs) {
    this.spark = spark;
    this.folder = folder;
    this.runs = List.copyOf(runs);
  }

  /**
   * A run's folder.
   *
   * @param date null where it does not lie in a date's folder
   */
  private record Place(RunId runId, LocalDate date, WholeFolder whole) {
    static Place of(WholeFolder whole) {
      return new Place(whole.runId(), dateOf(whole.path().getParent()), whole);
    }

    private static LocalDate dateOf(Path parent) {
      String prefix = Tables.RUN_DATE + "=";
      String name = parent == null ? "" : parent.getName();
      if (!name.startsWith(prefix)) {
        return null;
      }
      try {
        return LocalDate.parse(name.substring(prefix.length()));
      } catch (DateTimeParseException e) {
        throw new UserDataException(
            "The folder %s among the scores is of no date such as run_date=2026-11-24."
                .formatted(parent),
            e);
      }
    }

    String inWords() {
      return runId.value() + (date == null ? "" : " of " + date);
    }
  }

  /**
   * Some runs.
   *
   * @param folder that all lie in, or that is the only one
   */
  static ScoredRuns in(SparkSession spark, String folder, List<WholeFolder> runs) {
    return new ScoredRuns(spark, folder, runs.stream().map(Place::of).toList());
  }

  /**
   * The run that is meant; the log says which others there are.
   *
   * @throws UserDataException if none fits the choice
   */
  ScoredRun chosen(RunChoice choice) {
    List<Place> fitting =
        runs.stream().filter(run -> choice.fits(run.runId(), run.date())).toList();
    if (fitting.isEmpty()) {
      throw new UserDataException(
          "There is no finished %s in the scores %s; there %s."
              .formatted(choice, folder, inWords(runs)));
    }
    Place newest = fitting.size() == 1 ? fitting.get(0) : newest(fitting);
    if (fitting.size() > 1) {
      LOG.warn(
          "{} holds {} runs{}; the one that was scored last is taken: {}. Give --run-id and --run-date for another.",
          folder,
          fitting.size(),
          choice.equals(RunChoice.NEWEST) ? "" : " that are " + choice,
          newest.inWords());
    }
    return new ScoredRun(newest.runId(), newest.date(), newest.whole().table("", spark));
  }

  private static String inWords(List<Place> runs) {
    String names =
        runs.stream().limit(RUNS_SHOWN).map(Place::inWords).collect(Collectors.joining(", "));
    return (runs.size() == 1 ? "is only " : "are ")
        + names
        + (runs.size() > RUNS_SHOWN ? " and %,d more".formatted(runs.size() - RUNS_SHOWN) : "");
  }

  /**
   * How many images a run scored.
   *
   * @param runDate ISO-8601
   * @param anomalies above the threshold of that run; 0 where it had none
   */
  public record Counts(String runDate, String runId, long images, long anomalies) {}

  /** The counts of the runs that scored any image, by the time of their scores. */
  List<Counts> counts() {
    return times(runs, count(lit(1)), count_if(col(Tables.IS_ANOMALY))).stream()
        .filter(row -> row.getString(0) != null)
        .sorted(
            Comparator.comparing((Row row) -> row.getString(0))
                .thenComparing(row -> row.getTimestamp(2))
                .thenComparing(row -> row.getString(1)))
        .map(row -> new Counts(row.getString(0), row.getString(1), row.getLong(3), row.getLong(4)))
        .toList();
  }

  /** Columns run_date, run_id, the newest scored_at, and what else is asked for, by run. */
  private List<Row> times(List<Place> some, Column... others) {
    return spark
        .read()
        .schema(TIMES)
        .option("basePath", new Path(folder).toString())
        .parquet(
            some.stream()
                .flatMap(run -> run.whole().partPaths("").stream())
                .map(LiteralPath::of)
                .toArray(String[]::new))
        .groupBy(Tables.RUN_DATE, Tables.RUN_ID)
        .agg(max(col(Tables.SCORED_AT)), others)
        .collectAsList();
  }

  private Place newest(List<Place> fitting) {
    Map<String, Timestamp> times = new HashMap<>();
    for (Row row : times(fitting)) {
      times.put(row.getString(0) + "/" + row.getString(1), row.getTimestamp(2));
    }
    Comparator<Place> byTime =
        Comparator.comparing(
            run -> times.get(run.date() + "/" + run.runId().value()),
            Comparator.nullsFirst(Comparator.naturalOrder()));
    return fitting.stream()
        .max(byTime.thenComparing(Place::date).thenComparing(run -> run.runId().value()))
        .orElseThrow();
  }
}
