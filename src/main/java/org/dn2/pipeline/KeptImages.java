package org.dn2.pipeline;

import static org.apache.spark.sql.functions.col;

import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;
import org.apache.spark.util.LongAccumulator;
import org.dn2.store.KeptWork;
import org.dn2.store.Parts;
import org.dn2.store.RunId;
import org.dn2.store.UnfinishedRun;
import org.dn2.table.LentCache;
import org.dn2.table.Tables;
import org.dn2.work.Progress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The images that were packed so far, as parts of the table that they will be. Where a file has
 * changed since, all are packed again.
 */
final class KeptImages {
  private static final Logger LOG = LoggerFactory.getLogger(KeptImages.class);

  private final SparkSession spark;
  private final Parts parts;
  private final Listing listing;
  private final UnfinishedRun run;
  private final LongAccumulator imagesDone;
  private long before;
  private long count;

  KeptImages(SparkSession spark, Parts parts, Listing listing, UnfinishedRun run) {
    this.spark = spark;
    this.parts = parts;
    this.listing = listing;
    this.run = run;
    this.imagesDone = spark.sparkContext().longAccumulator("images read");
  }

  Parts parts() {
    return parts;
  }

  LongAccumulator imagesDone() {
    return imagesDone;
  }

  Progress.Counter counter() {
    return new Progress.Counter(imagesDone::sum, () -> before, listing.count(), "images");
  }

  private Dataset<Row> packed() {
    return parts.rows(spark, Tables.IMAGES);
  }

  /** Lends the listed images that are not packed, if there are any. */
  void useMissing(Consumer<Dataset<Row>> work) {
    if (packed() == null) {
      work.accept(listing.rows());
      return;
    }
    if (hasChanged()) {
      LOG.info("pack: files have changed since this run began; all are packed again");
      parts.forget();
      work.accept(listing.rows());
      return;
    }
    LentCache.with(
        missing(listing),
        StorageLevel.MEMORY_AND_DISK(),
        missing -> {
          long left = missing.count();
          before = listing.count() - left;
          count = before;
          LOG.info(
              "pack: this run goes on: {} of {} images were packed before",
              String.format(Locale.ROOT, "%,d", before),
              String.format(Locale.ROOT, "%,d", listing.count()));
          if (left > 0) {
            work.accept(missing);
          }
          return null;
        });
  }

  /** Whether a packed image is there twice, listed no more, or otherwise than it was. */
  private boolean hasChanged() {
    Dataset<Row> ids = packed().select(Tables.IMAGE_ID);
    if (ids.count() != ids.distinct().count()) {
      // Two processes worked on one run.
      return true;
    }
    Dataset<Row> now = listing.rows().as("now");
    Dataset<Row> packed = packed().as("packed");
    Column same =
        Stream.of(
                Tables.IMAGE_ID,
                Tables.PATH,
                Tables.MODIFIED_AT,
                Tables.LABEL,
                Tables.GROUP_ID,
                Tables.SPLIT,
                Tables.CROP_X,
                Tables.CROP_Y,
                Tables.CROP_WIDTH,
                Tables.CROP_HEIGHT)
            .map(name -> col("now." + name).eqNullSafe(col("packed." + name)))
            .reduce(Column::and)
            .orElseThrow();
    Column size = col("now." + Tables.SIZE_BYTES);
    Column sameBytes =
        size.isNull()
            .or(size.equalTo(col("packed." + Tables.SIZE_BYTES)))
            .or(col("now." + Tables.CONTENT_AT).isNotNull());
    return !packed.join(now, same.and(sameBytes), "left_anti").isEmpty();
  }

  /** The listed images that are not packed. */
  Dataset<Row> missing(Listing images) {
    Dataset<Row> packed = packed();
    return packed == null
        ? images.rows()
        : images.inPlace(
            images
                .rows()
                .join(packed.select(Tables.IMAGE_ID), new String[] {Tables.IMAGE_ID}, "left_anti"));
  }

  /** Adds rows of {@link Tables#IMAGES}, lazily made. */
  void add(Dataset<Row> images, Map<String, String> options) {
    parts.add(images, options);
    count = Math.min(listing.count(), before + imagesDone.sum());
  }

  long countPacked() {
    Dataset<Row> packed = packed();
    return packed == null ? 0 : packed.select(Tables.IMAGE_ID).count();
  }

  /** What was made is worth nothing: a failure that follows leaves none of it behind. */
  void forget() {
    parts.forget();
    count = 0;
  }

  /** Does work, and adds to its failure what is kept and how to go on. */
  <T> T orSayHowToGoOn(RunId id, Supplier<T> work) {
    // A place that cannot be written to is found before the long work.
    run.note();
    try {
      return work.get();
    } catch (Throwable e) { // Scala throws checked ones without saying so.
      if (count > 0) {
        e.addSuppressed(KeptWork.of(count, listing.count(), "packed", id));
      } else {
        run.endIfNothingIsKept();
      }
      throw e;
    }
  }
}
