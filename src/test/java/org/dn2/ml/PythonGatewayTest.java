package org.dn2.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.python.PythonUtils;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.dn2.testing.Embeddings;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import py4j.Gateway;
import py4j.ReturnObject;

/**
 * The Java classes do what PySpark asks of them, called through Py4J's gateway with the types that
 * Python's values have there: an int is an Integer, a list an ArrayList. Only the Python on the
 * other side is missing.
 */
class PythonGatewayTest {
  private static final Gateway GATEWAY = new Gateway(null);

  @TempDir Path folder;

  @BeforeAll
  static void start() {
    GATEWAY.startup();
  }

  @AfterAll
  static void stop() {
    GATEWAY.shutdown();
  }

  /** What Python would get; what is thrown comes back as an object, which Python throws again. */
  private static Object value(ReturnObject returned) {
    if (returned.isError()) {
      throw new IllegalStateException((Throwable) GATEWAY.getObject(returned.getName()));
    }
    if (returned.isNull() || returned.isVoid()) {
      return null;
    }
    return returned.getName() == null
        ? returned.getPrimitiveObject()
        : GATEWAY.getObject(returned.getName());
  }

  private static Object made(Class<?> kind, Object... arguments) {
    return value(GATEWAY.invoke(kind.getName(), new ArrayList<>(List.of(arguments))));
  }

  private static Object call(Object target, String method, Object... arguments) {
    return value(
        GATEWAY.invoke(method, GATEWAY.putNewObject(target), new ArrayList<>(List.of(arguments))));
  }

  private static Object callStatic(Class<?> kind, String method, Object... arguments) {
    return value(
        GATEWAY.invoke(method, "z:" + kind.getName(), new ArrayList<>(List.of(arguments))));
  }

  /** As PySpark hands a stage's values over: a pair by the parameter, then set or default. */
  private static Object pair(Object stage, String name, Object value) {
    return call(call(stage, "getParam", name), "w", value);
  }

  private static void set(Object stage, String name, Object value) {
    call(stage, "set", pair(stage, name, value));
  }

  private static Dataset<Row> rows(int number, long seed) {
    return Embeddings.table(Embeddings.random(number, 4, seed))
        .selectExpr("image_id AS path", "embedding AS features", "'usual' AS label");
  }

  @Test
  void aModelIsFittedUsedSavedAndLoaded() {
    Dataset<Row> normal = rows(30, 1);
    Object estimator = made(DeepNearestNeighbors.class, "DeepNearestNeighbors_0123456789ab");
    call(
        estimator,
        "setDefault",
        callStatic(
            PythonUtils.class,
            "toSeq",
            new ArrayList<>(
                List.of(pair(estimator, "seed", 0), pair(estimator, "thresholdQuantile", 0.99)))));
    set(estimator, "k", 3);
    set(estimator, "cleaning", 0.0);
    set(estimator, "seed", 7);
    set(estimator, "distance", "cosine");
    set(estimator, "normalLabels", new ArrayList<>(List.of("usual")));

    Object model = call(estimator, "fit", normal);

    Dataset<Row> expected =
        new DeepNearestNeighbors()
            .setK(3)
            .setSeed(7)
            .setDistance("cosine")
            .setNormalLabels("usual")
            .fit(normal)
            .transform(rows(9, 2));
    assertThat(model).isInstanceOf(DeepNearestNeighborsModel.class);
    assertThat(call(model, "uid")).isEqualTo("DeepNearestNeighbors_0123456789ab");
    assertThat(scores(call(model, "transform", rows(9, 2)))).isEqualTo(scores(expected));
    assertThat((Double) call(model, "threshold")).isPositive();
    assertThat(call(model, "getK")).isEqualTo(3);
    assertThat(call(model, "hasParam", "k")).isEqualTo(false);
    set(model, "leaveOneOut", true);
    Object search = call(model, "getParam", "search");
    assertThat(call(model, "isSet", search)).isEqualTo(false);
    assertThat(call(model, "getOrDefault", search)).isEqualTo("auto");

    String saved = folder.resolve("saved").toUri().toString();
    call(call(model, "write"), "save", saved);
    Object loaded = call(callStatic(DeepNearestNeighborsModel.class, "read"), "load", saved);
    assertThat(call(loaded, "detector")).isEqualTo(saved);
    assertThat(call(loaded, "getOrDefault", call(loaded, "getParam", "leaveOneOut")))
        .isEqualTo(true);
    assertThat(scores(call(loaded, "transform", normal)))
        .isEqualTo(scores(call(model, "transform", normal)));
    call(model, "close");
  }

  private static List<Row> scores(Object scored) {
    return ((Dataset<?>) scored)
        .selectExpr("path", "score", "p_value")
        .orderBy("path")
        .toDF()
        .collectAsList();
  }

  @Test
  void everyStageIsMadeCopiedAndEvaluated() {
    for (Class<?> stage :
        List.of(ImageEmbedder.class, DeepNearestNeighbors.class, RocAucEvaluator.class)) {
      Object copy = call(made(stage, "named"), "copy", made(ParamMap.class));
      assertThat(copy).isInstanceOf(stage);
      assertThat(call(copy, "uid")).isEqualTo("named");
    }
    Object embedder = made(ImageEmbedder.class, "e");
    set(embedder, "batchSize", 4);
    set(embedder, "model", "default-bf16");
    assertThat(((ImageEmbedder) embedder).getOrDefault(((ImageEmbedder) embedder).batchSize()))
        .isEqualTo(4);
    Object evaluator = made(RocAucEvaluator.class, "r");
    set(evaluator, "normalLabels", new ArrayList<>(List.of("usual")));
    assertThat(call(evaluator, "isLargerBetter")).isEqualTo(true);
    Dataset<Row> scored =
        rows(4, 3)
            .selectExpr("IF(path < 'image002', 'usual', 'odd') AS label", "path AS id")
            .selectExpr("label", "IF(label = 'odd', 2.0D, 1.0D) AS score");
    assertThat(call(evaluator, "evaluate", scored)).isEqualTo(1.0);
  }

  @Test
  void aValueOutOfRangeIsRefused() {
    Object estimator = made(DeepNearestNeighbors.class, "d");
    assertThatThrownBy(() -> set(estimator, "k", 0))
        .hasStackTraceContaining("k is 0; it must be 1 or more.");
  }
}
