package org.dn2.ml;

import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.ml.Transformer;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.param.ParamValidators;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.DefaultParamsWritable;
import org.apache.spark.ml.util.Identifiable$;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.expressions.GenericRowWithSchema;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.dn2.embedding.ComputeDevice;
import org.dn2.embedding.Embedder;
import org.dn2.embedding.EmbeddingSettings;
import org.dn2.image.DecodeLimits;
import org.dn2.image.ExifOrientation;
import org.dn2.pipeline.BackboneFolder;
import org.dn2.table.Tables;
import org.dn2.table.UserDataException;

/**
 * Embeds image files with a pretrained network: a column of paths in, features out, one row for
 * each row. An image that cannot be read or decoded has no features, but a {@code reason} and a
 * {@code message}. A task embeds a partition: repartition the rows to have more tasks.
 */
public final class ImageEmbedder extends Transformer
    implements DefaultParamsWritable, AutoCloseable {
  private static final long serialVersionUID = 1L;
  private static final int MOST_IMAGES = 1024;

  private final String uid;
  private final Param<String> pathCol;
  private final Param<String> featuresCol;
  private final Param<String> model;
  private final Param<String> device;
  private final IntParam batchSize;
  private transient LaidOut<Opened> laidOut = new LaidOut<>();

  public ImageEmbedder() {
    this(Identifiable$.MODULE$.randomUID("imageEmbedder"));
  }

  /**
   * @param uid names the stage in a pipeline
   */
  public ImageEmbedder(String uid) {
    this.uid = uid;
    this.pathCol =
        new Param<>(this, "pathCol", "column of paths or URIs of image files, on any Hadoop store");
    this.featuresCol =
        new Param<>(this, "featuresCol", "column that is added: array<float>, null where rejected");
    this.model =
        new Param<>(
            this,
            "model",
            "the backbone: default, default-bf16, or a folder that dn2 model import wrote");
    this.device =
        new Param<>(
            this,
            "device",
            "where the network runs: cpu, or gpu, which fails where there is none",
            NeighborParams.within(
                "device", "cpu or gpu", ParamValidators.inArray(new String[] {"cpu", "gpu"})));
    this.batchSize =
        new IntParam(
            this,
            "batchSize",
            "images per pass through the network, 1 to 1024",
            NeighborParams.within(
                "batchSize", "from 1 to 1024", ParamValidators.inRange(1, MOST_IMAGES)));
    setDefault(pathCol, Tables.PATH);
    setDefault(featuresCol, "features");
    setDefault(model, "default");
    setDefault(device, "cpu");
    setDefault(batchSize, 16);
  }

  /** A backbone that has been sent to the executors. */
  private record Opened(BackboneFolder backbone, Embedder embedder) implements AutoCloseable {
    @Override
    public void close() {
      embedder.close();
    }
  }

  @Override
  public String uid() {
    return uid;
  }

  /** The column of paths or URIs. */
  public Param<String> pathCol() {
    return pathCol;
  }

  /** The column of features that is added. */
  public Param<String> featuresCol() {
    return featuresCol;
  }

  /** The backbone. */
  public Param<String> model() {
    return model;
  }

  /** Where the network runs. */
  public Param<String> device() {
    return device;
  }

  /** Images per pass. */
  public IntParam batchSize() {
    return batchSize;
  }

  /** Names the column of paths; {@code path} by default. */
  public ImageEmbedder setPathCol(String name) {
    set(pathCol, name);
    return this;
  }

  /** Names the column of features; {@code features} by default. */
  public ImageEmbedder setFeaturesCol(String name) {
    set(featuresCol, name);
    return this;
  }

  /** Names the backbone: default, fetched on first use, default-bf16, or a model's folder. */
  public ImageEmbedder setModel(String name) {
    set(model, name);
    return this;
  }

  /** Says where the network runs: cpu (the default) or gpu. */
  public ImageEmbedder setDevice(String name) {
    set(device, name);
    return this;
  }

  /** Says how many images go through the network at once, 1 to 1024; 16 by default. */
  public ImageEmbedder setBatchSize(int images) {
    set(batchSize, images);
    return this;
  }

  /** The columns that are added, without what the features say of their backbone. */
  private StructType added() {
    return new StructType()
        .add(getOrDefault(featuresCol), FeatureColumn.TYPE, true)
        .add(Tables.REASON, DataTypes.StringType, true)
        .add(Tables.MESSAGE, DataTypes.StringType, true);
  }

  /**
   * The columns with features, reason and message.
   *
   * @throws UserDataException if there is no column of paths, or one that is added is there
   */
  @Override
  public StructType transformSchema(StructType schema) {
    String path = getOrDefault(pathCol);
    MlColumns.require(schema, path, "paths of images", "setPathCol");
    if (!schema.apply(path).dataType().equals(DataTypes.StringType)) {
      throw new UserDataException(
          "The column %s is of type %s; paths are of type string."
              .formatted(path, schema.apply(path).dataType().simpleString()));
    }
    MlColumns.requireFree(schema, added().fieldNames());
    return PackedRows.and(schema, added());
  }

  /** The rows with features, lazily; the backbone is opened at once. */
  @Override
  public Dataset<Row> transform(Dataset<?> dataset) {
    Dataset<Row> rows = dataset.toDF();
    transformSchema(rows.schema());
    Opened current = open(rows.sparkSession());
    PackedRows packed = new PackedRows(rows.schema());
    int path = rows.schema().fieldIndex(getOrDefault(pathCol));
    Dataset<Row> outcomes =
        current
            .embedder()
            .embed(rows.mapPartitions(new AsListing(packed, path), Encoders.row(Tables.LISTING)));
    StructType more =
        new StructType()
            .add(
                FeatureColumn.madeBy(
                    getOrDefault(featuresCol), current.backbone().spec(), settings().decoding()))
            .add(added().apply(1))
            .add(added().apply(2));
    return packed.unpacked(
        outcomes.select(Tables.LABEL, Tables.EMBEDDING, Tables.REASON, Tables.MESSAGE),
        new WithOutcome(packed, more),
        more);
  }

  private EmbeddingSettings settings() {
    return new EmbeddingSettings(
        (Integer) getOrDefault(batchSize),
        getOrDefault(device).equals("gpu") ? ComputeDevice.GPU : ComputeDevice.CPU,
        DecodeLimits.DEFAULT,
        ExifOrientation.IGNORE);
  }

  private Opened open(SparkSession spark) {
    return laidOut()
        .of(
            spark.sparkContext(),
            List.of(getOrDefault(model), settings()),
            () -> {
              BackboneFolder backbone = BackboneFolder.named(getOrDefault(model), null, spark);
              return new Opened(
                  backbone,
                  Embedder.broadcasting(
                      spark, backbone.spec(), backbone.torchScript(), settings()));
            });
  }

  /** One that has come out of a stream has sent nothing yet. */
  private synchronized LaidOut<Opened> laidOut() {
    if (laidOut == null) {
      laidOut = new LaidOut<>();
    }
    return laidOut;
  }

  /**
   * Frees what the stage and its copies have sent to the executors. Features that have not been
   * computed by then cannot be; the stage can still be used, and sends its backbone anew. One that
   * is never closed is freed once it and its results are garbage.
   */
  @Override
  public void close() {
    laidOut().close();
  }

  /** Rows of {@link Tables#LISTING}, which carry the given rows as labels. */
  private record AsListing(PackedRows packed, int path) implements MapPartitionsFunction<Row, Row> {
    @Override
    public Iterator<Row> call(Iterator<Row> rows) {
      PackedRows.Packing packing = packed.packing();
      return new MappedRows(rows, row -> listed(row.getString(path), packing.packed(row)));
    }

    private static Row listed(String path, String label) {
      Object[] values = new Object[Tables.LISTING.length()];
      values[Tables.LISTING.fieldIndex(Tables.IMAGE_ID)] = path == null ? "" : path;
      values[Tables.LISTING.fieldIndex(Tables.PATH)] = path;
      values[Tables.LISTING.fieldIndex(Tables.LABEL)] = label;
      return new GenericRowWithSchema(values, Tables.LISTING);
    }
  }

  /** The rows that were carried, with what became of their images. */
  private record WithOutcome(PackedRows packed, StructType more)
      implements MapPartitionsFunction<Row, Row> {
    @Override
    public Iterator<Row> call(Iterator<Row> outcomes) {
      PackedRows.Unpacking unpacking = packed.unpacking(more);
      return new MappedRows(
          outcomes,
          outcome ->
              unpacking.unpacked(
                  outcome.getString(0), outcome.get(1), outcome.get(2), outcome.get(3)));
    }
  }

  @Override
  public ImageEmbedder copy(ParamMap extra) {
    ImageEmbedder copy = defaultCopy(extra);
    copy.laidOut = laidOut();
    return copy;
  }

  /** Reads a stage that {@code write().save(path)} wrote. */
  public static MLReader<ImageEmbedder> read() {
    return new DefaultParamsReader<>();
  }

  /** The stage that was saved at a path. */
  public static ImageEmbedder load(String path) {
    return read().load(path);
  }
}
