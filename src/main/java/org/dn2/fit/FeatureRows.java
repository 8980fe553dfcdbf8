package org.dn2.fit;

import java.util.Arrays;
import java.util.Objects;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.dn2.detector.Detector;
import org.dn2.embedding.ModelSpec;
import org.dn2.features.FeatureChoice;
import org.dn2.features.FeatureMap;
import org.dn2.features.Features;
import org.dn2.features.Whitening;
import org.dn2.features.WhiteningTable;

/**
 * Images with the numbers that are compared.
 *
 * @param features the way to these numbers, for other images too
 * @param images columns image_id, path, label, group_id and embedding, {@code float[dimension]}
 * @param whitening its numbers; null where nothing was learned
 * @param whiteningDigest of its numbers, 0 without any
 */
record FeatureRows(
    Features features,
    Dataset<Row> images,
    int dimension,
    Detector.FeaturesUsed description,
    Dataset<Row> whitening,
    int whiteningDigest) {
  /** Maps embeddings, and learns a whitening of them where one is chosen. */
  static FeatureRows of(Dataset<Row> images, ModelSpec model, FeatureChoice choice, Kept kept) {
    FeatureMap map = choice.mapOr(model.suitedFeatures());
    Features unlearned = Features.by(map);
    Dataset<Row> mapped = unlearned.of(images);
    if (choice.whitening() == null) {
      return new FeatureRows(
          unlearned, mapped, model.dimension(), new Detector.FeaturesUsed(map.id(), null), null, 0);
    }
    SparkSession spark = images.sparkSession();
    Whitening whitening = choice.whitening().learn(mapped, model.dimension());
    Features features = kept.add(Features.by(map, whitening, spark));
    return new FeatureRows(
        features,
        kept.persist(features.of(images)),
        whitening.outputDimension(),
        new Detector.FeaturesUsed(
            map.id(),
            new Detector.WhiteningLearned(
                whitening.outputDimension(), whitening.ridge(), images.count())),
        WhiteningTable.rows(whitening, spark),
        Objects.hash(Arrays.hashCode(whitening.directions()), whitening.ridge()));
  }
}
