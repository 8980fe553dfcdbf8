package org.dn2.pipeline;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.lit;

import java.util.HashMap;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.dn2.image.ImageInput;
import org.dn2.image.ImageListing;
import org.dn2.store.EmbeddingsStore;
import org.dn2.table.ContentPlace;
import org.dn2.table.Crop;
import org.dn2.table.Tables;
import org.dn2.table.UserDataException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the pixels of images come from: from the files that scores and detectors name, or from
 * where tables and manifests say, which are looked into again.
 *
 * @param inputs the tables and manifests, each with what the ids of its images begin with
 */
record ShownImages(SparkSession spark, Map<String, ImageInput> inputs) {
  private static final Logger LOG = LoggerFactory.getLogger(ShownImages.class);

  /**
   * Of what was embedded.
   *
   * @param embeddings the folder; null, or one that is no more, for files alone
   */
  static ShownImages embedded(SparkSession spark, String embeddings) {
    ImageInput input = embeddings == null ? null : new EmbeddingsStore(spark).listedBy(embeddings);
    return new ShownImages(spark, input == null ? Map.of() : Map.of("", input));
  }

  /**
   * Looks for some images; what cannot be found has no entry.
   *
   * @param paths by the images' ids, each null where the image has no file of its own
   */
  Map<String, ShownImage> of(Map<String, String> paths) {
    Map<String, ShownImage> found = new HashMap<>();
    paths.forEach(
        (id, path) -> {
          if (path != null) {
            found.put(id, new ShownImage(path, null, null));
          }
        });
    if (!paths.isEmpty()) {
      inputs.forEach((begin, input) -> lookInto(input, begin, paths, found));
    }
    return found;
  }

  private void lookInto(
      ImageInput input, String begin, Map<String, String> paths, Map<String, ShownImage> found) {
    try {
      ImageListing.list(spark, input)
          .withColumn(Tables.IMAGE_ID, concat(lit(begin), col(Tables.IMAGE_ID)))
          .filter(col(Tables.IMAGE_ID).isin(paths.keySet().toArray()))
          .collectAsList()
          .forEach(row -> found.put(row.getAs(Tables.IMAGE_ID), shown(row)));
    } catch (UserDataException e) {
      LOG.warn(
          "The pictures of images in {} may be missing: it cannot be listed again. {}",
          input.path(),
          e.getMessage());
    }
  }

  private static ShownImage shown(Row image) {
    return new ShownImage(image.getAs(Tables.PATH), ContentPlace.of(image), Crop.of(image));
  }
}
