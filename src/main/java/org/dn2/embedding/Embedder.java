package org.dn2.embedding;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;
import org.dn2.table.Tables;

/** Embeds a listing of images with one backbone. */
public final class Embedder {
  private final ModelSpec spec;
  private final Path modelFile;
  private final EmbeddingSettings settings;

  /**
   * @param modelFile the TorchScript file that {@code spec} describes, on the driver's own disk
   */
  public Embedder(ModelSpec spec, Path modelFile, EmbeddingSettings settings) {
    this.spec = spec;
    this.modelFile = modelFile;
    this.settings = settings;
  }

  /**
   * What becomes of every listed image, lazily: the columns of {@link Tables#EMBEDDINGS} and {@link
   * Tables#REJECTS} together, one row per input row. Where {@code reason} is null the row has an
   * embedding of the model's dimension in finite numbers, elsewhere it has none.
   *
   * @param images rows of {@link Tables#IMAGES}, in as many partitions as tasks shall run
   */
  public Dataset<Row> embed(Dataset<Row> images) {
    Tables.requireColumns(images, "The listing of images", Tables.IMAGES.fieldNames());
    SparkSession spark = images.sparkSession();
    EmbedPartition embedPartition =
        new EmbedPartition(
            spec,
            ship(spark),
            settings,
            new SerializableConfiguration(spark.sessionState().newHadoopConf()));
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
            col("message").as(Tables.MESSAGE));
  }

  /**
   * Sends the model file to every executor under a name that no other model has, and returns it.
   */
  private String ship(SparkSession spark) {
    String name = spec.sha256() + ".pt";
    if (spark.sparkContext().listFiles().exists(shipped -> shipped.endsWith("/" + name))) {
      return name;
    }
    try {
      Path folder = Files.createTempDirectory("dn2-model-");
      Path file = linkOrCopy(folder.resolve(name));
      folder.toFile().deleteOnExit();
      file.toFile().deleteOnExit();
      spark.sparkContext().addFile(file.toUri().toString());
      return name;
    } catch (IOException e) {
      throw new UncheckedIOException("The model file " + modelFile + " cannot be shipped.", e);
    }
  }

  /** A file that stays while executors may ask for it, even if the model's folder is removed. */
  private Path linkOrCopy(Path place) throws IOException {
    try {
      return Files.createLink(place, modelFile);
    } catch (IOException | UnsupportedOperationException e) {
      return Files.copy(modelFile, place);
    }
  }
}
