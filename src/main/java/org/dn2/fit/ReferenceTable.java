package org.dn2.fit;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.exists;
import static org.apache.spark.sql.functions.not;

import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.dn2.detector.Detector;
import org.dn2.neighbors.Distance;
import org.dn2.score.Scorer;
import org.dn2.search.Neighborhood;
import org.dn2.search.SearchPlan;
import org.dn2.search.SelfNeighbor;
import org.dn2.table.Printable;
import org.dn2.table.Tables;
import org.dn2.table.UserDataException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The reference set: the rows themselves, or centers that stand for them.
 *
 * @param reference columns image_id and embedding, among others
 * @param clustered the rows that centers stand for; null where the reference set is the rows
 * @param k neighbors that are there at least
 * @param description null where the reference set is the rows
 */
record ReferenceTable(
    Dataset<Row> reference, Dataset<Row> clustered, int k, Detector.ClusteringDone description) {
  private static final Logger LOG = LoggerFactory.getLogger(ReferenceTable.class);

  /** Clusters where centers are asked for (section 5.1). */
  static ReferenceTable of(Dataset<Row> rows, FitMethod method, Kept kept) {
    if (method.centers().isEmpty()) {
      return new ReferenceTable(rows, null, method.k(), null);
    }
    int centers = method.centers().getAsInt();
    if (method.distance() == Distance.COSINE) {
      requireDirections(rows);
    }
    String measure = method.distance() == Distance.COSINE ? "cosine" : "euclidean";
    Centers.Clustered clustered = new Centers(centers, method.seed(), measure).cluster(rows);
    if (clustered.count() < centers) {
      LOG.warn(
          "There are {} centers instead of {}: too few images differ.", clustered.count(), centers);
    }
    return new ReferenceTable(
        kept.persist(clustered.reference()),
        rows,
        (int) Math.min(method.k(), clustered.count()),
        new Detector.ClusteringDone(
            centers, rows.count(), method.seed(), clustered.cost(), clustered.iterations()));
  }

  private static void requireDirections(Dataset<Row> rows) {
    List<Row> none =
        rows.where(not(exists(col(Tables.EMBEDDING), value -> value.notEqual(0))))
            .select(Tables.IMAGE_ID)
            .takeAsList(1);
    if (!none.isEmpty()) {
      throw new UserDataException(
          "The embedding of %s is zero and has no direction, which centers by the cosine need; leave the image out or take another --distance."
              .formatted(Printable.of(none.get(0).getString(0))));
    }
  }

  /**
   * How normal rows score: each reference row by the others, or, where centers stand for the rows,
   * each row by the centers that it helped to make. The latter are a little too low.
   *
   * @return columns image_id and score
   */
  Dataset<Row> calibration(Neighborhood neighborhood, SearchPlan search, Kept kept) {
    Scorer scorer = kept.add(Scorer.of(reference, neighborhood, search));
    Dataset<Row> scores =
        clustered == null
            ? scorer.leaveOneOut(reference)
            : scorer.score(clustered, SelfNeighbor.COUNTS).select(Tables.IMAGE_ID, Tables.SCORE);
    return kept.persist(scores);
  }
}
