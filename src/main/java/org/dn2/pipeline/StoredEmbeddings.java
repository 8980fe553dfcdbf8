package org.dn2.pipeline;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.xxhash64;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.expressions.Window;
import org.dn2.embedding.EmbeddingFingerprint;
import org.dn2.embedding.EmbeddingSettings;
import org.dn2.features.FeatureMap;
import org.dn2.protocols.LabeledEmbeddings;
import org.dn2.reproduction.DatasetFolder;
import org.dn2.store.Destination;
import org.dn2.store.EmbeddingsStore;
import org.dn2.store.ExistingOutput;
import org.dn2.store.RunId;
import org.dn2.table.EmbeddedImage;
import org.dn2.table.Tables;
import org.dn2.table.UserDataException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A dataset's embeddings, made once per backbone and read ever after. */
final class StoredEmbeddings {
  private static final Logger LOG = LoggerFactory.getLogger(StoredEmbeddings.class);

  private final SparkSession spark;
  private final EmbeddingSettings embedding;
  private final double maxRejectFraction;
  private final String folder;
  private final RunId runId;

  /**
   * @param folder below which they are kept
   */
  StoredEmbeddings(
      SparkSession spark,
      EmbeddingSettings embedding,
      double maxRejectFraction,
      String folder,
      RunId runId) {
    this.spark = spark;
    this.embedding = embedding;
    this.maxRejectFraction = maxRejectFraction;
    this.folder = folder;
    this.runId = runId;
  }

  /**
   * The folder of a split's embeddings, which are made if they are not there.
   *
   * @param imagesPerLabel at most, chosen by a hash of their ids; 0 for all
   */
  String of(DatasetFolder dataset, String split, BackboneFolder model, int imagesPerLabel) {
    String output =
        "%s/%s/%s/%s%s"
            .formatted(
                folder,
                dataset.name(),
                model.spec().id(),
                split,
                imagesPerLabel == 0 ? "" : "-" + imagesPerLabel + "-per-class");
    if (isThere(output, model)) {
      LOG.info("embed: {} is there already", output);
      return output;
    }
    EmbedJob.Settings settings =
        new EmbedJob.Settings(
            dataset.split(split),
            model,
            embedding,
            maxRejectFraction,
            new Destination(output, runId, ExistingOutput.REPLACE));
    new EmbedJob(spark).run(settings, images -> choose(images, imagesPerLabel));
    return output;
  }

  private boolean isThere(String output, BackboneFolder model) {
    EmbeddingsStore.Stored stored = new EmbeddingsStore(spark).find(output);
    return stored != null
        && EmbeddingFingerprint.of(model.spec(), embedding).equals(stored.fingerprint());
  }

  private static Dataset<Row> choose(Dataset<Row> images, int perLabel) {
    if (perLabel == 0) {
      return images;
    }
    return images
        .withColumn(
            "place",
            row_number()
                .over(
                    Window.partitionBy(Tables.LABEL)
                        .orderBy(xxhash64(col(Tables.IMAGE_ID)), col(Tables.IMAGE_ID))))
        .filter(col("place").leq(perLabel))
        .drop("place");
  }

  /**
   * Brings embeddings to the driver.
   *
   * @param map what each becomes
   * @throws UserDataException if an image has no label
   */
  LabeledEmbeddings read(String output, FeatureMap map) {
    List<String> ids = new ArrayList<>();
    List<String> labels = new ArrayList<>();
    List<float[]> rows = new ArrayList<>();
    Iterator<EmbeddedImage> images =
        EmbeddedImage.in(new EmbeddingsStore(spark).open(output).embeddings())
            .orderBy("imageId")
            .toLocalIterator();
    while (images.hasNext()) {
      EmbeddedImage image = images.next();
      if (image.getLabel() == null) {
        throw new UserDataException(
            "The image %s in %s has no label; a dataset to measure on needs one for each."
                .formatted(image.getImageId(), output));
      }
      ids.add(image.getImageId());
      labels.add(image.getLabel());
      rows.add(map.of(image.getEmbedding()));
    }
    return new LabeledEmbeddings(
        ids.toArray(String[]::new), labels.toArray(String[]::new), rows.toArray(float[][]::new));
  }
}
