package org.dn2.embedding;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;
import org.dn2.table.Tables;
import org.dn2.table.UserDataException;
import org.dn2.work.LiveSum;

/**
 * Embeds a listing of images with one backbone, which is sent to every executor as a broadcast.
 * Close it once the outcomes have been written.
 */
public final class Embedder implements AutoCloseable {
  /**
   * Outcomes: how many bits the largest sample of an image needs, where its file has 16 without a
   * word of fewer, and 14 would do; else null.
   */
  public static final String FEW_BITS = "few_bits";

  /** What {@link #embed} gives: an embedding, or a reason and a message. */
  public static final StructType OUTCOMES =
      new StructType(
          Stream.concat(
                  Arrays.stream(Tables.EMBEDDINGS.fields()),
                  Stream.of(
                      new StructField(Tables.REASON, DataTypes.StringType, true, Metadata.empty()),
                      new StructField(Tables.MESSAGE, DataTypes.StringType, true, Metadata.empty()),
                      new StructField(Tables.LISTED_AS, DataTypes.LongType, true, Metadata.empty()),
                      new StructField(FEW_BITS, DataTypes.IntegerType, true, Metadata.empty())))
              .toArray(StructField[]::new));

  private final ModelSpec spec;
  private final Broadcast<byte[]> torchScript;
  private final EmbeddingSettings settings;
  private final LiveSum imagesDone;

  private Embedder(
      SparkSession spark,
      ModelSpec spec,
      Broadcast<byte[]> torchScript,
      EmbeddingSettings settings) {
    this.spec = spec;
    this.torchScript = torchScript;
    this.settings = settings;
    this.imagesDone = new LiveSum(spark.sparkContext(), "images embedded or rejected");
  }

  /**
   * Reads the model and makes it available to executors.
   *
   * @param modelFile the TorchScript file that {@code spec} describes, on the driver's own disk, of
   *     less than 2 GiB
   * @throws UserDataException if the file cannot be read, or where tasks run in this process and it
   *     finds no libtorch
   */
  public static Embedder broadcasting(
      SparkSession spark, ModelSpec spec, Path modelFile, EmbeddingSettings settings) {
    if (spark.sparkContext().isLocal()) {
      Libtorch.found();
    }
    try {
      ModelFile.requireLoadable(modelFile.toString(), Files.size(modelFile));
      byte[] bytes = Files.readAllBytes(modelFile);
      return new Embedder(
          spark,
          spec,
          JavaSparkContext.fromSparkContext(spark.sparkContext()).broadcast(bytes),
          settings);
    } catch (IOException e) {
      throw new UserDataException(
          "The model file " + modelFile + " cannot be read: " + e.getMessage(), e);
    }
  }

  /**
   * About how many images have been embedded or rejected by tasks that have ended: those that run
   * again count again.
   */
  public long imagesDone() {
    return imagesDone.ofEnded();
  }

  /** The same with those of tasks under way, for showing progress. */
  public long imagesSoFar() {
    return imagesDone.soFar();
  }

  /**
   * What becomes of every listed image, lazily: rows of {@link #OUTCOMES}, one per input row. Where
   * {@code reason} is null the row has an embedding of the model's dimension in finite numbers,
   * elsewhere it has none.
   *
   * @param images rows of {@link Tables#LISTING}, with or without {@link Tables#LISTED_AS}, in as
   *     many partitions as tasks shall run
   */
  public Dataset<Row> embed(Dataset<Row> images) {
    Tables.requireColumns(images, "The listing of images", Tables.LISTING.fieldNames());
    SparkSession spark = images.sparkSession();
    EmbedPartition embedPartition =
        new EmbedPartition(
            spec,
            torchScript,
            settings,
            new SerializableConfiguration(spark.sessionState().newHadoopConf()),
            imagesDone.accumulator());
    return images
        .mapPartitions(embedPartition, Encoders.bean(ImageOutcome.class))
        .select(
            col("imageId").as(Tables.IMAGE_ID),
            col("path").as(Tables.PATH),
            col("sizeBytes").as(Tables.SIZE_BYTES),
            col("modifiedAt").as(Tables.MODIFIED_AT),
            col("contentSha256").as(Tables.CONTENT_SHA256),
            col("label").as(Tables.LABEL),
            col("groupId").as(Tables.GROUP_ID),
            col("embedding").as(Tables.EMBEDDING),
            lit(spec.id()).as(Tables.MODEL_ID),
            col("reason").as(Tables.REASON),
            col("message").as(Tables.MESSAGE),
            col("listedAs").as(Tables.LISTED_AS),
            col("fewBits").as(FEW_BITS));
  }

  /** Frees the executors' copies of the model's file; loaded models stay. */
  @Override
  public void close() {
    imagesDone.close();
    torchScript.destroy();
  }
}
