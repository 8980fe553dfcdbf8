package org.dn2.fit;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.dn2.detector.Detector;
import org.dn2.group.Groups;
import org.dn2.group.Pooling;
import org.dn2.table.Tables;
import org.dn2.table.UserDataException;

/**
 * The rows that stand for images or groups.
 *
 * @param rows columns image_id, path, label and embedding, {@code float[dimension]}
 * @param description null for single images
 */
record PooledRows(Dataset<Row> rows, int dimension, Detector.PoolingUsed description) {

  /**
   * Pools groups (section 3.3).
   *
   * @param pooling null for single images
   * @throws UserDataException if groups that are to be concatenated differ in size
   */
  static PooledRows of(FeatureRows features, Pooling pooling, Kept kept) {
    int dimension = features.dimension();
    if (pooling == null) {
      return new PooledRows(of(features.images(), null), dimension, null);
    }
    Dataset<Row> groups = kept.persist(new Groups(features.images()).pooled(pooling));
    Dataset<Row> rows = rows(groups);
    if (pooling != Pooling.CONCATENATE) {
      return new PooledRows(rows, dimension, new Detector.PoolingUsed(pooling.id(), null));
    }
    int size = oneSize(groups);
    return new PooledRows(
        rows, Math.multiplyExact(dimension, size), new Detector.PoolingUsed(pooling.id(), size));
  }

  /**
   * The rows that stand for other images, which are not asked for their groups' size.
   *
   * @param images columns image_id, path, label, group_id and embedding (features)
   */
  static Dataset<Row> of(Dataset<Row> images, Pooling pooling) {
    return pooling == null
        ? images.select(Tables.IMAGE_ID, Tables.PATH, Tables.LABEL, Tables.EMBEDDING)
        : rows(new Groups(images).pooled(pooling));
  }

  private static Dataset<Row> rows(Dataset<Row> groups) {
    return groups.select(
        col(Tables.IMAGE_ID),
        lit(null).cast(DataTypes.StringType).as(Tables.PATH),
        col(Tables.LABEL),
        col(Tables.EMBEDDING));
  }

  private static int oneSize(Dataset<Row> groups) {
    Row sizes = groups.agg(min(Groups.SIZE), max(Groups.SIZE)).head();
    if (sizes.getInt(0) != sizes.getInt(1)) {
      throw new UserDataException(
          "Concatenated groups must have one size, these have %d to %d images. Pool by mean or max."
              .formatted(sizes.getInt(0), sizes.getInt(1)));
    }
    return sizes.getInt(0);
  }
}
