package org.dn2.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.dn2.table.Tables;

/** Small tables of embeddings. */
public final class Embeddings {
  private static final StructType SCHEMA =
      new StructType()
          .add(Tables.IMAGE_ID, DataTypes.StringType, false)
          .add(Tables.PATH, DataTypes.StringType, true)
          .add(Tables.LABEL, DataTypes.StringType, true)
          .add(Tables.GROUP_ID, DataTypes.StringType, true)
          .add(Tables.EMBEDDING, DataTypes.createArrayType(DataTypes.FloatType, false), false);

  private Embeddings() {}

  public static Row image(String id, float... embedding) {
    return image(id, null, null, embedding);
  }

  public static Row image(String id, String label, String group, float... embedding) {
    List<Float> values = new ArrayList<>();
    for (float value : embedding) {
      values.add(value);
    }
    return RowFactory.create(id, null, label, group, values);
  }

  public static Dataset<Row> table(List<Row> rows) {
    return SparkSessions.local().createDataFrame(rows, SCHEMA);
  }

  /** Rows "image000", ... of normally distributed numbers. */
  public static List<Row> random(int rows, int dimension, long seed) {
    Random random = new Random(seed);
    List<Row> table = new ArrayList<>();
    for (int i = 0; i < rows; i++) {
      float[] embedding = new float[dimension];
      for (int j = 0; j < dimension; j++) {
        embedding[j] = (float) random.nextGaussian();
      }
      table.add(image("image%03d".formatted(i), embedding));
    }
    return table;
  }
}
