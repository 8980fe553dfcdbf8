package org.dn2.fit;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.dn2.table.Tables;
import org.dn2.table.UserDataException;

/** The images that a reference set is made of. */
public final class NormalImages {
  private static final int LABELS_SHOWN = 20;

  private NormalImages() {}

  /**
   * The embeddings with one of some labels.
   *
   * @param embeddings column label, among others
   * @param labels that are normal; empty takes every image
   * @param place where the embeddings are, for messages
   * @throws UserDataException if none has one of the labels, naming those that there are
   */
  public static Dataset<Row> in(Dataset<Row> embeddings, List<String> labels, String place) {
    if (labels.isEmpty()) {
      return embeddings;
    }
    Dataset<Row> normal = embeddings.filter(col(Tables.LABEL).isin(labels.toArray()));
    List<String> present =
        normal.select(Tables.LABEL).distinct().as(Encoders.STRING()).collectAsList();
    List<String> missing = labels.stream().filter(label -> !present.contains(label)).toList();
    if (!missing.isEmpty()) {
      List<String> found =
          embeddings
              .select(coalesce(col(Tables.LABEL), lit("(none)")))
              .distinct()
              .orderBy(Tables.LABEL)
              .limit(LABELS_SHOWN)
              .as(Encoders.STRING())
              .collectAsList();
      throw new UserDataException(
          "No embedding in %s has a label among %s; there are: %s."
              .formatted(place, missing, String.join(", ", found)));
    }
    return normal;
  }
}
