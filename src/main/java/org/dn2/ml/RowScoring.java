package org.dn2.ml;

import java.util.Arrays;
import java.util.Iterator;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.dn2.score.DetectorScoring;
import org.dn2.search.SelfNeighbor;
import org.dn2.table.Tables;
import org.dn2.table.UserDataException;

/**
 * Any rows with features in, the same rows with their scores out.
 *
 * @param id the place of the column that names a row
 * @param dimension of the backbone's embeddings
 */
record RowScoring(FeatureColumn features, int id, int dimension) {
  /** The columns of scores; null in rows without features. */
  static final StructType ADDED =
      new StructType()
          .add(Tables.SCORE, DataTypes.DoubleType, true)
          .add(Tables.P_VALUE, DataTypes.DoubleType, true)
          .add(Tables.IS_ANOMALY, DataTypes.BooleanType, true)
          .add(Tables.NEIGHBOR_IDS, Tables.SCORES.apply(Tables.NEIGHBOR_IDS).dataType(), true)
          .add(
              Tables.NEIGHBOR_DISTANCES,
              Tables.SCORES.apply(Tables.NEIGHBOR_DISTANCES).dataType(),
              true);

  /** Scores, lazily. */
  Dataset<Row> scores(Dataset<Row> rows, DetectorScoring scoring, SelfNeighbor self) {
    PackedRows packed = new PackedRows(rows.schema());
    Dataset<Row> carrying =
        rows.mapPartitions(
            new AsEmbeddings(packed, features, id, rows.columns()[id], dimension),
            Encoders.row(AsEmbeddings.SCHEMA));
    String[] names = new String[1 + ADDED.length()];
    names[0] = Tables.LABEL;
    System.arraycopy(ADDED.fieldNames(), 0, names, 1, ADDED.length());
    return packed.unpacked(
        scoring.score(carrying, self).scores().select(Tables.PATH, names),
        new WithScores(packed),
        ADDED);
  }

  /** Rows as the rooms take them; those without features are scored in vain, as ones. */
  private record AsEmbeddings(
      PackedRows packed, FeatureColumn features, int id, String idName, int dimension)
      implements MapPartitionsFunction<Row, Row> {
    private static final StructType SCHEMA =
        new StructType()
            .add(Tables.IMAGE_ID, DataTypes.StringType, true)
            .add(Tables.PATH, DataTypes.StringType, true)
            .add(Tables.LABEL, DataTypes.StringType, true)
            .add(Tables.GROUP_ID, DataTypes.StringType, true)
            .add(Tables.EMBEDDING, FeatureColumn.TYPE, true);

    @Override
    public Iterator<Row> call(Iterator<Row> rows) {
      PackedRows.Packing packing = packed.packing();
      return new MappedRows(
          rows,
          row -> {
            String id = name(row);
            float[] numbers = features.of(row, id);
            boolean hasNone = numbers == null;
            if (hasNone) {
              numbers = new float[dimension];
              Arrays.fill(numbers, 1);
            }
            return RowFactory.create(id, packing.packed(row), hasNone ? "" : null, null, numbers);
          });
    }

    private String name(Row row) {
      if (row.isNullAt(id)) {
        throw new UserDataException(MlColumns.missingId(idName));
      }
      return String.valueOf(row.get(id));
    }
  }

  /** The rows that were carried, with their scores. */
  private record WithScores(PackedRows packed) implements MapPartitionsFunction<Row, Row> {
    @Override
    public Iterator<Row> call(Iterator<Row> scores) {
      PackedRows.Unpacking unpacking = packed.unpacking(ADDED);
      return new MappedRows(
          scores,
          scored -> {
            Object[] more = new Object[ADDED.length()];
            for (int i = 0; i < more.length && scored.isNullAt(1); i++) {
              more[i] = scored.get(2 + i);
            }
            return unpacking.unpacked(scored.getString(0), more);
          });
    }
  }
}
