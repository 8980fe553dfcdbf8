package org.dn2.image;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.sum;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * What a walk finds, folder by folder, as rows: a file each, and for each rule that left something
 * out in a folder one that counts.
 */
final class ImageListingEntries implements Iterator<Row> {
  private static final String RULE = "_rule";
  private static final String COUNT = "_count";

  /** Columns of files, null where the row counts by a rule, and those two. */
  static final StructType SCHEMA =
      withNullableId().add(RULE, DataTypes.StringType, true).add(COUNT, DataTypes.LongType, true);

  private final FolderWalk walk;
  private Iterator<Row> rows = List.<Row>of().iterator();

  /** What a walk will find. */
  ImageListingEntries(FolderWalk walk) {
    this.walk = walk;
  }

  private static StructType withNullableId() {
    StructType schema = new StructType();
    for (var field : ImageListingFolder.FILES.fields()) {
      schema = schema.add(field.name(), field.dataType(), true);
    }
    return schema;
  }

  /** Rows of what was found. */
  static List<Row> of(FolderWalk.Found found) {
    List<Row> rows = new ArrayList<>();
    int columns = ImageListingFolder.FILES.length();
    for (FoundFile file : found.files()) {
      Object[] values = new Object[SCHEMA.length()];
      Row row = ImageListingFolder.row(file);
      for (int i = 0; i < columns; i++) {
        values[i] = row.get(i);
      }
      rows.add(RowFactory.create(values));
    }
    found
        .leftOut()
        .forEach(
            (rule, count) -> {
              Object[] values = new Object[SCHEMA.length()];
              values[columns] = rule.name();
              values[columns + 1] = count;
              rows.add(RowFactory.create(values));
            });
    return rows;
  }

  /** The files and the counts in rows that are kept. */
  static ImageListing.Found found(Dataset<Row> entries) {
    Map<LeftOutRule, Long> leftOut = new EnumMap<>(LeftOutRule.class);
    for (Row row :
        entries.filter(col(RULE).isNotNull()).groupBy(RULE).agg(sum(COUNT)).collectAsList()) {
      leftOut.put(LeftOutRule.valueOf(row.getString(0)), row.getLong(1));
    }
    return new ImageListing.Found(
        entries.filter(col(RULE).isNull()).drop(RULE, COUNT), LeftOut.of(leftOut));
  }

  @Override
  public boolean hasNext() {
    while (!rows.hasNext() && walk.remaining() > 0) {
      walk.step();
      rows = of(walk.takeFound()).iterator();
    }
    return rows.hasNext();
  }

  @Override
  public Row next() {
    if (!hasNext()) {
      throw new NoSuchElementException("the walk has ended");
    }
    return rows.next();
  }
}
