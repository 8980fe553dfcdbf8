package org.dn2.fit;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.dn2.embedding.ModelSpec;
import org.dn2.score.Scorer;
import org.dn2.search.Neighborhood;
import org.dn2.search.SelfNeighbor;
import org.dn2.table.Tables;

/**
 * All that is learned from some normal images, in the order of the data's way.
 *
 * @param features of the images, learned where they are whitened
 * @param pooled the images or their groups
 * @param cleaned what of these was kept
 * @param reference what stands for what was kept
 */
record Learned(
    FeatureRows features, PooledRows pooled, CleanedRows cleaned, ReferenceTable reference) {

  /**
   * Learns.
   *
   * @param images rows of {@link Tables#EMBEDDINGS}, as the network gave them
   * @throws org.dn2.table.UserDataException if the images are too few or unfit for the method
   */
  static Learned from(Dataset<Row> images, ModelSpec model, FitMethod method, Kept kept) {
    FeatureRows features = FeatureRows.of(images, model, method.features(), kept);
    PooledRows pooled = PooledRows.of(features, method.pooling(), kept);
    CleanedRows cleaned = CleanedRows.of(pooled, method, kept);
    return new Learned(features, pooled, cleaned, ReferenceTable.of(cleaned.rows(), method, kept));
  }

  /**
   * How other images, or their groups, score by what was learned: as a detector's new images do.
   *
   * @param others rows of {@link Tables#EMBEDDINGS}, as the network gave them
   * @param k neighbors, of the detector
   * @return columns image_id and score, lazily
   */
  Dataset<Row> scores(Dataset<Row> others, FitMethod method, int k, Kept kept) {
    Dataset<Row> rows = PooledRows.of(features.features().of(others), method.pooling());
    return scorer(method, k, kept)
        .score(rows, SelfNeighbor.COUNTS)
        .select(Tables.IMAGE_ID, Tables.SCORE);
  }

  /**
   * How each row of the reference set scores by all others.
   *
   * @return columns image_id and score, lazily
   */
  Dataset<Row> leaveOneOut(FitMethod method, Kept kept) {
    return scorer(method, reference.k(), kept).leaveOneOut(reference.reference());
  }

  /**
   * How all rows, those too that cleaning dropped, score by the reference set without themselves.
   *
   * @return columns image_id and score, lazily
   */
  Dataset<Row> scoresByOthers(FitMethod method, Kept kept) {
    return scorer(method, reference.k(), kept)
        .score(pooled.rows(), SelfNeighbor.EXCLUDED)
        .select(Tables.IMAGE_ID, Tables.SCORE);
  }

  private Scorer scorer(FitMethod method, int k, Kept kept) {
    return kept.add(
        Scorer.of(
            reference.reference(),
            new Neighborhood(pooled.dimension(), method.distance(), k),
            method.search()));
  }
}
