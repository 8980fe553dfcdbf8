package org.dn2.pipeline;

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
import org.dn2.image.TableContents;
import org.dn2.image.UndecodableImageException;
import org.dn2.table.ClusterFaultException;
import org.dn2.table.ContentPlace;
import org.dn2.table.Tables;

/**
 * Makes rows of {@link Tables#IMAGES} of rows of {@link Tables#LISTING}, with the images' bytes or
 * the reason why there are none.
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
    return images.select(PackJob.columns(Tables.LISTING)).mapPartitions(this, Encoders.row(READ));
  }

  @Override
  public Iterator<Row> call(Iterator<Row> images) {
    TableContents tables = new TableContents(hadoop.value());
    ReadAhead<Row, Looked, Row> contents =
        new ReadAhead<>(
            images,
            FILES_AHEAD,
            new ReadAhead.Steps<>(
                (image, readers) ->
                    ContentPlace.isGiven(image)
                        ? CompletableFuture.completedFuture(look(image, tables))
                        : CompletableFuture.supplyAsync(() -> look(image, tables), readers),
                this::bytesOf,
                (looked, readers) -> CompletableFuture.supplyAsync(() -> read(looked), readers)));
    TaskContext.get()
        .addTaskCompletionListener(
            context -> {
              contents.close();
              tables.close();
            });
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return contents.hasNext();
      }

      @Override
      public Row next() {
        Row next = contents.next();
        // Here, on the task's thread: the readers' would overwrite each other's sums.
        imagesDone.add(1);
        return next;
      }
    };
  }

  /**
   * An image whose length is known.
   *
   * @param done the image with its bytes or the reason why it has none; null if it is to be read
   * @param file to read; null if there is nothing to be read
   * @param bytes that it will have
   */
  private record Looked(Row image, Row done, ImageFile file, long bytes) {}

  private Looked look(Row image, TableContents tables) {
    Long size = image.getAs(Tables.SIZE_BYTES);
    try {
      ContentPlace place = ContentPlace.of(image);
      if (place != null) {
        byte[] content = tables.at(place);
        Row done = row(image, (long) content.length, content, null, null);
        return new Looked(image, done, null, content.length);
      }
      ImageFile file = ImageFile.at(image.getAs(Tables.PATH), size, hadoop.value());
      return new Looked(image, null, file, file.sizeBytes());
    } catch (UndecodableImageException e) {
      return new Looked(image, row(image, size, null, e.reason(), e.getMessage()), null, 0);
    } catch (OutOfMemoryError e) {
      throw ClusterFaultException.outOfMemory(image.getAs(Tables.IMAGE_ID), e);
    }
  }

  /** How many bytes will be held: none of a file that is rejected for its length. */
  private long bytesOf(Looked looked) {
    return looked.done() == null && looked.bytes() > limits.maxBytes() ? 0 : looked.bytes();
  }

  private Row read(Looked looked) {
    if (looked.done() != null) {
      return looked.done();
    }
    Row image = looked.image();
    ImageFile file = looked.file();
    try {
      byte[] content = file.read(limits);
      return row(image, (long) content.length, content, null, null);
    } catch (UndecodableImageException e) {
      return row(image, file.sizeBytes(), null, e.reason(), e.getMessage());
    } catch (OutOfMemoryError e) {
      throw ClusterFaultException.outOfMemory(image.getAs(Tables.IMAGE_ID), e);
    }
  }

  private static Row row(
      Row image, Long size, byte[] content, RejectReason reason, String message) {
    Object[] values = new Object[READ.length()];
    // Both begin with the same columns.
    for (int i = 0; i < READ.fieldIndex(Tables.CONTENT); i++) {
      values[i] = image.get(i);
    }
    values[READ.fieldIndex(Tables.SIZE_BYTES)] = size;
    values[READ.fieldIndex(Tables.CONTENT)] = content;
    values[READ.fieldIndex(Tables.REASON)] = reason == null ? null : reason.columnValue();
    values[READ.fieldIndex(Tables.MESSAGE)] = message;
    return RowFactory.create(values);
  }
}
