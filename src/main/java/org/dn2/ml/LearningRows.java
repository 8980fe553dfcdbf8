package org.dn2.ml;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_distinct;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.raise_error;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.when;

import java.util.Arrays;
import java.util.Iterator;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.dn2.table.Tables;
import org.dn2.table.UserDataException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Rows with features, as the rooms take them: under {@link Tables#EMBEDDINGS}. */
final class LearningRows {
  private static final Logger LOG = LoggerFactory.getLogger(LearningRows.class);

  /** The whole row, from which the features are taken. */
  private static final String ALL = "_dn2_row";

  private LearningRows() {}

  /**
   * The rows.
   *
   * @param id column that names a row
   * @param label column of labels, null for none
   */
  static Dataset<Row> of(Dataset<Row> rows, FeatureColumn features, String id, String label) {
    Column[] columns = Arrays.stream(rows.columns()).map(MlColumns::column).toArray(Column[]::new);
    return rows.select(
            coalesce(text(id), raise_error(lit(MlColumns.missingId(id)))).as(Tables.IMAGE_ID),
            textOrNull(rows.schema(), Tables.PATH),
            label == null ? textOrNull(rows.schema(), null) : text(label).as(Tables.LABEL),
            struct(columns).as(ALL))
        .mapPartitions(new AsEmbeddings(features), Encoders.row(asNullable(Tables.EMBEDDINGS)));
  }

  private static Column text(String name) {
    return MlColumns.column(name).cast(DataTypes.StringType);
  }

  private static Column textOrNull(StructType schema, String name) {
    return Arrays.asList(schema.fieldNames()).contains(name)
        ? text(name)
        : lit(null).cast(DataTypes.StringType);
  }

  private static StructType asNullable(StructType schema) {
    StructType nullable = new StructType();
    for (String name : schema.fieldNames()) {
      nullable = nullable.add(name, schema.apply(name).dataType(), true);
    }
    return nullable;
  }

  /**
   * Those that have features, checked: they are there, of one length, and no name comes twice.
   *
   * @param rows of {@link #of}, kept by the caller
   * @return how long their features are, 1 or more
   */
  static int requireDimension(Dataset<Row> rows, String features, String id) {
    Column length = when(col(Tables.EMBEDDING).isNotNull(), size(col(Tables.EMBEDDING)));
    Row counts =
        rows.agg(
                count(lit(1)),
                count(Tables.EMBEDDING),
                min(length),
                max(length),
                count_distinct(col(Tables.IMAGE_ID)))
            .head();
    long all = counts.getLong(0);
    long usable = counts.getLong(1);
    if (usable == 0) {
      throw new UserDataException(
          all == 0
              ? "There is no row to fit to."
              : "None of the %,d rows has a value in %s; there is nothing to fit to."
                  .formatted(all, features));
    }
    if (usable < all) {
      LOG.warn("fit: {} of {} rows have no {} and are left out.", all - usable, all, features);
    }
    if (counts.getLong(4) < all) {
      throw new UserDataException(
          "The %,d rows have only %,d different values in %s; each needs its own."
              .formatted(all, counts.getLong(4), id));
    }
    int shortest = counts.getInt(2);
    int longest = counts.getInt(3);
    if (shortest != longest || shortest == 0) {
      throw new UserDataException(
          "The features in %s have from %d to %d numbers; all must have as many, and at least one."
              .formatted(features, shortest, longest));
    }
    return shortest;
  }

  /** Takes the features out of the whole row. */
  private record AsEmbeddings(FeatureColumn features) implements MapPartitionsFunction<Row, Row> {
    @Override
    public Iterator<Row> call(Iterator<Row> rows) {
      return new MappedRows(rows, this::embedding);
    }

    private Row embedding(Row row) {
      Object[] values = new Object[Tables.EMBEDDINGS.length()];
      values[Tables.EMBEDDINGS.fieldIndex(Tables.IMAGE_ID)] = row.getString(0);
      values[Tables.EMBEDDINGS.fieldIndex(Tables.PATH)] = row.getString(1);
      values[Tables.EMBEDDINGS.fieldIndex(Tables.LABEL)] = row.getString(2);
      values[Tables.EMBEDDINGS.fieldIndex(Tables.EMBEDDING)] =
          features.of(row.getStruct(3), row.getString(0));
      values[Tables.EMBEDDINGS.fieldIndex(Tables.MODEL_ID)] = "";
      return RowFactory.create(values);
    }
  }
}
