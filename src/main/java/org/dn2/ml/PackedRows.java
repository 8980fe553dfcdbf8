package org.dn2.ml;

import static org.apache.spark.sql.functions.col;

import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.encoders.ExpressionEncoder;
import org.apache.spark.sql.catalyst.expressions.GenericRowWithSchema;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.apache.spark.sql.types.StructType;

/**
 * Whole rows as texts, so that a row's columns pass through a room that hands one text on: what was
 * costly to make is made once, rows that are alike stay as many as they are, and nothing is joined.
 */
final class PackedRows implements Serializable {
  private static final long serialVersionUID = 1L;

  private final StructType schema;
  private final ExpressionEncoder<Row> encoder;

  /**
   * @param schema of the rows
   */
  PackedRows(StructType schema) {
    this.schema = schema;
    ExpressionEncoder<Row> free = ExpressionEncoder.apply(schema);
    this.encoder =
        free.resolveAndBind(free.resolveAndBind$default$1(), free.resolveAndBind$default$2());
  }

  /** Packs, within one task. */
  final class Packing {
    private final ExpressionEncoder.Serializer<Row> serializer = encoder.createSerializer();

    String packed(Row row) {
      UnsafeRow binary = (UnsafeRow) serializer.apply(row);
      return new String(binary.getBytes(), StandardCharsets.ISO_8859_1);
    }
  }

  /** Unpacks, within one task. */
  final class Unpacking {
    private final ExpressionEncoder.Deserializer<Row> deserializer = encoder.createDeserializer();
    private final StructType all;

    private Unpacking(StructType all) {
      this.all = all;
    }

    /** The row with more values at its end. */
    Row unpacked(String packed, Object... more) {
      byte[] bytes = packed.getBytes(StandardCharsets.ISO_8859_1);
      UnsafeRow binary = new UnsafeRow(schema.length());
      binary.pointTo(bytes, bytes.length);
      Row row = deserializer.apply(binary);
      Object[] values = new Object[schema.length() + more.length];
      for (int i = 0; i < schema.length(); i++) {
        values[i] = row.get(i);
      }
      System.arraycopy(more, 0, values, schema.length(), more.length);
      // The next stage may take the row as it is, and ask for columns by their names.
      return new GenericRowWithSchema(values, all);
    }
  }

  Packing packing() {
    return new Packing();
  }

  /**
   * @param more columns at the rows' end
   */
  Unpacking unpacking(StructType more) {
    return new Unpacking(and(schema, more));
  }

  /**
   * The rows that {@link Unpacking} makes, with all that is said of their columns.
   *
   * @param carrying rows that carry others
   * @param more columns at the rows' end
   */
  Dataset<Row> unpacked(
      Dataset<Row> carrying, MapPartitionsFunction<Row, Row> unpack, StructType more) {
    StructType all = and(schema, more);
    Column[] columns =
        Arrays.stream(all.fields())
            .map(
                field ->
                    col("`" + field.name().replace("`", "``") + "`")
                        .as(field.name(), field.metadata()))
            .toArray(Column[]::new);
    return carrying.mapPartitions(unpack, Encoders.row(all)).select(columns);
  }

  /** The columns of both. */
  static StructType and(StructType first, StructType more) {
    StructType all = first;
    for (int i = 0; i < more.length(); i++) {
      all = all.add(more.apply(i));
    }
    return all;
  }
}
