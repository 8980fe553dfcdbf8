package org.dn2.fit;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.exists;
import static org.apache.spark.sql.functions.not;

import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.dn2.detector.Detector;
import org.dn2.neighbors.Distance;
import org.dn2.table.Printable;
import org.dn2.table.Tables;
import org.dn2.table.UserDataException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The reference set: the rows themselves, or centers that stand for them.
 *
 * @param reference columns image_id and embedding, among others
 * @param k neighbors that are there at least
 * @param description null where the reference set is the rows
 * @param members which center stands for which row, lazily; null where the reference set is the
 *     rows
 */
record ReferenceTable(
    Dataset<Row> reference, int k, Detector.ClusteringDone description, Dataset<Row> members) {
  private static final Logger LOG = LoggerFactory.getLogger(ReferenceTable.class);

  /** Clusters where centers are asked for (section 5.1). */
  static ReferenceTable of(Dataset<Row> rows, FitMethod method, Kept kept) {
    if (method.centers().isEmpty()) {
      return new ReferenceTable(rows, method.k(), null, null);
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
        (int) Math.min(method.k(), clustered.count()),
        new Detector.ClusteringDone(
            centers, rows.count(), method.seed(), clustered.cost(), clustered.iterations()),
        clustered.members());
  }

  private static void requireDirections(Dataset<Row> rows) {
    List<Row> none =
        rows.where(not(exists(col(Tables.EMBEDDING), value -> value.notEqual(0))))
            .select(Tables.IMAGE_ID)
            .takeAsList(1);
    if (!none.isEmpty()) {
      throw new UserDataException(
          "The embedding of %s is zero and has no direction, which centers by the cosine need; leave the image out or take another distance."
              .formatted(Printable.of(none.get(0).getString(0))));
    }
  }

  /** Whether every row is there as it was, so that none can be left out but by its id. */
  boolean isRows() {
    return description == null || description.centers() == description.rows();
  }
}
