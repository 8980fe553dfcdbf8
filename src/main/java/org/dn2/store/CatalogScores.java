package org.dn2.store;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import java.sql.Date;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RuntimeConfig;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.analysis.NoSuchTableException;
import org.dn2.table.PlantColumns;
import org.dn2.table.Tables;
import org.dn2.table.UserDataException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The scores of a plant in a table of one of Spark's catalogs. A run adds its rows in one commit,
 * whose summary names the run where the table keeps one. A row counts from then on, whether or not
 * the run that wrote it came to its record: what is new is what the table does not have.
 */
public final class CatalogScores {
  private static final Logger LOG = LoggerFactory.getLogger(CatalogScores.class);
  private static final String OWNER = "dn2.plant";
  private static final String ROWS = "dn2_scores_of_run";

  /** Iceberg takes what follows from a write's options, or after the next from the session. */
  private static final String PROPERTY = "snapshot-property.";

  private static final String SESSION = "spark.sql.iceberg.";

  /** Images that are the same to the table, in the rows t and s. */
  private static final String SAME =
      List.of(Tables.IMAGE_ID, PlantColumns.IMAGE_VERSION, PlantColumns.MODEL_FINGERPRINT).stream()
          .map(name -> "t.%1$s = s.%1$s".formatted(name))
          .collect(Collectors.joining(" AND "));

  private final SparkSession spark;
  private final CatalogTable table;

  private CatalogScores(SparkSession spark, CatalogTable table) {
    this.spark = spark;
    this.table = table;
  }

  /**
   * Opens a table, which is made if it is missing; columns that it lacks are added.
   *
   * @param name {@code CATALOG.DATABASE.NAME}
   * @param plant whose scores it holds, and no other's
   * @throws UserDataException if the catalog is missing or unsafe, or the table is of other types
   *     or of another plant
   */
  public static CatalogScores open(SparkSession spark, String name, Plant plant) {
    CatalogTable table = CatalogTable.named(spark, name);
    table.require(PlantColumns.CATALOG_SCORES, Tables.RUN_DATE, OWNER, plant.folder());
    return new CatalogScores(spark, table);
  }

  /** All rows. */
  public Dataset<Row> rows() {
    return table.rows();
  }

  /**
   * Removes rows that runs without a record added after others had taken over and added the same:
   * processes that were paused between their last look at the lease and their commit.
   *
   * @param unrecorded the numbers of runs without a record of success
   */
  public void removeDoubled(Collection<Long> unrecorded) {
    if (unrecorded.isEmpty()
        || rows().filter(col(PlantColumns.RUN_SEQUENCE).isin(unrecorded.toArray())).isEmpty()) {
      return;
    }
    String doubled =
        "t.%1$s IN (%2$s) AND EXISTS (SELECT 1 FROM %3$s AS s WHERE %4$s AND t.%5$s <=> s.%5$s AND s.%1$s > t.%1$s)"
            .formatted(
                PlantColumns.RUN_SEQUENCE,
                listed(unrecorded),
                table.quoted(),
                SAME,
                Tables.DETECTOR_ID);
    long rows =
        spark
            .sql("SELECT count(*) FROM %s AS t WHERE %s".formatted(table.quoted(), doubled))
            .head()
            .getLong(0);
    if (rows > 0) {
      changing(() -> spark.sql("DELETE FROM %s AS t WHERE %s".formatted(table.quoted(), doubled)));
      LOG.warn("{}: {} doubled rows of runs without a record are removed", table.name(), rows);
    }
  }

  private static String listed(Collection<Long> numbers) {
    return numbers.stream().map(String::valueOf).collect(Collectors.joining(", "));
  }

  /**
   * Adds rows in one commit. Where this run, or one without a record, has given the same images
   * rows, these are replaced.
   *
   * @param rows of {@link PlantColumns#SCORES} with the file's version; computed, as the commit
   *     follows the look at the lease by as long as it takes to read them
   * @param unrecorded the numbers of runs without a record of success
   * @throws UserDataException if another run has taken over, or the table does not take the rows
   */
  public void add(
      PlantTable.RunKey run, Dataset<Row> rows, Collection<Long> unrecorded, Lease lease) {
    Dataset<Row> whole =
        rows.withColumn(Tables.RUN_DATE, lit(Date.valueOf(run.runDate())))
            .withColumn(Tables.RUN_ID, lit(run.runId().value()))
            .withColumn(PlantColumns.RUN_SEQUENCE, lit(lease.sequence()))
            .select(
                Arrays.stream(PlantColumns.CATALOG_SCORES.fieldNames())
                    .map(name -> col(name))
                    .toArray(Column[]::new));
    Map<String, String> summary = new LinkedHashMap<>();
    summary.put(PROPERTY + "dn2-run-id", run.runId().value());
    summary.put(PROPERTY + "dn2-run-date", run.runDate().toString());
    summary.put(PROPERTY + "dn2-sequence", Long.toString(lease.sequence()));
    boolean replaces = hasRowsToReplace(run, whole, unrecorded);
    lease.requireHeld();
    changing(
        () -> {
          if (replaces) {
            merge(whole, unrecorded, summary);
          } else {
            append(whole, summary);
          }
        });
  }

  private boolean hasRowsToReplace(
      PlantTable.RunKey run, Dataset<Row> rows, Collection<Long> unrecorded) {
    Column candidates =
        col(Tables.RUN_DATE)
            .equalTo(lit(Date.valueOf(run.runDate())))
            .and(col(Tables.RUN_ID).equalTo(run.runId().value()));
    if (!unrecorded.isEmpty()) {
      candidates = candidates.or(col(PlantColumns.RUN_SEQUENCE).isin(unrecorded.toArray()));
    }
    String[] same = {Tables.IMAGE_ID, PlantColumns.IMAGE_VERSION, PlantColumns.MODEL_FINGERPRINT};
    return !rows().filter(candidates).select(cols(same)).join(rows, same, "left_semi").isEmpty();
  }

  private static Column[] cols(String... names) {
    return Arrays.stream(names).map(name -> col(name)).toArray(Column[]::new);
  }

  private void append(Dataset<Row> rows, Map<String, String> summary) {
    try {
      rows.writeTo(table.quoted()).options(summary).append();
    } catch (NoSuchTableException e) {
      throw new UserDataException("The table %s is gone.".formatted(table.name()), e);
    }
  }

  private void merge(Dataset<Row> rows, Collection<Long> unrecorded, Map<String, String> summary) {
    List<String> names = List.of(PlantColumns.CATALOG_SCORES.fieldNames());
    String replaced = "t.run_date = s.run_date AND t.run_id = s.run_id";
    if (!unrecorded.isEmpty()) {
      replaced += " OR t.%s IN (%s)".formatted(PlantColumns.RUN_SEQUENCE, listed(unrecorded));
    }
    RuntimeConfig settings = spark.conf();
    summary.forEach((key, value) -> settings.set(SESSION + key, value));
    rows.createOrReplaceTempView(ROWS);
    try {
      spark.sql(
          "MERGE INTO %s AS t USING %s AS s ON %s AND (%s) WHEN MATCHED THEN UPDATE SET %s WHEN NOT MATCHED THEN INSERT (%s) VALUES (%s)"
              .formatted(
                  table.quoted(),
                  ROWS,
                  SAME,
                  replaced,
                  joined(names, "t.%1$s = s.%1$s"),
                  joined(names, "%s"),
                  joined(names, "s.%s")));
    } finally {
      spark.catalog().dropTempView(ROWS);
      summary.keySet().forEach(key -> settings.unset(SESSION + key));
    }
  }

  private static String joined(List<String> names, String form) {
    return names.stream().map(form::formatted).collect(Collectors.joining(", "));
  }

  /** Tells the user what Spark or the catalog finds wrong with a change. */
  private void changing(Runnable change) {
    try {
      change.run();
    } catch (Throwable e) { // Scala throws checked ones without saying so.
      if (e instanceof AnalysisException || e instanceof UnsupportedOperationException) {
        throw new UserDataException(
            "The table %s does not take the scores: %s"
                .formatted(table.name(), CatalogTable.reason(e)),
            e);
      }
      throw e;
    }
  }
}
