package org.dn2.pipeline;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.xxhash64;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.expressions.Window;
import org.dn2.embedding.EmbeddingFingerprint;
import org.dn2.embedding.EmbeddingSettings;
import org.dn2.embedding.ModelFingerprint;
import org.dn2.embedding.ModelSpec;
import org.dn2.features.FeatureMap;
import org.dn2.image.ImageInput;
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
final class StoredEmbeddings implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StoredEmbeddings.class);

  private final SparkSession spark;
  private final EmbeddingSettings embedding;
  private final double maxRejectFraction;
  private final String folder;
  private final RunId runId;

  /** By split. */
  private final Map<ImageInput, Listing> listings = new HashMap<>();

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
    EmbedJob.Settings settings = settings(dataset, split, model, imagesPerLabel);
    String output = settings.output().folder();
    EmbeddingsStore.Stored stored = new EmbeddingsStore(spark).find(output);
    if (isSame(stored, model.spec())) {
      LOG.info("embed: {} is there already", output);
      return output;
    }
    if (stored != null) {
      warnOfDifference(stored, model.spec(), output);
    }
    Listing listed = listings.get(settings.input());
    if (listed != null && imagesPerLabel == 0) {
      new EmbedJob(spark).run(settings, listed);
    } else if (listed == null) {
      new EmbedJob(spark).run(settings, images -> choose(images, imagesPerLabel));
    } else {
      new EmbedJob(spark).run(settings, listed, images -> choose(images, imagesPerLabel));
    }
    return output;
  }

  private EmbedJob.Settings settings(
      DatasetFolder dataset, String split, BackboneFolder model, int imagesPerLabel) {
    String output =
        "%s/%s/%s/%s%s"
            .formatted(
                folder,
                dataset.name(),
                model.spec().id(),
                split,
                imagesPerLabel == 0 ? "" : "-" + imagesPerLabel + "-per-class");
    return new EmbedJob.Settings(
        dataset.split(split),
        model,
        embedding,
        maxRejectFraction,
        new Destination(output, runId, ExistingOutput.REPLACE));
  }

  /**
   * Lists a split whose embeddings are not there, before the first image is embedded.
   *
   * @throws UserDataException if the split has no image, or one without a label
   */
  void list(DatasetFolder dataset, String split, BackboneFolder model, int imagesPerLabel) {
    EmbedJob.Settings settings = settings(dataset, split, model, imagesPerLabel);
    if (listings.containsKey(settings.input())
        || isSame(new EmbeddingsStore(spark).find(settings.output().folder()), model.spec())) {
      return;
    }
    Listing listing = new EmbedJob(spark).list(settings);
    listings.put(settings.input(), listing);
    new ListedImages(settings.input().path() + ", " + split, listing.rows()).requireLabels();
  }

  @Override
  public void close() {
    listings.values().forEach(Listing::close);
  }

  private boolean isSame(EmbeddingsStore.Stored stored, ModelSpec model) {
    return stored != null && EmbeddingFingerprint.of(model, embedding).equals(stored.fingerprint());
  }

  private void warnOfDifference(EmbeddingsStore.Stored stored, ModelSpec model, String output) {
    String difference =
        ModelFingerprint.of(model, embedding.decoding()).differencesFrom(stored.modelFingerprint());
    LOG.warn(
        "embed: {} was made in another way and is made anew: {}",
        output,
        difference.isEmpty() ? "other settings, such as the device" : difference);
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
