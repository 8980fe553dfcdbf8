package org.dn2.pipeline;

import java.util.List;
import java.util.function.Function;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.dn2.comparison.ComparisonRows;
import org.dn2.evaluation.EvaluationTables;
import org.dn2.reproduction.ResultRows;
import org.dn2.store.AnomalyColumns;
import org.dn2.store.RunsTable;
import org.dn2.table.ColumnWords;
import org.dn2.table.DetectorTables;
import org.dn2.table.PlantColumns;
import org.dn2.table.Tables;

/** Every table that is written, and the page that says what its columns mean. */
final class DataDictionary {
  private static final StructType NONE = new StructType();

  /** All tables, those of a plant first. */
  static final List<Table> TABLES =
      List.of(
          table(
              "Scores of a plant",
              "`PLANT/scores`",
              "A row for each image, version and detector that judged it.",
              PlantColumns.SCORES,
              Tables.RUN_FOLDERS),
          table(
              "Rejects of a plant",
              "`PLANT/rejects`",
              "A row for each image that has no embedding. The folder is missing until there is one.",
              PlantColumns.REJECTS,
              Tables.RUN_FOLDERS),
          table(
              "Runs of a plant",
              "`PLANT/runs`",
              "A row for each run of `dn2 nightly`, successful or not.",
              RunsTable.SCHEMA,
              NONE),
          table(
              "Embeddings of a plant",
              "`PLANT/embeddings`",
              "A row for each image and version, normal ones too.",
              PlantColumns.EMBEDDINGS,
              Tables.RUN_FOLDERS),
          table(
              "Scores in a catalog",
              "the setting `scores = \"table:CATALOG.DATABASE.NAME\"`",
              "Instead of a plant's scores; the comments are the columns' own.",
              PlantColumns.CATALOG_SCORES,
              NONE),
          new Table(
              "Anomalies in PostgreSQL",
              "`dn2_anomalies`, or the setting `anomalies.table`",
              "A row for each image, version and detector that found it anomalous.",
              PlantColumns.ANOMALIES,
              NONE,
              AnomalyColumns::type),
          table(
              "Scores",
              "`dn2 score --out`, `dn2 run`: `scores`",
              "A row for each image or group of a run.",
              Tables.SCORES,
              Tables.RUN_FOLDERS),
          table(
              "Rejected groups",
              "beside scores: `scores_rejects`",
              "A row for each group of a run that has no score; missing where there is none.",
              Tables.REJECTED_GROUPS,
              Tables.RUN_FOLDERS),
          table(
              "Embeddings",
              "`dn2 embed --out`: `embeddings`",
              "A row for each embedded image.",
              Tables.EMBEDDINGS,
              NONE),
          table(
              "Rejects",
              "`dn2 embed --out`: `rejects`; beside a packed table: `NAME_rejects`",
              "A row for each listed image that is not in the other table.",
              Tables.REJECTS,
              NONE),
          table(
              "Images",
              "`dn2 pack --out`, `dn2 dataset import --out`",
              "A row for each image, with its bytes.",
              Tables.IMAGES,
              NONE),
          table(
              "Reference set of a detector",
              "`DETECTOR/reference`",
              "What new images are compared with.",
              DetectorTables.REFERENCE,
              NONE),
          table(
              "Calibration of a detector",
              "`DETECTOR/calibration`",
              "How normal images score that took no part in what judged them; missing where nothing could be held out.",
              DetectorTables.CALIBRATION,
              NONE),
          table(
              "Cleaning of a detector",
              "`DETECTOR/cleaning`, with `--clean`",
              "Which images of the fit were dropped.",
              DetectorTables.CLEANING,
              NONE),
          table(
              "Members of a detector's centers",
              "`DETECTOR/members`, with `--centers`",
              "Which center stands for which image.",
              DetectorTables.MEMBERS,
              NONE),
          table(
              "Whitening of a detector",
              "`DETECTOR/whitening`, with `--whiten`",
              "The numbers by which features are whitened.",
              DetectorTables.WHITENING,
              NONE),
          table(
              "Metrics",
              "`dn2 evaluate --out`: `metrics`",
              "How well a run's scores tell anomalous labels from normal ones.",
              EvaluationTables.METRICS,
              NONE),
          table(
              "ROC curve",
              "`dn2 evaluate --out`: `roc`",
              "A point for each distinct score.",
              EvaluationTables.ROC,
              NONE),
          table(
              "Comparison",
              "`dn2 compare --out`: `comparison`",
              "A row for each method.",
              ComparisonRows.SCHEMA,
              NONE),
          table(
              "Measurements of a reproduction",
              "`dn2 reproduce --out`: `measurements`",
              "A row for each ROCAUC that was measured.",
              ResultRows.MEASUREMENTS,
              NONE),
          table(
              "Figures of a reproduction",
              "`dn2 reproduce --out`: `figures`",
              "A row for each cell of the report's tables, ours and the paper's.",
              ResultRows.FIGURES,
              NONE));

  private static final String HEAD =
      """
      # Tables

      Every table that dn2 writes, column by column. This page is made from the schemas in the code; the same words are the columns' comments in Parquet files (Spark's `DESCRIBE` shows them), in a catalog's table, and in PostgreSQL (`\\d+`). `docs/bi.md` has queries and dashboards.

      - Files are Parquet, compressed by zstd. Types are Spark's. `timestamp` is an instant in UTC with microseconds (Parquet: `TIMESTAMP(MICROS, UTC)`); files of earlier versions have `INT96`, which Spark and DuckDB read too. `date` is Parquet's `DATE`.
      - "null" says whether a column may be null. Lists and maps hold no nulls, whatever a file's schema allows.
      - Columns of **folders** are in the folders' names, `run_date=DATE/run_id=ID`, not in the files. `run_id` is text: tell your reader, which may guess otherwise (`docs/bi.md`).
      - Rows count once their folder has its marker `_DN2_RUN`.
      """;

  private DataDictionary() {}

  /**
   * A table.
   *
   * @param place where it is written
   * @param about what a row is, in a sentence
   * @param folders columns that are in the folders' names
   * @param type a column's type as the table's users see it
   */
  record Table(
      String name,
      String place,
      String about,
      StructType schema,
      StructType folders,
      Function<StructField, String> type) {

    private String section() {
      StringBuilder text = new StringBuilder();
      text.append("\n## ").append(name).append("\n\n");
      text.append("Where: ").append(place).append(". ").append(about).append("\n\n");
      text.append("| column | type | null | unit | range | meaning |\n|---|---|---|---|---|---|\n");
      for (StructField field : schema.fields()) {
        text.append(line(field, ""));
      }
      for (StructField field : folders.fields()) {
        text.append(line(field, "**folder** "));
      }
      return text.toString();
    }

    private String line(StructField field, String where) {
      return "| `%s` | %s%s | %s | %s | %s | %s |\n"
          .formatted(
              field.name(),
              where,
              type.apply(field),
              field.nullable() ? "yes" : "no",
              ColumnWords.unit(field),
              ColumnWords.range(field),
              ColumnWords.meaning(field));
    }
  }

  private static Table table(
      String name, String place, String about, StructType schema, StructType folders) {
    return new Table(name, place, about, schema, folders, field -> field.dataType().simpleString());
  }

  /** The page as it should be. */
  static String page() {
    StringBuilder page = new StringBuilder(HEAD);
    TABLES.forEach(table -> page.append(table.section()));
    return page.toString();
  }
}
