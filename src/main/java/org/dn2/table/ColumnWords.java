package org.dn2.table;

import static org.apache.spark.sql.functions.col;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.MetadataBuilder;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * What columns mean, in words that go with a schema into Parquet files, tables of catalogs and the
 * data dictionary. They are metadata of the schema's fields, of which reading takes no notice.
 */
public final class ColumnWords {
  /** Spark's own key, which Parquet footers, {@code DESCRIBE} and catalogs show. */
  private static final String COMMENT = "comment";

  private static final String UNIT = "unit";
  private static final String RANGE = "range";
  private static final String MEANING = "meaning";
  private static final int PARTS = 4;

  private final Map<String, Metadata> words;

  private ColumnWords(Map<String, Metadata> words) {
    this.words = words;
  }

  /**
   * Words for columns by their names.
   *
   * @param lines {@code NAME | UNIT | RANGE | MEANING} each; unit and range may be empty
   */
  public static ColumnWords of(String lines) {
    return new ColumnWords(Map.of()).with(lines);
  }

  /** These words and others, which count where both have a column. */
  public ColumnWords with(String lines) {
    Map<String, Metadata> all = new LinkedHashMap<>(words);
    for (String line : lines.lines().toList()) {
      String[] parts = line.split("\\|", PARTS);
      if (parts.length != PARTS) {
        throw new IllegalArgumentException("no NAME | UNIT | RANGE | MEANING: " + line);
      }
      all.put(
          parts[0].strip(),
          new MetadataBuilder()
              .putString(UNIT, parts[1].strip())
              .putString(RANGE, parts[2].strip())
              .putString(MEANING, parts[3].strip())
              .build());
    }
    return new ColumnWords(all);
  }

  /**
   * A schema whose columns say what they mean.
   *
   * @throws IllegalArgumentException if there are no words for a column
   */
  public StructType on(StructType schema) {
    return new StructType(
        Arrays.stream(schema.fields())
            .map(
                field -> {
                  Metadata said = words.get(field.name());
                  if (said == null) {
                    throw new IllegalArgumentException("no words for the column " + field.name());
                  }
                  return new StructField(field.name(), field.dataType(), field.nullable(), said);
                })
            .toArray(StructField[]::new));
  }

  /** Of what a column's numbers are; empty for none. */
  public static String unit(StructField field) {
    return said(field, UNIT);
  }

  /** Which values a column may have; empty where any may be. */
  public static String range(StructField field) {
    return said(field, RANGE);
  }

  /** What a column means, without unit and range. */
  public static String meaning(StructField field) {
    return said(field, MEANING);
  }

  private static String said(StructField field, String key) {
    return field.metadata().contains(key) ? field.metadata().getString(key) : "";
  }

  /** What a column means, with unit and range; empty where nothing is said. */
  public static String comment(StructField field) {
    String unit = unit(field);
    String range = range(field);
    String amount = unit + (unit.isEmpty() || range.isEmpty() ? "" : "; ") + range;
    return meaning(field) + (amount.isEmpty() ? "" : " (" + amount + ")");
  }

  /**
   * Rows as they are to be written: each column with its comment.
   *
   * @param schema that has the columns' words; columns of other names stay as they are
   */
  public static Dataset<Row> written(Dataset<Row> rows, StructType schema) {
    return rows.select(
        Arrays.stream(rows.columns()).map(name -> written(name, schema)).toArray(Column[]::new));
  }

  private static Column written(String name, StructType schema) {
    Column column = col("`" + name + "`");
    return schema.getFieldIndex(name).isEmpty()
        ? column
        : column.as(
            name, new MetadataBuilder().putString(COMMENT, comment(schema.apply(name))).build());
  }
}
