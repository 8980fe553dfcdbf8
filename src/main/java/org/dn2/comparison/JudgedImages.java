package org.dn2.comparison;

import static org.apache.spark.sql.functions.col;

import java.util.Iterator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.dn2.embedding.ModelFingerprint;
import org.dn2.features.FeatureMap;
import org.dn2.features.Features;
import org.dn2.neighbors.Distance;
import org.dn2.search.NeighborSearch;
import org.dn2.search.Neighborhood;
import org.dn2.search.SearchPlan;
import org.dn2.search.SelfNeighbor;
import org.dn2.table.Tables;
import org.dn2.table.UserDataException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Images and the normal ones that judge them.
 *
 * @param selfNeighbor whether an image that is among the normal ones judges itself
 */
record JudgedImages(NamedEmbeddings images, Dataset<Row> normal, SelfNeighbor selfNeighbor) {
  private static final Logger LOG = LoggerFactory.getLogger(JudgedImages.class);

  /** Each image is judged by the normal ones among the others. */
  static JudgedImages byEachOther(NamedEmbeddings images, List<String> normalLabels) {
    return new JudgedImages(
        images, labeled(images.embeddings(), normalLabels), SelfNeighbor.EXCLUDED);
  }

  /**
   * Images are judged by a reference's normal ones; by all of it where it has no labels. Warns if
   * images are among them.
   *
   * @throws UserDataException if another backbone made the reference, or none of it is normal
   */
  static JudgedImages by(
      NamedEmbeddings reference, NamedEmbeddings images, List<String> normalLabels) {
    ModelFingerprint expected = reference.fingerprint();
    ModelFingerprint given = images.fingerprint();
    if (!given.fits(expected)) {
      throw new UserDataException(
          "The reference %s was embedded by the model %s, the images by %s: %s. Distances between them mean nothing."
              .formatted(reference.name(), expected, given, given.differencesFrom(expected)));
    }
    Dataset<Row> rows = reference.embeddings();
    boolean hasLabels = !rows.filter(col(Tables.LABEL).isNotNull()).isEmpty();
    Dataset<Row> normal = hasLabels ? labeled(rows, normalLabels) : rows;
    if (normal.isEmpty()) {
      throw new UserDataException(
          "The reference %s has no image with a label among %s."
              .formatted(reference.name(), normalLabels));
    }
    warnOfCopies(normal, reference.name(), images.embeddings());
    return new JudgedImages(images, normal, SelfNeighbor.COUNTS);
  }

  private static Dataset<Row> labeled(Dataset<Row> rows, List<String> normalLabels) {
    return rows.filter(col(Tables.LABEL).isin(normalLabels.toArray()));
  }

  private static void warnOfCopies(Dataset<Row> normal, String name, Dataset<Row> images) {
    long copies = normal.join(images, Tables.CONTENT_SHA256, "left_semi").count();
    if (copies > 0) {
      LOG.warn(
          "compare: {} images of the reference {} are among the compared ones too: such an image finds"
              + " itself at distance 0, and the figures are too good. Without --reference each image is"
              + " judged by the others.",
          copies,
          name);
    }
  }

  /** Each image's distances to its k nearest normal ones, ascending, by id. */
  SortedMap<String, double[]> nearest(FeatureMap map, Distance distance, int k, SearchPlan plan) {
    SortedMap<String, double[]> nearest = new TreeMap<>();
    try (Features features = Features.by(map);
        NeighborSearch search =
            NeighborSearch.open(
                features.of(normal),
                new Neighborhood(images.model().dimension(), distance, k),
                plan)) {
      Iterator<Row> rows =
          search
              .nearest(features.of(images.embeddings()), selfNeighbor)
              .select(Tables.IMAGE_ID, Tables.NEIGHBOR_DISTANCES)
              .toLocalIterator();
      while (rows.hasNext()) {
        Row row = rows.next();
        nearest.put(
            row.getString(0),
            row.<Double>getList(1).stream().mapToDouble(Double::doubleValue).toArray());
      }
    }
    return nearest;
  }
}
