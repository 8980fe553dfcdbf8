package org.dn2.ml;

import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import org.apache.spark.sql.Encoder;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.catalyst.encoders.ExpressionEncoder;
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
      return RowFactory.create(values);
    }
  }

  Packing packing() {
    return new Packing();
  }

  Unpacking unpacking() {
    return new Unpacking();
  }

  /** Encodes rows of this schema with more columns at their end. */
  Encoder<Row> with(StructType more) {
    return Encoders.row(and(schema, more));
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
