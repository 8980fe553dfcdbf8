package org.dn2.image;

import java.sql.Timestamp;
import java.util.Iterator;
import java.util.concurrent.CompletableFuture;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;
import org.dn2.table.Tables;

/** Looks up the size and time of files that a manifest names, many at once. */
record ImageListingStatus(SerializableConfiguration hadoop)
    implements MapPartitionsFunction<Row, Row> {
  private static final int FILES_AHEAD = 64;

  /**
   * Rows with the columns size_bytes, modified_at and _store_tag, null where there is no such file
   * or nobody may look at it.
   *
   * @param images column path, and none of those
   */
  static Dataset<Row> of(Dataset<Row> images) {
    StructType schema =
        images
            .schema()
            .add(Tables.SIZE_BYTES, DataTypes.LongType, true)
            .add(Tables.MODIFIED_AT, DataTypes.TimestampType, true)
            .add(Tables.STORE_TAG, DataTypes.StringType, true);
    Configuration hadoop = images.sparkSession().sessionState().newHadoopConf();
    return images.mapPartitions(
        new ImageListingStatus(new SerializableConfiguration(hadoop)), Encoders.row(schema));
  }

  @Override
  public Iterator<Row> call(Iterator<Row> images) {
    ReadAhead<Row, Row, Row> rows =
        new ReadAhead<>(
            images,
            FILES_AHEAD,
            new ReadAhead.Steps<>(
                (image, readers) -> CompletableFuture.supplyAsync(() -> look(image), readers),
                looked -> 0,
                (looked, readers) -> CompletableFuture.completedFuture(looked)));
    TaskContext.get()
        .addTaskCompletionListener(
            context -> {
              rows.close();
            });
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return rows.hasNext();
      }

      @Override
      public Row next() {
        return rows.next();
      }
    };
  }

  private Row look(Row image) {
    Object[] values = new Object[image.length() + 3];
    for (int i = 0; i < image.length(); i++) {
      values[i] = image.get(i);
    }
    try {
      FileStatus status = ImageFile.statusOf(image.getAs(Tables.PATH), hadoop.value());
      values[image.length()] = status.getLen();
      values[image.length() + 1] = new Timestamp(status.getModificationTime());
      values[image.length() + 2] = StoreTag.of(status);
    } catch (UndecodableImageException e) {
      // Why is said when the image is read.
      values[image.length()] = null;
    }
    return RowFactory.create(values);
  }
}
