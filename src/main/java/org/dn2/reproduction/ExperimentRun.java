package org.dn2.reproduction;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.Set;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;
import org.dn2.features.FeatureMap;
import org.dn2.features.Features;
import org.dn2.fit.Centers;
import org.dn2.fit.Cleaning;
import org.dn2.protocols.FewShot;
import org.dn2.protocols.GroupDetection;
import org.dn2.protocols.GroupSpread;
import org.dn2.protocols.Impurity;
import org.dn2.protocols.LabeledEmbeddings;
import org.dn2.protocols.Measurement;
import org.dn2.protocols.NearestCenters;
import org.dn2.protocols.OneClassSvm;
import org.dn2.protocols.OneVsRest;
import org.dn2.protocols.Protocol;
import org.dn2.table.EmbeddedImage;
import org.dn2.table.Tables;

/**
 * The experiments on one dataset's embeddings by one backbone. Training and test embeddings are
 * sent to every executor once; each experiment is one Spark job, a class or a random draw a task.
 */
public final class ExperimentRun implements AutoCloseable {
  /** The paper's: at most so many classes take their turn. */
  private static final int MOST_CLASSES = 20;

  private static final int K = 2;
  private static final List<Integer> NEIGHBORS = List.of(1, 2, 3, 5, 10, 20);
  private static final List<Integer> SIZES = List.of(10, 25, 50, 100, 250, 500, 1000, 2500, 5000);
  private static final int REPEATS = 3;
  private static final List<Double> FRACTIONS = List.of(0.0, 0.1, 0.2, 0.3, 0.4, 0.5);
  private static final double CLEANED = 0.5;

  /** The paper's way first: by the neighbors of the score, in one round. */
  private static final List<Cleaning> CLEANINGS =
      List.of(
          new Cleaning(CLEANED, K, Cleaning.Rounds.ONCE),
          new Cleaning(CLEANED),
          new Cleaning(CLEANED, null, Cleaning.Rounds.UNTIL_SETTLED));

  private static final List<Integer> CENTERS = List.of(1, 3, 5, 10);
  private static final List<Integer> GROUP_CLASSES = List.of(2, 3, 5, 10);
  private static final int TRAINING_SETS = 1000;
  private static final int TEST_SETS = 500;
  private static final int SPREAD_SIZE = 10;
  private static final int SVM_IMAGES = 1000;
  private static final double SVM_NU = 0.1;

  private final SparkSession spark;
  private final Broadcast<LabeledEmbeddings> train;
  private final Broadcast<LabeledEmbeddings> test;
  private final Dataset<Row> unmappedTrain;
  private final FeatureMap map;
  private final List<String> normals;
  private final NavigableSet<String> trainLabels;
  private OneVsRest oneVsRest;

  /** Measurements of an experiment, or why there are none. */
  record Outcome(List<Measurement> measurements, String skipped) {
    /** Neither, as a picture's. */
    static final Outcome NOTHING = new Outcome(List.of(), null);

    static Outcome skipped(String why) {
      return new Outcome(List.of(), why);
    }
  }

  /**
   * Sends the embeddings to the executors, until the run is closed.
   *
   * @param train mapped
   * @param test mapped
   * @param unmappedTrain the same training embeddings as the network gave them, rows of {@link
   *     Tables#EMBEDDINGS}
   * @param map what they become
   */
  public ExperimentRun(
      SparkSession spark,
      LabeledEmbeddings train,
      LabeledEmbeddings test,
      Dataset<Row> unmappedTrain,
      FeatureMap map) {
    this.spark = spark;
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    this.train = context.broadcast(train);
    this.test = context.broadcast(test);
    this.unmappedTrain = unmappedTrain;
    this.map = map;
    this.trainLabels = train.labelSet();
    NavigableSet<String> testLabels = test.labelSet();
    this.normals =
        trainLabels.stream()
            .filter(testLabels::contains)
            .filter(label -> testLabels.size() > 1)
            .limit(MOST_CLASSES)
            .toList();
  }

  /** How many training and test images there are, in words. */
  String size() {
    return "%,d training images of %d classes, %,d test images of %d classes"
        .formatted(
            train.value().size(),
            trainLabels.size(),
            test.value().size(),
            test.value().labelSet().size());
  }

  /** How many training images there are. */
  long trainingImages() {
    return train.value().size();
  }

  /** The measurements of one experiment. */
  Outcome run(Experiment experiment) {
    if (normals.isEmpty()) {
      return Outcome.skipped("no class has both training and test images beside other test images");
    }
    Set<Experiment> ofSeveralClasses =
        Set.of(Experiment.MULTIMODAL, Experiment.IMPURITY, Experiment.GROUPS);
    if (ofSeveralClasses.contains(experiment) && trainLabels.size() < 2) {
      return Outcome.skipped("it needs training images of two classes or more");
    }
    return switch (experiment) {
      case UNIMODAL -> unimodal("DN2", List.of(K));
      case NEIGHBORS -> unimodal("kNN", NEIGHBORS);
      case MULTIMODAL -> multimodal();
      case FEW_SHOT ->
          measured(normals.stream().<Protocol>map(c -> new FewShot(c, SIZES, REPEATS, K)).toList());
      case IMPURITY ->
          measured(
              normals.stream()
                  .<Protocol>map(c -> new Impurity(c, FRACTIONS, CLEANINGS, K))
                  .toList());
      case CENTERS -> centers();
      case GROUPS -> groups();
      case GROUP_SPREAD -> groupSpread();
      case RIVALS -> rivals("embeddings");
      case TSNE -> throw new IllegalArgumentException("a picture is no measurement");
    };
  }

  /** Every class in turn, by k nearest neighbors. */
  private Outcome unimodal(String setting, List<Integer> neighbors) {
    OneVsRest found = oneVsRest();
    List<Measurement> measurements = new ArrayList<>();
    for (String normal : normals) {
      for (int k : neighbors) {
        measurements.add(Measurement.of(setting, normal, k, 0, found.unimodal(normal, k)));
      }
    }
    return new Outcome(measurements, null);
  }

  /** Two methods on the same numbers. */
  Outcome rivals(String numbers) {
    List<Measurement> measurements = new ArrayList<>();
    measurements.addAll(unimodal("kNN on " + numbers, List.of(K)).measurements());
    measurements.addAll(oneClassSvm("OC-SVM on " + numbers).measurements());
    return new Outcome(measurements, null);
  }

  /** Every class in turn, by a one-class support vector machine. */
  private Outcome oneClassSvm(String setting) {
    return measured(
        normals.stream()
            .<Protocol>map(c -> new OneClassSvm(c, setting, SVM_IMAGES, SVM_NU))
            .toList());
  }

  private Outcome multimodal() {
    OneVsRest found = oneVsRest();
    List<Measurement> measurements = new ArrayList<>();
    for (String anomalous : normals) {
      measurements.add(
          Measurement.of("DN2", "all but " + anomalous, K, 0, found.multimodal(anomalous, K)));
    }
    return new Outcome(measurements, null);
  }

  /** All classes' neighbors of all test images, found in one job. */
  private OneVsRest oneVsRest() {
    if (oneVsRest == null) {
      Broadcast<LabeledEmbeddings> from = train;
      Broadcast<LabeledEmbeddings> asked = test;
      int most = NEIGHBORS.get(NEIGHBORS.size() - 1);
      List<OneVsRest.ClassNearest> classes =
          parallel(List.copyOf(trainLabels))
              .map(label -> OneVsRest.ClassNearest.search(from.value(), asked.value(), label, most))
              .collect();
      oneVsRest = new OneVsRest(test.value().labels(), classes);
    }
    return oneVsRest;
  }

  private Outcome measured(List<Protocol> protocols) {
    Broadcast<LabeledEmbeddings> from = train;
    Broadcast<LabeledEmbeddings> asked = test;
    return new Outcome(
        parallel(protocols)
            .flatMap(protocol -> protocol.measure(from.value(), asked.value()).iterator())
            .collect(),
        null);
  }

  private <T> JavaRDD<T> parallel(List<T> pieces) {
    return JavaSparkContext.fromSparkContext(spark.sparkContext())
        .parallelize(pieces, pieces.size());
  }

  private Outcome centers() {
    Dataset<Row> embeddings = Features.by(map).of(unmappedTrain);
    List<Protocol> protocols = new ArrayList<>();
    for (String normal : normals) {
      // Kept over the counts: reading a class means reading the whole table.
      Dataset<Row> images =
          embeddings
              .filter(embeddings.col(Tables.LABEL).equalTo(normal))
              .persist(StorageLevel.MEMORY_AND_DISK());
      try {
        long available = images.count();
        for (int count : CENTERS.stream().filter(count -> count <= available).toList()) {
          List<float[]> centers = new ArrayList<>();
          Centers.Clustered clustered = new Centers(count, 0, "euclidean").cluster(images);
          EmbeddedImage.in(clustered.reference())
              .collectAsList()
              .forEach(center -> centers.add(center.getEmbedding()));
          protocols.add(new NearestCenters(normal, centers.toArray(float[][]::new), K));
        }
      } finally {
        images.unpersist();
      }
    }
    List<Measurement> measurements = new ArrayList<>(measured(protocols).measurements());
    for (Measurement all : unimodal("DN2", List.of(K)).measurements()) {
      measurements.add(all.withParameter(Double.NaN));
    }
    return new Outcome(measurements, null);
  }

  private Outcome groups() {
    List<String> classes = trainLabels.stream().filter(test.value().labelSet()::contains).toList();
    List<Protocol> protocols = new ArrayList<>();
    for (int count : GROUP_CLASSES) {
      for (int repeat = 0; repeat < REPEATS && count <= classes.size(); repeat++) {
        protocols.add(
            new GroupDetection(
                new ArrayList<>(classes.subList(0, count)), TRAINING_SETS, TEST_SETS, repeat, K));
      }
    }
    return measured(protocols);
  }

  private Outcome groupSpread() {
    List<Protocol> protocols = new ArrayList<>();
    for (int repeat = 0; repeat < REPEATS; repeat++) {
      protocols.add(new GroupSpread(SPREAD_SIZE, TEST_SETS, repeat));
    }
    return measured(protocols);
  }

  /** The first class that takes its turn. */
  String firstNormal() {
    return normals.isEmpty() ? null : normals.get(0);
  }

  LabeledEmbeddings test() {
    return test.value();
  }

  /** What the embeddings became. */
  FeatureMap features() {
    return map;
  }

  @Override
  public void close() {
    train.destroy();
    test.destroy();
  }
}
