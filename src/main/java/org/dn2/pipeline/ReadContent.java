package org.dn2.pipeline;

import java.io.IOException;
import java.util.Iterator;
import java.util.concurrent.CompletableFuture;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.LongAccumulator;
import org.apache.spark.util.SerializableConfiguration;
import org.dn2.image.DecodeLimits;
import org.dn2.image.ImageFile;
import org.dn2.image.ReadAhead;
import org.dn2.image.RejectReason;
import org.dn2.image.UndecodableImageException;
import org.dn2.table.Tables;

/**
 * Adds the files' bytes to rows of {@link Tables#IMAGES}, or the reason why one has none.
 *
 * @param imagesDone counts, for showing progress
 */
record ReadContent(
    DecodeLimits limits, SerializableConfiguration hadoop, LongAccumulator imagesDone)
    implements MapPartitionsFunction<Row, Row> {
  private static final int FILES_AHEAD = 32;

  /** A manifest does not tell its files' sizes. */
  static final long UNKNOWN_BYTES = 128L << 10;

  private static final StructType READ =
      Tables.IMAGES
          .add(Tables.REASON, DataTypes.StringType, true)
          .add(Tables.MESSAGE, DataTypes.StringType, true);

  /** The images with their bytes, lazily, and the columns reason and message. */
  Dataset<Row> of(Dataset<Row> images) {
    return images.select(PackJob.columns(Tables.IMAGES)).mapPartitions(this, Encoders.row(READ));
  }

  @Override
  public Iterator<Row> call(Iterator<Row> images) {
    ReadAhead<Row, Row> contents =
        new ReadAhead<>(
            images,
            FILES_AHEAD,
            ReadContent::bytesOf,
            (image, readers) -> CompletableFuture.supplyAsync(() -> read(image), readers));
    TaskContext.get()
        .addTaskCompletionListener(
            context -> {
              contents.close();
            });
    return contents;
  }

  private static long bytesOf(Row image) {
    Long size = image.getAs(Tables.SIZE_BYTES);
    return size == null ? UNKNOWN_BYTES : size;
  }

  private Row read(Row image) {
    imagesDone.add(1);
    byte[] content = image.getAs(Tables.CONTENT);
    if (content != null) {
      return row(image, (long) content.length, content, null, null);
    }
    Long size = image.getAs(Tables.SIZE_BYTES);
    try {
      ImageFile file = ImageFile.at(image.getAs(Tables.PATH), size, hadoop.value());
      size = file.sizeBytes();
      content = file.read(limits);
      return row(image, (long) content.length, content, null, null);
    } catch (UndecodableImageException e) {
      return row(image, size, null, e.reason(), e.getMessage());
    } catch (IOException | IllegalArgumentException e) {
      return row(image, size, null, RejectReason.UNREADABLE, ImageFile.unreadable(e));
    }
  }

  private static Row row(
      Row image, Long size, byte[] content, RejectReason reason, String message) {
    Object[] values = new Object[READ.length()];
    for (int i = 0; i < image.length(); i++) {
      values[i] = image.get(i);
    }
    values[READ.fieldIndex(Tables.SIZE_BYTES)] = size;
    values[READ.fieldIndex(Tables.CONTENT)] = content;
    values[READ.fieldIndex(Tables.REASON)] = reason == null ? null : reason.columnValue();
    values[READ.fieldIndex(Tables.MESSAGE)] = message;
    return RowFactory.create(values);
  }
}
