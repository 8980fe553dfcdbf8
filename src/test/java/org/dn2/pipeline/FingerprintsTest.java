package org.dn2.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.LocalDate;
import java.util.EnumSet;
import java.util.List;
import org.apache.spark.sql.functions;
import org.dn2.embedding.ComputeDevice;
import org.dn2.embedding.EmbeddingSettings;
import org.dn2.embedding.ModelSpec;
import org.dn2.features.FeatureMap;
import org.dn2.image.DecodeLimits;
import org.dn2.image.ExifOrientation;
import org.dn2.image.SampleBits;
import org.dn2.model.BackboneImport;
import org.dn2.model.TinyBackbone;
import org.dn2.neighbors.Distance;
import org.dn2.reproduction.Experiment;
import org.dn2.search.SearchPlan;
import org.dn2.search.SelfNeighbor;
import org.dn2.store.Destination;
import org.dn2.store.ExistingOutput;
import org.dn2.store.RunId;
import org.dn2.table.Tables;
import org.dn2.table.UserDataException;
import org.dn2.testing.Images;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a model is called says nothing of what its embeddings are. */
class FingerprintsTest {
  private static final LocalDate DAY = LocalDate.of(2026, 11, 25);

  @TempDir private static Path fitted;
  @TempDir Path folder;
  private Workplace work;

  @BeforeAll
  static void fitToOneModel() throws IOException {
    Workplace all = Workplace.in(fitted);
    Images.writeFolder(fitted.resolve("train/red"), 12, Color.RED, 5);
    Images.writeFolder(fitted.resolve("test/red"), 6, Color.RED, 8);
    Images.writeFolder(fitted.resolve("test/blue"), 5, Color.BLUE, 9);
    all.embed("train", "train-embedded");
    new FitJob(Workplace.SPARK).run(all.fitSettings("train-embedded", "detector", 2));
  }

  @BeforeEach
  void copy() throws IOException {
    work = Workplace.copyOf(fitted, folder);
  }

  /** What a fetch brings today under the id of yesterday. */
  private Workplace fetchedAgain() throws IOException {
    Path model = folder.resolve("model");
    ModelSpec other = TinyBackbone.write(model, 2);
    edit(model, "\"id\" : \"" + other.id() + "\"", "\"id\" : \"tiny-1\"");
    return Workplace.in(folder);
  }

  private Workplace edited(String given, String other) throws IOException {
    edit(folder.resolve("model"), given, other);
    return Workplace.in(folder);
  }

  private static void edit(Path model, String given, String other) throws IOException {
    Path description = model.resolve(ModelSpec.FILE_NAME);
    String text = Files.readString(description);
    assertThat(text).contains(given);
    Files.writeString(description, text.replace(given, other));
  }

  private static String fingerprint(Workplace of) {
    return of.embedSettings("train", "any", "first").modelFingerprint().digits();
  }

  private void score(String embeddings) {
    new ScoreJob(Workplace.SPARK).run(scoring(embeddings));
  }

  private ScoreJob.Settings scoring(String embeddings) {
    return new ScoreJob.Settings(
        work.path(embeddings),
        work.path("detector"),
        null,
        work.path("scores"),
        DAY,
        new RunId("first"),
        ScoreJob.OtherDates.STAY,
        SearchPlan.AUTO,
        SelfNeighbor.COUNTS);
  }

  private static void compare(Workplace with, String images, String reference) {
    new CompareJob(Workplace.SPARK)
        .run(
            new CompareJob.Settings(
                List.of(with.path(images)),
                List.of(with.path(reference)),
                null,
                List.of("red"),
                List.of(FeatureMap.NONE),
                List.of(Distance.SQUARED_EUCLIDEAN),
                List.of(1),
                SearchPlan.AUTO,
                null));
  }

  @Test
  void theSameIdWithOtherWeightsIsRefusedBeforeAndAfterImagesAreEmbedded() throws IOException {
    String before = fingerprint(work);
    Workplace other = fetchedAgain();
    String now = fingerprint(other);
    assertThat(other.model().spec().id()).isEqualTo("tiny-1");
    assertThat(now).isNotEqualTo(before);
    assertThatThrownBy(
            () ->
                new ScoreJob(Workplace.SPARK)
                    .requireModel(
                        work.path("detector"),
                        other.embedSettings("test", "new", "first").modelFingerprint()))
        .isInstanceOf(UserDataException.class)
        .hasMessageStartingWith(
            "The images would be embedded by the model tiny-1 (fingerprint %s), the detector in "
                .formatted(now))
        .hasMessageContaining(
            "was fitted to tiny-1 (fingerprint %s): other weights".formatted(before))
        .hasMessageEndingWith(
            "Distances between them mean nothing. Give the detector's model, with its views, orientation by EXIF and sample bits, or fit a detector anew.");
    other.embed("test", "test-embedded");
    assertThatThrownBy(() -> score("test-embedded"))
        .isInstanceOf(UserDataException.class)
        .hasMessageContaining("were made by the model tiny-1 (fingerprint %s)".formatted(now))
        .hasMessageContaining("by tiny-1 (fingerprint %s): other weights".formatted(before));
    assertThat(folder.resolve("scores")).doesNotExist();
    assertThatThrownBy(() -> compare(other, "test-embedded", "train-embedded"))
        .isInstanceOf(UserDataException.class)
        .hasMessageContaining("was embedded by the model tiny-1 (fingerprint %s)".formatted(before))
        .hasMessageContaining(
            "the images by tiny-1 (fingerprint %s): other weights".formatted(now));
  }

  @Test
  void theSameWeightsWithAnotherPreprocessingAreRefusedAndWhatDiffersIsSaid() throws IOException {
    edited("\"mean\" : [ 127.5, 127.5, 127.5 ]", "\"mean\" : [ 120.0, 127.5, 127.5 ]");
    Workplace other = edited("\"resizeSize\" : 32", "\"resizeSize\" : 40");
    assertThat(other.model().spec().id()).isEqualTo("tiny-1");
    other.embed("test", "test-embedded");
    assertThatThrownBy(() -> score("test-embedded"))
        .isInstanceOf(UserDataException.class)
        .hasMessageContaining(
            "resize to 40 pixels instead of 32 pixels, mean 120.0, 127.5, 127.5 instead of 127.5, 127.5, 127.5. Distances between them mean nothing.");
    assertThatThrownBy(() -> compare(other, "test-embedded", "train-embedded"))
        .hasMessageContaining("resize to 40 pixels instead of 32 pixels, mean ");
  }

  @Test
  void imagesThatWereDecodedInAnotherWayAreRefused() throws IOException {
    EmbedJob.Settings plain = work.embedSettings("test", "test-embedded", "first");
    EmbedJob.Settings other =
        new EmbedJob.Settings(
            plain.input(),
            plain.model(),
            new EmbeddingSettings(
                4,
                ComputeDevice.CPU,
                DecodeLimits.DEFAULT,
                ExifOrientation.APPLY,
                new SampleBits(12)),
            plain.maxRejectFraction(),
            plain.output());
    assertThatThrownBy(() -> new ScoreRun(Workplace.SPARK).run(other, scoring("test-embedded")))
        .isInstanceOf(UserDataException.class)
        .hasMessageContaining(
            "exif-orientation apply instead of ignore, sample-bits 12 instead of auto. Distances");
    assertThat(folder.resolve("test-embedded")).as("found before the work").doesNotExist();
    new EmbedJob(Workplace.SPARK).run(other);
    assertThat(json("test-embedded/embed.json").at("/decoding/sample-bits").asText())
        .isEqualTo("12");
    assertThatThrownBy(() -> score("test-embedded"))
        .isInstanceOf(UserDataException.class)
        .hasMessageContaining("sample-bits 12 instead of auto. Distances");
    assertThatThrownBy(() -> compare(work, "test-embedded", "train-embedded"))
        .isInstanceOf(UserDataException.class)
        .hasMessageContaining("exif-orientation apply instead of ignore");
  }

  @Test
  void embeddingsOfEarlierVersionsWhichDoNotSayHowTheyWereDecodedAreScored() throws IOException {
    Path summary = folder.resolve("train-embedded/embed.json");
    ObjectNode json = (ObjectNode) json("train-embedded/embed.json");
    json.remove("decoding");
    Files.delete(folder.resolve("train-embedded/_DN2_RUN"));
    Files.writeString(summary, json.toString());
    Files.writeString(folder.resolve("train-embedded/_DN2_RUN"), "first\n");
    new FitJob(Workplace.SPARK).run(work.fitSettings("train-embedded", "older", 2));
    assertThat(json("older/detector.json").get("decoding").isNull()).isTrue();
    work.embed("test", "test-embedded");
    assertThatCode(() -> compare(work, "test-embedded", "train-embedded"))
        .doesNotThrowAnyException();
  }

  @Test
  void anotherNameForTheSameModelIsNoObstacle() throws IOException {
    Workplace renamed = edited("\"id\" : \"tiny-1\"", "\"id\" : \"mine\"");
    renamed.embed("test", "test-embedded");
    assertThatCode(() -> score("test-embedded")).doesNotThrowAnyException();
    assertThatCode(() -> compare(renamed, "test-embedded", "train-embedded"))
        .doesNotThrowAnyException();
  }

  @Test
  void theFingerprintLiesWithTheTables() throws IOException {
    String fingerprint = fingerprint(work);
    assertThat(json("train-embedded/embed.json").required("model_fingerprint").asText())
        .isEqualTo(fingerprint);
    assertThat(json("detector/detector.json").at("/model/fingerprint").asText())
        .isEqualTo(fingerprint);
  }

  private JsonNode json(String file) throws IOException {
    return new ObjectMapper().readTree(folder.resolve(file).toFile());
  }

  @Test
  void rowsOfAnotherModelInOneTableAreRefused() throws IOException {
    Workplace.SPARK
        .read()
        .parquet(work.path("train-embedded/embeddings"))
        .withColumn(
            Tables.MODEL_ID, functions.expr("if(image_id = 'red/003.png', 'tiny-2', model_id)"))
        .write()
        .parquet(work.path("mixed/embeddings"));
    Files.copy(folder.resolve("train-embedded/embed.json"), folder.resolve("mixed/embed.json"));
    Files.writeString(folder.resolve("mixed/_DN2_RUN"), "first\n");
    String message =
        "has rows of the models tiny-1 and tiny-2, but its embed.json describes tiny-1. Embed the images anew.";
    assertThatThrownBy(() -> score("mixed")).hasMessageContaining(message);
    assertThatThrownBy(
            () -> new FitJob(Workplace.SPARK).run(work.fitSettings("mixed", "other-detector", 1)))
        .isInstanceOf(UserDataException.class)
        .hasMessageContaining(message);
    assertThatThrownBy(() -> compare(work, "mixed", "train-embedded"))
        .hasMessageContaining(message);
  }

  @Test
  void aReproductionTakesNoStoredEmbeddingsOfAnotherPreprocessing() throws IOException {
    for (String split : List.of("train", "test")) {
      Images.writeFolder(folder.resolve("data/" + split + "/red"), 6, Color.RED, split.length());
      Images.writeFolder(folder.resolve("data/" + split + "/blue"), 6, Color.BLUE, split.length());
    }
    FileTime first = reproduced(work);
    assertThat(reproduced(work)).as("taken as they are").isEqualTo(first);
    Workplace other = edited("\"resizeSize\" : 32", "\"resizeSize\" : 40");
    assertThat(reproduced(other)).as("embedded anew").isNotEqualTo(first);
    assertThat(json("out/embeddings/data/tiny-1/train/embed.json").at("/model/resizeSize").asInt())
        .isEqualTo(40);
  }

  private FileTime reproduced(Workplace with) throws IOException {
    Path pixels = folder.resolve("pixels");
    if (!Files.exists(pixels)) {
      new BackboneImport(pixels).rawPixels(8);
    }
    new ReproduceJob(Workplace.SPARK)
        .run(
            new ReproduceJob.Settings(
                EnumSet.of(Experiment.UNIMODAL),
                with.path("data"),
                List.of(with.model()),
                List.of(FeatureMap.NONE),
                Workplace.openModel(pixels),
                Workplace.embedding(4),
                0,
                0,
                new Destination(with.path("out"), new RunId("first"), ExistingOutput.REPLACE)));
    return Files.getLastModifiedTime(folder.resolve("out/embeddings/data/tiny-1/train/_DN2_RUN"));
  }
}
