package org.dn2.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.dn2.detector.Detector;
import org.dn2.embedding.ModelFingerprint;
import org.dn2.embedding.ModelSpec;
import org.dn2.features.FeatureChoice;
import org.dn2.features.FeatureMap;
import org.dn2.features.WhiteningFit;
import org.dn2.fit.Cleaning;
import org.dn2.fit.FitMethod;
import org.dn2.fit.ThresholdRule;
import org.dn2.group.Pooling;
import org.dn2.group.Spread;
import org.dn2.image.ImageInput;
import org.dn2.image.View;
import org.dn2.neighbors.Distance;
import org.dn2.search.SearchPlan;
import org.dn2.search.SelfNeighbor;
import org.dn2.store.Destination;
import org.dn2.store.ExistingOutput;
import org.dn2.store.RunId;
import org.dn2.table.EmbeddedImage;
import org.dn2.table.Tables;
import org.dn2.table.UserDataException;
import org.dn2.testing.Images;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Feature maps from the backbone's description to the scores. */
class FeaturesThroughJobsTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden/detector-v1");
  private static final LocalDate DAY = LocalDate.of(2026, 11, 25);

  @TempDir private static Path embedded;
  @TempDir Path folder;
  private Workplace work;

  @BeforeAll
  static void embed() throws IOException {
    Images.writeFolder(embedded.resolve("train/red"), 24, Color.RED, 5);
    Images.writeFolder(embedded.resolve("groups/red"), 8, Color.RED, 5);
    Images.writeFolder(embedded.resolve("groups/white"), 8, Color.WHITE, 7);
    Images.writeFolder(embedded.resolve("test/red"), 6, Color.RED, 8);
    Images.writeFolder(embedded.resolve("test/blue"), 5, Color.BLUE, 9);
    embed(Workplace.in(embedded));
  }

  @BeforeEach
  void copy() throws IOException {
    work = Workplace.copyOf(embedded, folder);
  }

  private static void embed(Workplace by) {
    for (String input : List.of("train", "test", "groups")) {
      new EmbedJob(Workplace.SPARK)
          .run(
              new EmbedJob.Settings(
                  new ImageInput(
                      by.path(input),
                      ImageInput.Format.AUTO,
                      Workplace.LABEL_PATTERN,
                      "([^/]+)/[^/]+$",
                      null,
                      List.of(),
                      null,
                      null),
                  by.model(),
                  Workplace.embedding(4),
                  0,
                  new Destination(
                      by.path(input + "-embedded"), new RunId("first"), ExistingOutput.REPLACE)));
    }
  }

  private Detector fit(FitMethod method) {
    return fit("train-embedded", method);
  }

  private Detector fit(String embeddings, FitMethod method) {
    return new FitJob(Workplace.SPARK)
        .run(
            new FitJob.Settings(
                work.path(embeddings),
                List.of(),
                method,
                new ThresholdRule(OptionalDouble.empty(), 0.9),
                new Destination(
                    work.path("detector"), new RunId("first"), ExistingOutput.REPLACE)));
  }

  private Dataset<Row> score(String embeddings, String detector, FeatureMap map) {
    return new ScoreJob(Workplace.SPARK)
        .run(
            new ScoreJob.Settings(
                embeddings,
                detector,
                map,
                work.path("scores"),
                DAY,
                new RunId("first"),
                ScoreJob.OtherDates.STAY,
                SearchPlan.AUTO,
                SelfNeighbor.COUNTS));
  }

  private Map<String, Double> scores(String embeddings) {
    return byId(score(work.path(embeddings), work.path("detector"), null));
  }

  private static Map<String, Double> byId(Dataset<Row> scores) {
    Map<String, Double> byId = new TreeMap<>();
    for (Row row : scores.collectAsList()) {
      byId.put(row.getAs(Tables.IMAGE_ID), row.getAs(Tables.SCORE));
    }
    return byId;
  }

  private static FitMethod on(FeatureMap map) {
    return FitMethod.PAPER.with(new FeatureChoice(map, null));
  }

  private Map<String, float[]> stored(String embeddings) {
    Map<String, float[]> byId = new TreeMap<>();
    for (EmbeddedImage image : EmbeddedImage.in(work.embeddings(embeddings)).collectAsList()) {
      byId.put(image.getImageId(), image.getEmbedding());
    }
    return byId;
  }

  private static double squaredDistance(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += ((double) a[i] - b[i]) * ((double) a[i] - b[i]);
    }
    return sum;
  }

  @ParameterizedTest
  @EnumSource
  void aScoreIsMadeOfMappedEmbeddingsAndTheStoredOnesStayAsTheyAre(FeatureMap map) {
    Map<String, float[]> before = stored("train-embedded");
    Detector detector = fit(on(map));
    assertThat(detector.features()).isEqualTo(new Detector.FeaturesUsed(map.id(), null));
    assertThat(detector.formatVersion()).isEqualTo(3);
    Map<String, Double> scores = scores("test-embedded");
    List<float[]> reference = before.values().stream().map(map::of).toList();
    stored("test-embedded")
        .forEach(
            (id, embedding) -> {
              float[] query = map.of(embedding);
              double expected =
                  reference.stream()
                      .mapToDouble(row -> squaredDistance(row, query))
                      .sorted()
                      .limit(2)
                      .average()
                      .orElseThrow();
              assertThat(scores.get(id)).as(id).isCloseTo(expected, within(1e-12 * expected));
            });
    assertThat(stored("train-embedded").values()).containsExactlyElementsOf(before.values());
  }

  @ParameterizedTest
  @EnumSource
  void anImageAgainstItselfGivesZero(FeatureMap map) {
    fit(on(map).withK(1));
    assertThat(scores("train-embedded").values()).hasSize(24).containsOnly(0.0);
  }

  @Test
  void aWhitenedImageAgainstItselfGivesZero() {
    FeatureChoice whitened = new FeatureChoice(FeatureMap.ROOT_L2, new WhiteningFit(5, 0.1));
    Detector detector = fit(FitMethod.PAPER.withK(1).with(whitened));
    WrittenTables.require(
        folder.resolve("detector"),
        "Reference set of a detector",
        "Calibration of a detector",
        "Whitening of a detector");
    assertThat(detector.dimension()).isEqualTo(5);
    assertThat(detector.features())
        .isEqualTo(new Detector.FeaturesUsed("root-l2", new Detector.WhiteningLearned(5, 0.1, 24)));
    assertThat(scores("train-embedded").values()).hasSize(24).containsOnly(0.0);
    assertThat(scores("test-embedded"))
        .hasEntrySatisfying("blue/000.png", score -> assertThat(score).isPositive());
    assertThatThrownBy(
            () ->
                fit(
                    FitMethod.PAPER.with(
                        new FeatureChoice(FeatureMap.NONE, new WhiteningFit(13, 0.1)))))
        .isInstanceOf(UserDataException.class)
        .hasMessageStartingWith(
            work.path("train-embedded")
                + ": 13 directions were asked for, but an embedding has 8 numbers.");
  }

  @Test
  void fitTakesTheMapThatTheBackbonesDescriptionNames() throws IOException {
    ModelSpec suited = work.model().spec().withFeatures(FeatureMap.ROOT_L2);
    Files.writeString(folder.resolve("model").resolve(ModelSpec.FILE_NAME), suited.toJson());
    embed(new Workplace(folder, Workplace.openModel(folder.resolve("model"))));

    Detector byDefault = fit(FitMethod.PAPER.with(FeatureChoice.OF_BACKBONE));
    assertThat(byDefault.features().map()).isEqualTo("root-l2");
    assertThat(Files.readString(folder.resolve("detector/detector.json")))
        .contains("\"map\" : \"root-l2\"");
    String asked = fit(on(FeatureMap.ROOT_L2)).detectorId();
    assertThat(asked).isEqualTo(byDefault.detectorId());
    assertThat(fit(on(FeatureMap.NONE)).detectorId()).isNotEqualTo(asked);
  }

  @Test
  void aDescriptionFromBeforeThereWereMapsMeansNone() throws IOException {
    Path description = folder.resolve("model").resolve(ModelSpec.FILE_NAME);
    Files.writeString(
        description, Files.readString(description).replace("\"features\" : \"none\",", ""));
    Workplace old = new Workplace(folder, Workplace.openModel(folder.resolve("model")));
    assertThat(old.model().spec().features()).isNull();
    embed(old);
    assertThat(fit(FitMethod.PAPER.with(FeatureChoice.OF_BACKBONE)).features().map())
        .isEqualTo("none");
  }

  @Test
  void aDetectorsModelAndViewsAreAskedForBeforeTheWork() {
    fit(on(FeatureMap.NONE));
    ScoreJob job = new ScoreJob(Workplace.SPARK);
    job.requireModel(work.path("detector"), ModelFingerprint.of(work.model().spec(), null));
    job.requireModel(null, ModelFingerprint.of(work.model().spec(), null));
    assertThatThrownBy(
            () ->
                job.requireModel(
                    work.path("detector"),
                    ModelFingerprint.of(
                        work.model().spec().withViews(List.of(View.MIRROR, View.CENTER)), null)))
        .isInstanceOf(UserDataException.class)
        .hasMessageStartingWith(
            "The images would be embedded by the model tiny-1-center-mirror (fingerprint ")
        .hasMessageContaining(": views center,mirror instead of center. ")
        .hasMessageEndingWith(
            "Give the detector's model, with its views, orientation by EXIF and sample bits, or fit a detector anew.");
  }

  @Test
  void viewsOfAnEditedDescriptionDoNotMixEither() throws IOException {
    fit(on(FeatureMap.NONE));
    Path description = folder.resolve("model").resolve(ModelSpec.FILE_NAME);
    Files.writeString(
        description,
        Files.readString(description)
            .replaceFirst("\"views\" : \\[ \"center\" \\]", "\"views\" : [ \"mirror\" ]"));
    embed(new Workplace(folder, Workplace.openModel(folder.resolve("model"))));
    assertThatThrownBy(() -> scores("test-embedded"))
        .isInstanceOf(UserDataException.class)
        .hasMessageContaining(
            ": views mirror instead of center. Distances between them mean nothing.");
  }

  @Test
  void unitLengthLetsCosineAndEuclideanRankAlike() {
    fit(on(FeatureMap.LOG_L2));
    Map<String, Double> euclidean = scores("test-embedded");
    fit(
        new FitMethod(
            2,
            Distance.COSINE,
            new FeatureChoice(FeatureMap.LOG_L2, null),
            null,
            Cleaning.NONE,
            FitMethod.PAPER.centers(),
            0,
            SearchPlan.AUTO));
    Map<String, Double> cosine = scores("test-embedded");
    euclidean.forEach((id, score) -> assertThat(2 * cosine.get(id)).isCloseTo(score, within(1e-6)));
  }

  @Test
  void theMapComesBeforePoolingAndBeforeTheCovariance() {
    Map<String, List<float[]>> groups = new TreeMap<>();
    stored("test-embedded")
        .forEach(
            (id, embedding) ->
                groups
                    .computeIfAbsent(id.substring(0, id.indexOf('/')), key -> new ArrayList<>())
                    .add(FeatureMap.ROOT_L2.of(embedding)));
    Map<String, Double> traces = byId(score(work.path("test-embedded"), null, FeatureMap.ROOT_L2));
    assertThat(traces.keySet()).containsExactlyElementsOf(groups.keySet());
    groups.forEach(
        (group, rows) ->
            assertThat(traces.get(group)).isCloseTo(Spread.covarianceTrace(rows), within(1e-12)));

    fit(
        "groups-embedded",
        new FitMethod(
            1,
            Distance.SQUARED_EUCLIDEAN,
            new FeatureChoice(FeatureMap.ROOT_L2, null),
            Pooling.MEAN,
            Cleaning.NONE,
            FitMethod.PAPER.centers(),
            0,
            SearchPlan.AUTO));
    List<float[]> reference = new ArrayList<>();
    for (String group : List.of("red/", "white/")) {
      reference.add(
          mean(
              stored("groups-embedded").entrySet().stream()
                  .filter(image -> image.getKey().startsWith(group))
                  .map(image -> FeatureMap.ROOT_L2.of(image.getValue()))
                  .toList()));
    }
    Map<String, Double> pooled = scores("test-embedded");
    groups.forEach(
        (group, rows) ->
            assertThat(pooled.get(group))
                .isCloseTo(
                    reference.stream()
                        .mapToDouble(row -> squaredDistance(row, mean(rows)))
                        .min()
                        .orElseThrow(),
                    within(1e-12)));
  }

  private static float[] mean(List<float[]> rows) {
    return Pooling.MEAN.pool(rows);
  }

  @Test
  void aDetectorOfTheFirstFormatKeepsItsScoresToTheLastDigit() throws IOException {
    Path copy = folder.resolve("golden");
    try (var files = Files.walk(GOLDEN)) {
      for (Path file : files.toList()) {
        Files.copy(file, copy.resolve(GOLDEN.relativize(file).toString()));
      }
    }
    Dataset<Row> scores =
        score(copy.resolve("test").toString(), copy.resolve("detector").toString(), null);
    List<String> lines = new ArrayList<>();
    lines.add("image_id,score,p_value,is_anomaly,neighbor_ids,neighbor_distances");
    for (Row row : scores.orderBy(Tables.IMAGE_ID).collectAsList()) {
      lines.add(
          String.join(
              ",",
              row.<String>getAs(Tables.IMAGE_ID),
              Double.toString(row.getAs(Tables.SCORE)),
              String.valueOf(row.<Double>getAs(Tables.P_VALUE)),
              Boolean.toString(row.getAs(Tables.IS_ANOMALY)),
              String.join(" ", row.<String>getList(row.fieldIndex(Tables.NEIGHBOR_IDS))),
              String.join(
                  " ",
                  row.<Double>getList(row.fieldIndex(Tables.NEIGHBOR_DISTANCES)).stream()
                      .map(String::valueOf)
                      .toList())));
    }
    // It was cleaned, and calibrated by the rows that were kept: its p-values are not believed.
    assertThat(lines)
        .isEqualTo(
            Files.readAllLines(copy.resolve("scores.csv")).stream()
                .map(line -> line.replaceFirst("^([^,]+,[^,]+),[0-9.]+,", "$1,null,"))
                .toList());

    Path description = copy.resolve("detector/detector.json");
    String json = Files.readString(description);
    Files.writeString(description, json.replace("\"formatVersion\" : 1", "\"formatVersion\" : 4"));
    assertThatThrownBy(
            () -> score(copy.resolve("test").toString(), copy.resolve("detector").toString(), null))
        .isInstanceOf(UserDataException.class)
        .hasMessageContaining("has format version 4; this program reads versions 1 to 3.");
    Files.writeString(description, json.replace("\"formatVersion\" : 1", "\"formatVersion\" : 2"));
    assertThatThrownBy(
            () -> score(copy.resolve("test").toString(), copy.resolve("detector").toString(), null))
        .hasMessageContaining("features are missing");
  }
}
