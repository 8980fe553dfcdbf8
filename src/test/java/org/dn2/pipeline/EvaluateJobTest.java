package org.dn2.pipeline;

import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.dn2.evaluation.EvaluationResult;
import org.dn2.store.CommittedFolder;
import org.dn2.store.Destination;
import org.dn2.store.ExistingOutput;
import org.dn2.store.RunChoice;
import org.dn2.store.RunId;
import org.dn2.store.ScoredRun;
import org.dn2.store.ScoresTable;
import org.dn2.table.Tables;
import org.dn2.table.UserDataException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A table holds the scores of many runs; a figure is that of one. */
class EvaluateJobTest {
  private static final LocalDate DAY = LocalDate.of(2026, 11, 24);
  private static final RunId A = new RunId("a");

  /** Looks like a number, and is none. */
  private static final RunId B = new RunId("007");

  @TempDir Path folder;

  private final EvaluateJob job = new EvaluateJob(Workplace.SPARK);

  /** Ten images of each label; of so many pairs of a blue and a red one, the blue is the higher. */
  private void score(RunId run, LocalDate date, int bluesOnTop, int hour) {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      rows.add(scored("red/" + i, "red", 100 + i));
      rows.add(scored("blue/" + i, "blue", (i < bluesOnTop ? 200 : 0) + i));
    }
    ScoresTable table = new ScoresTable(Workplace.SPARK, scores());
    Dataset<Row> scores =
        Workplace.SPARK
            .createDataFrame(rows, Tables.SCORES.asNullable())
            .withColumn(
                Tables.SCORED_AT, lit(Timestamp.valueOf("2026-12-01 %02d:00:00".formatted(hour))));
    CommittedFolder.claim(
            table.place(date, run), "score", Workplace.SPARK.sessionState().newHadoopConf())
        .write(draft -> table.write(draft, scores, rows.size()));
  }

  private static Row scored(String id, String label, double score) {
    return RowFactory.create(
        id, null, label, null, score, null, null, null, new String[0], new double[0], null, null);
  }

  private String scores() {
    return folder.resolve("scores").toString();
  }

  private EvaluationResult evaluate(ScoredRun run) {
    return job.evaluate(
        run,
        List.of("red"),
        new Destination(
            folder.resolve("evaluation").toString(), run.runId(), ExistingOutput.REPLACE));
  }

  private ScoredRun open(RunId run, LocalDate date) {
    return job.open(scores(), new RunChoice(run, date));
  }

  @Test
  void theRunThatWasScoredLastIsEvaluatedAloneAndNamed() throws IOException {
    score(A, DAY, 10, 9);
    score(B, DAY, 0, 8);
    ScoredRun run = job.open(scores(), RunChoice.NEWEST);
    assertThat(run.inWords()).isEqualTo("a of 2026-11-24");
    assertThat(run.scores().count()).isEqualTo(20);
    assertThat(evaluate(run).overall().rocAuc()).isEqualTo(1.0);
    assertThat(Files.readString(folder.resolve("evaluation/metrics.json")))
        .contains("\"run_id\" : \"a\"", "\"run_date\" : \"2026-11-24\"");
    assertThat(
            Workplace.SPARK
                .read()
                .parquet(folder.resolve("evaluation/metrics").toString())
                .select("run_id")
                .distinct()
                .collectAsList())
        .extracting(row -> row.getString(0))
        .containsExactly("a");
    WrittenTables.require(folder.resolve("evaluation"), "Metrics", "ROC curve");

    score(B, DAY.minusDays(3), 5, 10);
    assertThat(job.open(scores(), RunChoice.NEWEST).inWords())
        .as("scored last, though of an earlier day")
        .isEqualTo("007 of 2026-11-21");
  }

  @Test
  void aNamedRunIsTakenAndOfItsDatesTheNamedOneOrTheLast() {
    score(A, DAY, 10, 9);
    score(B, DAY, 0, 8);
    score(B, DAY.plusDays(1), 5, 7);
    assertThat(evaluate(open(B, null)).overall().rocAuc()).isEqualTo(0.0);
    assertThat(evaluate(open(B, DAY.plusDays(1))).overall().rocAuc()).isEqualTo(0.5);
    assertThat(open(null, DAY).inWords()).isEqualTo("a of 2026-11-24");
  }

  @Test
  void aRunsOwnFolderIsTakenAsItIs() {
    score(A, DAY, 10, 9);
    score(B, DAY, 0, 8);
    String own = scores() + "/run_date=2026-11-24/run_id=007";
    assertThat(job.open(own, RunChoice.NEWEST).inWords()).isEqualTo("007 of 2026-11-24");
    assertThat(job.open(own, new RunChoice(B, DAY)).scores().count()).isEqualTo(20);
    assertThatThrownBy(() -> job.open(own, new RunChoice(A, null)))
        .isInstanceOf(UserDataException.class)
        .hasMessageEndingWith("; there is only 007 of 2026-11-24.");
  }

  @Test
  void aRunThatIsNotThereIsNamedWithThoseThatAre() {
    score(A, DAY, 10, 9);
    score(B, DAY, 0, 8);
    assertThatThrownBy(() -> open(new RunId("c"), DAY))
        .isInstanceOf(UserDataException.class)
        .hasMessage(
            "There is no finished run c of 2026-11-24 in the scores %s; there are 007 of 2026-11-24, a of 2026-11-24."
                .formatted(scores()));
    assertThatThrownBy(() -> open(A, DAY.plusDays(1)))
        .hasMessageStartingWith("There is no finished run a of 2026-11-25 in the scores ");
  }

  @Test
  void aRunThatIsNotWholeIsNotEvaluated() throws IOException {
    score(A, DAY, 10, 9);
    score(B, DAY, 0, 10);
    Files.delete(folder.resolve("scores/run_date=2026-11-24/run_id=007/_DN2_RUN"));
    assertThat(job.open(scores(), RunChoice.NEWEST).runId()).isEqualTo(A);
    assertThatThrownBy(() -> open(B, null))
        .hasMessageEndingWith("; there is only a of 2026-11-24.");
    assertThatThrownBy(() -> job.open(folder.toString(), RunChoice.NEWEST))
        .isInstanceOf(UserDataException.class)
        .hasMessageStartingWith("There are no scores of a finished dn2 score in ");
  }
}
