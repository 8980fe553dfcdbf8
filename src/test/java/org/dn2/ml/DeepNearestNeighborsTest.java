package org.dn2.ml;

import static org.apache.spark.ml.functions.array_to_vector;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.current_timestamp;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeMap;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.ml.Estimator;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.Transformer;
import org.apache.spark.ml.param.BooleanParam;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.LongParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.param.Params;
import org.apache.spark.ml.param.StringArrayParam;
import org.apache.spark.ml.tuning.CrossValidator;
import org.apache.spark.ml.tuning.CrossValidatorModel;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.util.LongAccumulator;
import org.dn2.table.UserDataException;
import org.dn2.testing.Embeddings;
import org.dn2.testing.SparkSessions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The estimator and its model, as a developer of Spark programs uses them. */
class DeepNearestNeighborsTest {
  private static final int NORMAL = 40;
  private static Dataset<Row> normal;
  private static Dataset<Row> mixed;

  @TempDir Path folder;

  /** Normal rows around 0; of the mixed ones each fourth is far away and labeled so. */
  @BeforeAll
  static void makeRows() {
    normal = named(Embeddings.table(Embeddings.random(NORMAL, 6, 20261127)));
    mixed =
        named(Embeddings.table(Embeddings.random(60, 6, 7)))
            .withColumn("path", concat(lit("new-"), col("path")))
            .withColumn("number", col("path").substr(10, 3).cast("int"))
            .withColumn("label", when(col("number").mod(4).equalTo(0), "odd").otherwise("usual"))
            .withColumn(
                "features",
                when(
                        col("label").equalTo("odd"),
                        org.apache.spark.sql.functions.transform(
                            col("features"), value -> value.plus(3).cast("float")))
                    .otherwise(col("features")));
  }

  private static Dataset<Row> named(Dataset<Row> embeddings) {
    return embeddings.select(col("image_id").as("path"), col("embedding").as("features"));
  }

  private static List<Row> sorted(Dataset<Row> scores) {
    return scores.select("path", "score", "p_value", "is_anomaly").orderBy("path").collectAsList();
  }

  @Test
  void scoresAreEquationTwoByHand() {
    Dataset<Row> three =
        named(
            Embeddings.table(
                List.of(
                    Embeddings.image("a", 0, 0),
                    Embeddings.image("b", 3, 4),
                    Embeddings.image("c", 6, 8))));
    DeepNearestNeighborsModel model = new DeepNearestNeighbors().fit(three);
    Row scored =
        model
            .transform(named(Embeddings.table(List.of(Embeddings.image("q", 3, 0)))))
            .collectAsList()
            .get(0);
    // 9 to a and 16 to b.
    assertThat(scored.<Double>getAs("score")).isEqualTo(12.5);
    assertThat(scored.<String>getList(scored.fieldIndex("neighbor_ids"))).containsExactly("a", "b");
    assertThat(scored.<Double>getList(scored.fieldIndex("neighbor_distances")))
        .containsExactly(9.0, 16.0);
  }

  @Test
  void vectorsAndArraysOfAnyKindGiveTheSameScores() {
    DeepNearestNeighborsModel model = new DeepNearestNeighbors().fit(normal);
    List<Row> scores = sorted(model.transform(mixed));
    Dataset<Row> doubles = mixed.withColumn("features", col("features").cast("array<double>"));
    assertThat(sorted(model.transform(doubles))).isEqualTo(scores);
    Dataset<Row> vectors = doubles.withColumn("features", array_to_vector(col("features")));
    assertThat(sorted(model.transform(vectors))).isEqualTo(scores);
    Dataset<Row> normalVectors =
        normal.withColumn("features", array_to_vector(col("features").cast("array<double>")));
    assertThat(sorted(new DeepNearestNeighbors().fit(normalVectors).transform(vectors)))
        .isEqualTo(scores);
  }

  @Test
  void everyRowStaysWithAllItHasAndIsMadeOnce() {
    LongAccumulator made = SparkSessions.local().sparkContext().longAccumulator();
    Dataset<Row> given =
        mixed
            .union(mixed.limit(5))
            .withColumn("vector", array_to_vector(col("features").cast("array<double>")))
            .withColumn("bytes", col("path").cast("binary"))
            .withColumn("at", current_timestamp())
            .withColumn(
                "features", when(col("number").equalTo(9), null).otherwise(col("features")));
    Dataset<Row> counted =
        given.map(
            (MapFunction<Row, Row>)
                row -> {
                  made.add(1);
                  return row;
                },
            Encoders.row(given.schema()));

    Dataset<Row> scored = new DeepNearestNeighbors().fit(normal).transform(counted);

    List<Row> rows = scored.collectAsList();
    assertThat(made.sum()).isEqualTo(65);
    assertThat(rows).hasSize(65);
    assertThat(Arrays.asList(scored.columns()).subList(0, given.columns().length))
        .containsExactly(given.columns());
    assertThat(rows.stream().filter(row -> row.isNullAt(row.fieldIndex("score"))))
        .allSatisfy(row -> assertThat(row.<Integer>getAs("number")).isEqualTo(9))
        .isNotEmpty();
    assertThat(
            scored
                .drop("score", "p_value", "is_anomaly", "neighbor_ids", "neighbor_distances", "at")
                .exceptAll(given.drop("at"))
                .isEmpty())
        .isTrue();
  }

  @Test
  void scoresDependOnNoPartitioningAndNoSearch() {
    DeepNearestNeighborsModel model = new DeepNearestNeighbors().fit(normal.repartition(7));
    List<Row> scores = sorted(new DeepNearestNeighbors().fit(normal.coalesce(1)).transform(mixed));
    assertThat(sorted(model.transform(mixed.repartition(5)))).isEqualTo(scores);
    assertThat(sorted(model.copy(new ParamMap()).setSearch("blocks").transform(mixed)))
        .isEqualTo(scores);
  }

  @Test
  void cleaningCentersAndDistancesAreThoseOfTheMethod() {
    Dataset<Row> polluted = normal.union(mixed.select("path", "features"));
    DeepNearestNeighborsModel cleaned =
        new DeepNearestNeighbors().setCleaning(0.2).setK(1).fit(polluted);
    assertThat(cleaned.describe()).contains("20 of 100 dropped");
    DeepNearestNeighborsModel clustered =
        new DeepNearestNeighbors()
            .setCenters(5)
            .setDistance("cosine")
            .setFeatures("l2")
            .setSeed(3)
            .setThresholdQuantile(0.8)
            .fit(normal);
    assertThat(clustered.describe()).contains("5 centers").contains("l2");
    assertThat(clustered.transform(mixed).filter("score is null").isEmpty()).isTrue();
  }

  @Test
  void rowsOfTheFitCanBeJudgedByTheOthers() {
    DeepNearestNeighborsModel model = new DeepNearestNeighbors().setK(1).fit(normal);
    assertThat(model.transform(normal).filter("score > 0").isEmpty()).isTrue();
    assertThat(model.setLeaveOneOut(true).transform(normal).filter("score > 0").count())
        .isEqualTo(NORMAL);
  }

  @Test
  void whatIsWrongIsSaidWithTheColumn() {
    DeepNearestNeighbors estimator = new DeepNearestNeighbors();
    assertThatThrownBy(() -> estimator.fit(normal.drop("features")))
        .isInstanceOf(UserDataException.class)
        .hasMessage(
            "There is no column features with the features; the columns are path. Name it by"
                + " setFeaturesCol.");
    assertThatThrownBy(
            () -> estimator.transformSchema(normal.withColumn("features", lit("a")).schema()))
        .hasMessage(
            "The column features is of type string; features are a vector, array<float> or"
                + " array<double>.");
    assertThatThrownBy(() -> estimator.fit(normal.withColumn("score", lit(1))))
        .hasMessage("There is a column score already, which this stage adds. Rename or drop it.");
    assertThatThrownBy(() -> estimator.fit(normal.union(normal)))
        .hasMessage("The 80 rows have only 40 different values in path; each needs its own.");
    assertThatThrownBy(() -> estimator.fit(normal.limit(0)))
        .hasMessage("There is no row to fit to.");
    assertThatThrownBy(() -> estimator.fit(normal.limit(2))).isInstanceOf(UserDataException.class);
    assertThatThrownBy(
            () ->
                estimator.fit(
                    normal.union(
                        named(Embeddings.table(List.of(Embeddings.image("short", 1, 2)))))))
        .hasMessageContaining("have from 2 to 6 numbers");
    assertThatThrownBy(() -> estimator.copy(new ParamMap()).setNormalLabels("usual").fit(normal))
        .hasMessageContaining("There is no column label with the labels");
    assertThatThrownBy(() -> estimator.fit(normal.withColumn("path", current_timestamp())))
        .hasMessageContaining("a row is named by a string or a whole number");
    assertThatThrownBy(() -> estimator.fit(normal.select("*", "path")))
        .hasMessage("There are two columns path. Rename or drop one.");
    DeepNearestNeighborsModel model = estimator.fit(normal);
    assertThatThrownBy(
            () ->
                model
                    .transform(normal.withColumn("path", lit(null).cast("string")))
                    .collectAsList())
        .hasStackTraceContaining("A row has no path, which names it; each needs one.");
    assertThatThrownBy(() -> new DeepNearestNeighborsModel().transform(normal))
        .hasMessageContaining("This model has no detector");
    assertThatThrownBy(() -> new RocAucEvaluator().evaluate(mixed))
        .hasMessageContaining("setNormalLabels");
  }

  @Test
  void aWrongValueIsRefusedWithThoseThatThereAre() {
    DeepNearestNeighbors estimator = new DeepNearestNeighbors();
    assertThatThrownBy(() -> estimator.setK(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("k is 0; it must be 1 or more.");
    assertThatThrownBy(() -> estimator.setDistance("hamming"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("hamming", "squared_euclidean", "cosine", "manhattan");
    assertThatThrownBy(() -> estimator.setFeatures("log"))
        .hasMessageContainingAll("log", "root-l2", "log-l2");
    assertThatThrownBy(() -> estimator.setSearch("trees"))
        .hasMessage(
            "There is no search trees; there are auto, broadcast, blocks, lists and lists:N, N from"
                + " 1.");
    assertThatThrownBy(() -> estimator.setCleaning(1))
        .hasMessage("cleaning is 1.0; it must be from 0 to below 1.");
    assertThatThrownBy(() -> estimator.setCleaning(Double.NaN))
        .hasMessage("cleaning is NaN; it must be from 0 to below 1.");
    assertThatThrownBy(() -> estimator.setCenters(-1))
        .hasMessage("centers is -1; it must be 0 or more.");
    assertThatThrownBy(() -> estimator.setThresholdQuantile(1))
        .hasMessage("thresholdQuantile is 1.0; it must be above 0 and below 1.");
    assertThatThrownBy(() -> new ImageEmbedder().setBatchSize(0))
        .hasMessage("batchSize is 0; it must be from 1 to 1024.");
    assertThatThrownBy(() -> new ImageEmbedder().setDevice("tpu"))
        .hasMessage("device is tpu; it must be cpu or gpu.");
    assertThat(estimator.explainParams()).doesNotContain("[Ljava");
  }

  @Test
  void aRowThatHoldsNoNumbersIsNamed() {
    for (String wrong : List.of("CAST('NaN' AS FLOAT)", "CAST('Infinity' AS FLOAT)")) {
      Dataset<Row> rows = withOneWrong("array(1F, 2F, 3F, 4F, 5F, " + wrong + ")");
      assertThatThrownBy(() -> new DeepNearestNeighbors().fit(rows))
          .hasStackTraceContaining("The features in features of the row image007 hold");
    }
    Dataset<Row> tooLarge = withOneWrong("array(1D, 2D, 3D, 4D, 5D, 1E39D)");
    DeepNearestNeighborsModel model = new DeepNearestNeighbors().fit(normal);
    assertThatThrownBy(() -> model.transform(tooLarge).collectAsList())
        .hasStackTraceContaining(
            "The features in features of the row image007 hold Infinity; all must be finite numbers"
                + " of 32 bits.");
    assertThatThrownBy(
            () -> model.transform(withOneWrong("array(1F, 2F, NULL, 4F, 5F, 6F)")).collectAsList())
        .hasStackTraceContaining("The features in features of the row image007 hold a null");
  }

  private static Dataset<Row> withOneWrong(String features) {
    return normal.selectExpr(
        "path", "IF(path = 'image007', " + features + ", features) AS features");
  }

  @Test
  void aModelTellsWhatItWasFittedBy() {
    DeepNearestNeighborsModel model =
        new DeepNearestNeighbors().setK(5).setDistance("cosine").setCenters(3).fit(normal);
    assertThat(model.getK()).as("no more than there are centers").isEqualTo(3);
    assertThat(model.getDistance()).isEqualTo("cosine");
    assertThat(model.getCenters()).isEqualTo(3);
    assertThat(model.getCleaning()).isZero();
    assertThat(model.getFeatures()).isEqualTo("none");
    assertThat(model.describe()).startsWith("k 3, cosine, 3 centers, features none, threshold ");
    model.close();
  }

  private static Map<String, String> values(Params stage) {
    Map<String, String> values = new TreeMap<>();
    for (Param<?> param : stage.params()) {
      values.put(param.name(), value(stage, param));
    }
    return values;
  }

  private static <T> String value(Params stage, Param<T> param) {
    return stage.isDefined(param) ? param.jsonEncode(stage.getOrDefault(param)) : "";
  }

  @Test
  void stagesKeepTheirParametersWhenCopiedAndSaved() throws Exception {
    DeepNearestNeighbors estimator =
        new DeepNearestNeighbors().setK(3).setCleaning(0.1).setNormalLabels("usual", "plain");
    String path = folder.resolve("estimator").toString();
    estimator.write().save(path);
    DeepNearestNeighbors loaded = DeepNearestNeighbors.load(path);
    assertThat(loaded.uid()).isEqualTo(estimator.uid());
    for (DeepNearestNeighbors same : List.of(loaded, estimator.copy(new ParamMap()))) {
      assertThat(values(same)).isEqualTo(values(estimator));
    }
    RocAucEvaluator evaluator = new RocAucEvaluator().setNormalLabels("usual");
    evaluator.write().save(folder.resolve("evaluator").toString());
    assertThat(values(RocAucEvaluator.load(folder.resolve("evaluator").toString())))
        .isEqualTo(values(evaluator));
    assertThat(evaluator.isLargerBetter()).isTrue();
  }

  @Test
  void aPipelineIsSavedWithItsModel() throws Exception {
    PipelineModel pipeline =
        new Pipeline()
            .setStages(new PipelineStage[] {new DeepNearestNeighbors().setIdCol("path")})
            .fit(normal);
    String path = folder.resolve("pipeline").toString();
    pipeline.write().save(path);
    PipelineModel loaded = PipelineModel.load(path);
    assertThat(sorted(loaded.transform(mixed))).isEqualTo(sorted(pipeline.transform(mixed)));
    assertThatThrownBy(() -> pipeline.write().save(path)).hasMessageContaining("already exists");
    pipeline.write().overwrite().save(path);
    DeepNearestNeighborsModel model = (DeepNearestNeighborsModel) loaded.stages()[0];
    assertThatThrownBy(() -> model.write().overwrite().save(model.detector()))
        .isInstanceOf(UserDataException.class);
    assertThatThrownBy(() -> model.write().overwrite().save(path))
        .isInstanceOf(UserDataException.class);
    assertThat(sorted(model.transform(mixed))).isEqualTo(sorted(pipeline.transform(mixed)));
    assertThat(model.threshold())
        .isEqualTo(((DeepNearestNeighborsModel) pipeline.stages()[0]).threshold());
  }

  @Test
  void kAndCleaningAreChosenByCrossValidation() {
    DeepNearestNeighbors estimator = new DeepNearestNeighbors().setNormalLabels("usual");
    CrossValidatorModel chosen =
        new CrossValidator()
            .setEstimator(estimator)
            .setEvaluator(new RocAucEvaluator().setNormalLabels("usual"))
            .setEstimatorParamMaps(
                new ParamMap[] {
                  new ParamMap().put(estimator.k(), 1).put(estimator.cleaning(), 0.0),
                  new ParamMap().put(estimator.k(), 3).put(estimator.cleaning(), 0.2)
                })
            .setNumFolds(2)
            .setSeed(1)
            .fit(mixed);
    assertThat(Arrays.stream(chosen.avgMetrics()).boxed())
        .hasSize(2)
        .allSatisfy(mean -> assertThat(mean).isGreaterThan(0.9));
    double rocAuc =
        new RocAucEvaluator().setNormalLabels("usual").evaluate(chosen.transform(mixed));
    assertThat(rocAuc).isCloseTo(1, within(0.05));
    assertThat(((DeepNearestNeighborsModel) chosen.bestModel()).getK()).isIn(1, 3);
  }

  @Test
  void aClosedModelIsFreedAndLaysItsReferenceSetOutAnew() {
    DeepNearestNeighborsModel model = new DeepNearestNeighbors().fit(normal);
    List<Row> scores = sorted(model.transform(mixed));
    Dataset<Row> late = model.transform(mixed);
    int kept = persistent();
    DeepNearestNeighborsModel copy = model.copy(ParamMap.empty()).setSearch("blocks");
    assertThat(sorted(copy.transform(mixed))).isEqualTo(scores);
    assertThat(persistent()).isGreaterThan(kept);

    model.close();

    assertThat(persistent()).isEqualTo(kept);
    assertThatThrownBy(late::collectAsList).hasStackTraceContaining("after it was destroyed");
    assertThat(sorted(model.transform(mixed))).isEqualTo(scores);
    copy.close();
  }

  private static int persistent() {
    return SparkSessions.local().sparkContext().getPersistentRDDs().size();
  }

  private static List<String> providers(Class<?> kind) {
    return ServiceLoader.load(kind).stream().map(one -> one.type().getName()).toList();
  }

  @Test
  void connectFindsEveryStageAndItsPlainParameters() throws Exception {
    Set<String> listed = new HashSet<>();
    listed.addAll(providers(Estimator.class));
    listed.addAll(providers(Transformer.class));
    List<Class<? extends Params>> stages =
        List.of(
            ImageEmbedder.class,
            DeepNearestNeighbors.class,
            DeepNearestNeighborsModel.class,
            RocAucEvaluator.class);
    assertThat(listed)
        .contains(
            ImageEmbedder.class.getName(),
            DeepNearestNeighbors.class.getName(),
            DeepNearestNeighborsModel.class.getName());
    for (Class<? extends Params> stage : stages) {
      assertThat(stage.getConstructor(String.class).newInstance("named").uid()).isEqualTo("named");
      Params free = stage.getConstructor().newInstance();
      assertThat(stage.getMethod("load", String.class).getReturnType()).isEqualTo(stage);
      List<Class<?>> kinds = new ArrayList<>();
      for (Param<?> param : free.params()) {
        kinds.add(param.getClass());
        assertThat(param.doc()).isNotBlank();
      }
      assertThat(kinds)
          .isNotEmpty()
          .isSubsetOf(
              Param.class,
              IntParam.class,
              LongParam.class,
              DoubleParam.class,
              BooleanParam.class,
              StringArrayParam.class);
    }
  }
}
