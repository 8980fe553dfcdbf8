package org.dn2.ml;

import java.util.Iterator;
import java.util.function.Function;
import org.apache.spark.sql.Row;

/** Rows one by one, each made of another as it is asked for. */
final class MappedRows implements Iterator<Row> {
  private final Iterator<Row> rows;
  private final Function<Row, Row> map;

  MappedRows(Iterator<Row> rows, Function<Row, Row> map) {
    this.rows = rows;
    this.map = map;
  }

  @Override
  public boolean hasNext() {
    return rows.hasNext();
  }

  @Override
  public Row next() {
    return map.apply(rows.next());
  }
}
