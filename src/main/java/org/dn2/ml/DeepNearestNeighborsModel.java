package org.dn2.ml;

import org.apache.hadoop.fs.Path;
import org.apache.spark.ml.Model;
import org.apache.spark.ml.param.BooleanParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.param.Params;
import org.apache.spark.ml.util.Identifiable$;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWritable;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.dn2.detector.Detector;
import org.dn2.detector.FittedDetector;
import org.dn2.embedding.ModelFingerprint;
import org.dn2.embedding.ModelSpec;
import org.dn2.score.DetectorScoring;
import org.dn2.score.ModelCheck;
import org.dn2.search.SearchPlan;
import org.dn2.search.SelfNeighbor;
import org.dn2.store.DetectorStore;
import org.dn2.table.LiteralPath;
import org.dn2.table.UserDataException;

/**
 * Scores features by a detector: {@code score}, 0 or more and higher for what is more anomalous, is
 * the mean distance to the k nearest rows of the reference set (section 3.1, equation 2); {@code
 * p_value} is the fraction of normal rows that would score as high or higher, null where the
 * detector promises none; {@code is_anomaly} says whether the score is above {@link #threshold};
 * {@code neighbor_ids} and {@code neighbor_distances} name the nearest rows, the nearest first.
 *
 * <p>The model holds the path of the detector's folder, which {@code dn2} reads too, and no rows.
 */
public final class DeepNearestNeighborsModel extends Model<DeepNearestNeighborsModel>
    implements MLWritable, AutoCloseable {
  private static final long serialVersionUID = 1L;

  private final String uid;
  private final NeighborParams shared;
  private final BooleanParam leaveOneOut;
  private final String folder;
  private transient LaidOut<DetectorScoring> laidOut = new LaidOut<>();

  /** One without a detector, which transforms nothing: what Spark Connect asks of a model. */
  public DeepNearestNeighborsModel() {
    this(Identifiable$.MODULE$.randomUID("deepNearestNeighbors"));
  }

  /**
   * One without a detector.
   *
   * @param uid names the stage in a pipeline
   */
  public DeepNearestNeighborsModel(String uid) {
    this(uid, null);
  }

  DeepNearestNeighborsModel(String uid, String folder) {
    this.uid = uid;
    this.folder = folder;
    this.shared = new NeighborParams(this);
    this.leaveOneOut =
        new BooleanParam(
            this,
            "leaveOneOut",
            "whether a row of the reference set, known by its id, is no neighbor of its own");
    setDefault(leaveOneOut, false);
  }

  @Override
  public String uid() {
    return uid;
  }

  /** The column of features. */
  public Param<String> featuresCol() {
    return shared.featuresCol;
  }

  /** The column that names a row. */
  public Param<String> idCol() {
    return shared.idCol;
  }

  /** How the reference set is searched. */
  public Param<String> search() {
    return shared.search;
  }

  /** Whether a row of the reference set is no neighbor of its own. */
  public BooleanParam leaveOneOut() {
    return leaveOneOut;
  }

  /** Names the column of features; {@code features} by default. */
  public DeepNearestNeighborsModel setFeaturesCol(String name) {
    set(shared.featuresCol, name);
    return this;
  }

  /** Names the column that names a row; {@code path} by default. */
  public DeepNearestNeighborsModel setIdCol(String name) {
    set(shared.idCol, name);
    return this;
  }

  /** Says how to search: auto (the default), broadcast, blocks, lists or lists:N. */
  public DeepNearestNeighborsModel setSearch(String plan) {
    set(shared.search, plan);
    return this;
  }

  /** Says whether the rows of the fit are judged by the others only; false by default. */
  public DeepNearestNeighborsModel setLeaveOneOut(boolean isLeftOut) {
    set(leaveOneOut, isLeftOut);
    return this;
  }

  /** The folder of the detector, as {@code dn2 fit} writes it. */
  public String detector() {
    if (folder == null) {
      throw new UserDataException(
          "This model has no detector. Fit one by DeepNearestNeighbors, or load one.");
    }
    return folder;
  }

  /** The score above which a row is an anomaly, in the unit of scores. */
  public double threshold() {
    return description(SparkSession.active()).threshold().value();
  }

  /** How many neighbors' distances are averaged; with few centers, fewer than were asked for. */
  public int getK() {
    return description(SparkSession.active()).k();
  }

  /** The distance: {@code squared_euclidean}, {@code cosine} or {@code manhattan}. */
  public String getDistance() {
    return description(SparkSession.active()).distance();
  }

  /** The map of each row's numbers, such as {@code none} or {@code log-l2}. */
  public String getFeatures() {
    return description(SparkSession.active()).features().map();
  }

  /** The fraction that cleaning dropped; 0 for none. */
  public double getCleaning() {
    Detector detector = description(SparkSession.active());
    return detector.cleaning() == null ? 0 : detector.cleaning().fraction();
  }

  /** How many centers were asked for; 0 where the rows themselves are searched. */
  public int getCenters() {
    Detector detector = description(SparkSession.active());
    return detector.clustering() == null ? 0 : detector.clustering().centers();
  }

  /** The detector in one line for people: k, distance, rows, features, threshold. */
  public String describe() {
    Detector detector = description(SparkSession.active());
    return "k %d, %s, %s".formatted(detector.k(), detector.distance(), detector.inWords());
  }

  private Detector description(SparkSession spark) {
    return new DetectorStore(spark).description(place());
  }

  private Path place() {
    return LiteralPath.given(detector());
  }

  /**
   * The columns with those of the scores.
   *
   * @throws UserDataException if a column is missing, of a type that is none of features, or there
   *     already
   */
  @Override
  public StructType transformSchema(StructType schema) {
    return added(schema, shared, this);
  }

  static StructType added(StructType schema, NeighborParams shared, Params stage) {
    FeatureColumn.in(schema, stage.getOrDefault(shared.featuresCol));
    MlColumns.requireId(schema, stage.getOrDefault(shared.idCol));
    MlColumns.requireFree(schema, RowScoring.ADDED.fieldNames());
    return PackedRows.and(schema, RowScoring.ADDED);
  }

  /**
   * The rows with their scores; rows without features have none. The reference set is laid out at
   * once, and the rows are read lazily and once; with the plans {@code blocks} and {@code lists},
   * which {@code auto} takes for large reference sets, they are counted at once and read twice.
   *
   * @throws UserDataException if the features are of another backbone than the detector's, as far
   *     as both say it; when the rows are read, if they have another dimension or are not finite
   */
  @Override
  public Dataset<Row> transform(Dataset<?> dataset) {
    Dataset<Row> rows = dataset.toDF();
    StructType schema = rows.schema();
    transformSchema(schema);
    FeatureColumn features = FeatureColumn.in(schema, getOrDefault(shared.featuresCol));
    DetectorScoring scoring = open(rows.sparkSession(), features, schema);
    return new RowScoring(
            features,
            schema.fieldIndex(getOrDefault(shared.idCol)),
            embeddingDimension(description(rows.sparkSession())))
        .scores(
            rows,
            scoring,
            (Boolean) getOrDefault(leaveOneOut) ? SelfNeighbor.EXCLUDED : SelfNeighbor.COUNTS);
  }

  /** A whitened detector compares fewer numbers than an embedding has. */
  private static int embeddingDimension(Detector detector) {
    return detector.model() == null
        ? detector.dimension()
        : detector.model().path("dimension").asInt(detector.dimension());
  }

  private DetectorScoring open(SparkSession spark, FeatureColumn features, StructType schema) {
    FittedDetector detector = new DetectorStore(spark).read(place());
    requireSingle(detector.description());
    ModelSpec made = features.model(schema);
    if (made != null) {
      new ModelCheck(detector.description(), folder)
          .requireMadeBy(
              "the column " + features.name(),
              ModelFingerprint.of(made, features.decoding(schema)));
    }
    SearchPlan plan = SearchPlan.named(getOrDefault(shared.search));
    return laidOut().of(spark.sparkContext(), plan, () -> DetectorScoring.open(detector, plan));
  }

  /** One that has come out of a stream has nothing laid out yet. */
  private synchronized LaidOut<DetectorScoring> laidOut() {
    if (laidOut == null) {
      laidOut = new LaidOut<>();
    }
    return laidOut;
  }

  /**
   * Frees what the model and its copies have sent to the executors, or laid out on their disks.
   * Scores that have not been computed by then cannot be; the model can still be used, and lays its
   * reference set out anew. A model that is never closed is freed once it and its results are
   * garbage.
   */
  @Override
  public void close() {
    laidOut().close();
  }

  private void requireSingle(Detector detector) {
    if (detector.pooling() != null) {
      throw new UserDataException(
          "The detector in %s is of groups of images, which rows by themselves are not. Score them by dn2 score."
              .formatted(folder));
    }
  }

  @Override
  public DeepNearestNeighborsModel copy(ParamMap extra) {
    DeepNearestNeighborsModel copy = new DeepNearestNeighborsModel(uid, folder);
    copy.laidOut = laidOut();
    return copyValues(copy.setParent(parent()), extra);
  }

  /** Writes the model as a detector's folder, which MLlib and {@code dn2 score} read. */
  @Override
  public MLWriter write() {
    return new DetectorWriter(this);
  }

  /** Reads what {@link #write} wrote, or any detector of {@code dn2 fit}. */
  public static MLReader<DeepNearestNeighborsModel> read() {
    return new DetectorReader();
  }

  /** The model that was saved at a path, or the detector of {@code dn2 fit} there. */
  public static DeepNearestNeighborsModel load(String path) {
    return read().load(path);
  }
}
