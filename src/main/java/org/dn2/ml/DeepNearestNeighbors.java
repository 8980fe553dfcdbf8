package org.dn2.ml;

import static org.apache.spark.sql.functions.col;

import java.util.List;
import org.apache.spark.ml.Estimator;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.LongParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.param.StringArrayParam;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.DefaultParamsWritable;
import org.apache.spark.ml.util.Identifiable$;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;
import org.dn2.embedding.ModelSpec;
import org.dn2.fit.Fit;
import org.dn2.fit.NormalImages;
import org.dn2.neighbors.VectorModule;
import org.dn2.table.LentCache;
import org.dn2.table.Tables;
import org.dn2.table.UserDataException;

/**
 * Fits a detector to features of normal images (Deep Nearest-Neighbor anomaly detection, section
 * 3.1): the detector is the features themselves, or what cleaning and clustering leave of them.
 *
 * <p>All rows count as normal unless {@code normalLabels} says which labels do. Rows without
 * features are left out, with a warning. The fitted detector is kept in a folder, so that the model
 * holds no rows: the one that {@code detector} names, else one in Spark's checkpoint folder, else,
 * on one machine, a temporary one that goes with the process.
 */
public final class DeepNearestNeighbors extends Estimator<DeepNearestNeighborsModel>
    implements DefaultParamsWritable {
  private static final long serialVersionUID = 1L;

  private final String uid;
  private final NeighborParams shared;
  private final MethodParams method;
  private final Param<String> labelCol;
  private final StringArrayParam normalLabels;
  private final Param<String> detector;

  public DeepNearestNeighbors() {
    this(Identifiable$.MODULE$.randomUID("deepNearestNeighbors"));
  }

  /**
   * @param uid names the stage in a pipeline
   */
  public DeepNearestNeighbors(String uid) {
    this.uid = uid;
    this.shared = new NeighborParams(this);
    this.method = new MethodParams(this);
    this.labelCol = new Param<>(this, "labelCol", "column of labels, where there are normalLabels");
    this.normalLabels =
        new StringArrayParam(this, "normalLabels", "labels that are normal; not set: all rows are");
    this.detector =
        new Param<>(
            this,
            "detector",
            "folder for the fitted detector, which must not be there; empty: one in Spark's checkpoint"
                + " folder, or on one machine a temporary one");
    setDefault(labelCol, Tables.LABEL);
    setDefault(detector, "");
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

  /** Neighbors whose distances are averaged. */
  public IntParam k() {
    return method.k;
  }

  /** The distance between rows. */
  public Param<String> distance() {
    return method.distance;
  }

  /** The fraction that cleaning drops. */
  public DoubleParam cleaning() {
    return method.cleaning;
  }

  /** How many centers stand for the rows. */
  public IntParam centers() {
    return method.centers;
  }

  /** Of the clustering's random start. */
  public LongParam seed() {
    return method.seed;
  }

  /** What each row's numbers become first. */
  public Param<String> features() {
    return method.features;
  }

  /** Of normal rows' scores, above which lies the threshold. */
  public DoubleParam thresholdQuantile() {
    return method.thresholdQuantile;
  }

  /** The column of labels. */
  public Param<String> labelCol() {
    return labelCol;
  }

  /** The labels that are normal. */
  public StringArrayParam normalLabels() {
    return normalLabels;
  }

  /** The folder of the detector. */
  public Param<String> detector() {
    return detector;
  }

  /** Names the column of features, vectors or arrays; {@code features} by default. */
  public DeepNearestNeighbors setFeaturesCol(String name) {
    set(shared.featuresCol, name);
    return this;
  }

  /** Names the column that names a row; {@code path} by default. */
  public DeepNearestNeighbors setIdCol(String name) {
    set(shared.idCol, name);
    return this;
  }

  /** Says how to search: auto (the default), broadcast, blocks, lists or lists:N. */
  public DeepNearestNeighbors setSearch(String plan) {
    set(shared.search, plan);
    return this;
  }

  /** Says how many neighbors' distances are averaged, 1 or more; 2, as in the paper, by default. */
  public DeepNearestNeighbors setK(int neighbors) {
    set(method.k, neighbors);
    return this;
  }

  /** Names the distance: squared_euclidean (equation 2, the default), cosine or manhattan. */
  public DeepNearestNeighbors setDistance(String name) {
    set(method.distance, name);
    return this;
  }

  /** Says what fraction is dropped first (section 3.2): from 0, the default, to below 1. */
  public DeepNearestNeighbors setCleaning(double fraction) {
    set(method.cleaning, fraction);
    return this;
  }

  /** Says how many centers stand for the rows (section 5.1); 0, none, by default. */
  public DeepNearestNeighbors setCenters(int number) {
    set(method.centers, number);
    return this;
  }

  /** Sets the clustering's random start; 0 by default. */
  public DeepNearestNeighbors setSeed(long start) {
    set(method.seed, start);
    return this;
  }

  /** Names the map of numbers: auto (the default), none, l2, root, root-l2 or log-l2. */
  public DeepNearestNeighbors setFeatures(String map) {
    set(method.features, map);
    return this;
  }

  /** Says which quantile of normal scores is the threshold, in (0, 1); 0.99 by default. */
  public DeepNearestNeighbors setThresholdQuantile(double quantile) {
    set(method.thresholdQuantile, quantile);
    return this;
  }

  /** Names the column of labels; {@code label} by default. */
  public DeepNearestNeighbors setLabelCol(String name) {
    set(labelCol, name);
    return this;
  }

  /** Names the labels that are normal; without any, all rows are. */
  public DeepNearestNeighbors setNormalLabels(String... labels) {
    set(normalLabels, labels);
    return this;
  }

  /** Names the folder of the fitted detector, which must not be there: it serves one fit. */
  public DeepNearestNeighbors setDetector(String folder) {
    set(detector, folder);
    return this;
  }

  /**
   * The columns that the model gives.
   *
   * @throws UserDataException if a column is missing, of a type that is none of features, or there
   *     already
   */
  @Override
  public StructType transformSchema(StructType schema) {
    VectorModule.require();
    if (labels().length > 0) {
      MlColumns.require(schema, getOrDefault(labelCol), "labels", "setLabelCol");
    }
    return DeepNearestNeighborsModel.added(schema, shared, this);
  }

  private String[] labels() {
    return isDefined(normalLabels) ? getOrDefault(normalLabels) : new String[0];
  }

  /**
   * Fits, at once, and keeps the detector in its folder.
   *
   * @throws UserDataException if the rows are too few or unfit for the method, or no folder can be
   *     taken
   */
  @Override
  public DeepNearestNeighborsModel fit(Dataset<?> dataset) {
    Dataset<Row> rows = dataset.toDF();
    transformSchema(rows.schema());
    String label = labels().length == 0 ? null : getOrDefault(labelCol);
    FeatureColumn column = FeatureColumn.in(rows.schema(), getOrDefault(shared.featuresCol));
    String id = getOrDefault(shared.idCol);
    String folder =
        LentCache.with(
            LearningRows.of(rows, column, id, label),
            StorageLevel.MEMORY_AND_DISK(),
            kept -> {
              int dimension = LearningRows.requireDimension(kept, column.name(), id);
              ModelSpec made = column.model(rows.schema());
              Dataset<Row> normal =
                  NormalImages.in(
                      kept.filter(col(Tables.EMBEDDING).isNotNull()),
                      List.of(labels()),
                      "the column " + column.name());
              return fitted(
                  normal,
                  made == null ? FeatureColumn.unknownModel(dimension) : made,
                  column,
                  rows.schema());
            });
    return copyValues(new DeepNearestNeighborsModel(uid, folder).setParent(this), ParamMap.empty());
  }

  private String fitted(
      Dataset<Row> normal, ModelSpec model, FeatureColumn column, StructType schema) {
    DetectorFolder folder = DetectorFolder.of(getOrDefault(detector), normal.sparkSession());
    Fit.Provenance from = folder.provenance(column, schema, List.of(labels()));
    try (Fit fit = Fit.of(normal, model, method.of(this, shared), method.threshold(this), from)) {
      folder.write(fit.detector());
    }
    return folder.path();
  }

  @Override
  public DeepNearestNeighbors copy(ParamMap extra) {
    return defaultCopy(extra);
  }

  /** Reads a stage that {@code write().save(path)} wrote. */
  public static MLReader<DeepNearestNeighbors> read() {
    return new DefaultParamsReader<>();
  }

  /** The stage that was saved at a path. */
  public static DeepNearestNeighbors load(String path) {
    return read().load(path);
  }
}
