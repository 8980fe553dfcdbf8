package org.dn2.pipeline;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.regexp_extract;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.dn2.ml.DeepNearestNeighbors;
import org.dn2.ml.DeepNearestNeighborsModel;
import org.dn2.ml.ImageEmbedder;
import org.dn2.model.TinyBackbone;
import org.dn2.search.SearchPlan;
import org.dn2.search.SelfNeighbor;
import org.dn2.store.RunId;
import org.dn2.table.UserDataException;
import org.dn2.testing.Images;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** MLlib's stages and the commands give the same, and read what the other wrote. */
class LibraryAndCommandsTest {
  private static final Column NAME = regexp_extract(col("path"), "[^/]+$", 0).as("name");

  @TempDir private static Path folder;
  private static Workplace work;
  private static PipelineModel fitted;

  @BeforeAll
  static void fitByBoth() throws IOException {
    Images.writeFolder(folder.resolve("normal"), 12, Color.RED, 100);
    Images.writeFolder(folder.resolve("new"), 5, Color.BLUE, 500);
    Files.writeString(folder.resolve("new/broken.png"), "no picture");
    work = Workplace.in(folder);
    work.embed("normal", "normal-embedded");
    work.embed("new", "new-embedded");
    new FitJob(Workplace.SPARK).run(work.fitSettings("normal-embedded", "detector", 2));
    fitted =
        new Pipeline()
            .setStages(
                new PipelineStage[] {
                  new ImageEmbedder().setModel(work.path("model")).setBatchSize(4),
                  new DeepNearestNeighbors()
                      .setFeatures("none")
                      .setThresholdQuantile(0.9)
                      .setDetector(work.path("detector-of-library"))
                })
            .fit(files("normal"));
  }

  private static Dataset<Row> files(String name) {
    return Workplace.SPARK
        .read()
        .format("binaryFile")
        .load(work.path(name))
        .select("path", "length");
  }

  private static List<Row> scores(Dataset<Row> scored) {
    return scored
        .filter(col("score").isNotNull())
        .select(NAME, col("score"), col("p_value"), col("is_anomaly"))
        .orderBy("name")
        .collectAsList();
  }

  private static Dataset<Row> scoredByCommand(String detector, String runId) {
    return new ScoreJob(Workplace.SPARK)
        .run(
            new ScoreJob.Settings(
                work.path("new-embedded"),
                work.path(detector),
                null,
                work.path("scores"),
                LocalDate.of(2026, 11, 27),
                new RunId(runId),
                ScoreJob.OtherDates.STAY,
                SearchPlan.AUTO,
                SelfNeighbor.COUNTS));
  }

  @Test
  void aPipelineFromFilesScoresAsTheCommandsDo() {
    Dataset<Row> scored = fitted.transform(files("new"));
    assertThat(scores(scored)).hasSize(5).isEqualTo(scores(scoredByCommand("detector", "both")));
    Row broken = scored.filter(col("path").endsWith("broken.png")).head();
    assertThat(broken.<String>getAs("reason")).isEqualTo("not_an_image");
    assertThat(broken.<String>getAs("message")).isNotBlank();
    assertThat(broken.isNullAt(broken.fieldIndex("features"))).isTrue();
    assertThat(broken.isNullAt(broken.fieldIndex("score"))).isTrue();
    assertThat(scored.columns())
        .containsExactly(
            "path",
            "length",
            "features",
            "reason",
            "message",
            "score",
            "p_value",
            "is_anomaly",
            "neighbor_ids",
            "neighbor_distances");
  }

  @Test
  void theCommandReadsWhatTheLibraryWroteAndTheOtherWayRound() throws IOException {
    List<Row> expected = scores(scoredByCommand("detector", "command"));
    assertThat(scores(scoredByCommand("detector-of-library", "library"))).isEqualTo(expected);
    DeepNearestNeighborsModel loaded = DeepNearestNeighborsModel.load(work.path("detector"));
    Dataset<Row> embeddings =
        work.embeddings("new-embedded").select(col("path"), col("embedding").as("features"));
    assertThat(scores(loaded.transform(embeddings))).isEqualTo(expected);
    loaded.write().save(work.path("saved-again"));
    assertThat(scores(scoredByCommand("saved-again", "again"))).isEqualTo(expected);
    assertThat(
            scores(DeepNearestNeighborsModel.load(work.path("saved-again")).transform(embeddings)))
        .isEqualTo(expected);
  }

  @Test
  void featuresOfAnotherBackboneAreRefused() {
    TinyBackbone.write(folder.resolve("other-model"), 2);
    Dataset<Row> features =
        new ImageEmbedder().setModel(work.path("other-model")).transform(files("new"));
    assertThatThrownBy(() -> ((DeepNearestNeighborsModel) fitted.stages()[1]).transform(features))
        .isInstanceOf(UserDataException.class)
        .hasMessageContaining("The embeddings in the column features were made by the model")
        .hasMessageContaining("other weights");
  }

  @Test
  void whatIsWrongWithPathsIsSaid() {
    ImageEmbedder embedder = new ImageEmbedder().setModel(work.path("model"));
    assertThatThrownBy(() -> embedder.transform(files("new").drop("path")))
        .isInstanceOf(UserDataException.class)
        .hasMessage(
            "There is no column path with the paths of images; the columns are length. Name it by"
                + " setPathCol.");
    assertThatThrownBy(
            () -> embedder.copy(new ParamMap()).setPathCol("length").transform(files("new")))
        .hasMessage("The column length is of type bigint; paths are of type string.");
    assertThatThrownBy(() -> embedder.transform(files("new").withColumn("reason", lit("a"))))
        .hasMessageContaining("There is a column reason already");
    assertThatThrownBy(() -> embedder.setDevice("tpu")).hasMessageContaining("device");
    assertThatThrownBy(() -> embedder.setBatchSize(0)).hasMessageContaining("batchSize");
    Row none =
        embedder
            .transform(files("new").limit(1).withColumn("path", lit(null).cast("string")))
            .head();
    assertThat(none.<String>getAs("reason")).isEqualTo("unreadable");
  }

  @Test
  void aClosedEmbedderIsFreedAndSendsItsBackboneAnew() {
    ImageEmbedder embedder = new ImageEmbedder().setModel(work.path("model"));
    Dataset<Row> late = embedder.transform(files("new"));
    List<Row> features = late.select("path", "features").collectAsList();
    embedder.copy(ParamMap.empty()).close();
    assertThatThrownBy(late::collectAsList).hasStackTraceContaining("after it was destroyed");
    assertThat(embedder.transform(files("new")).select("path", "features").collectAsList())
        .isEqualTo(features);
    embedder.close();
  }

  @Test
  void anEmbedderIsSavedAndLoaded() throws IOException {
    ImageEmbedder embedder = new ImageEmbedder().setModel("m").setPathCol("p").setDevice("gpu");
    embedder.write().save(work.path("embedder"));
    assertThat(ImageEmbedder.load(work.path("embedder")).explainParams())
        .isEqualTo(embedder.explainParams());
  }
}
