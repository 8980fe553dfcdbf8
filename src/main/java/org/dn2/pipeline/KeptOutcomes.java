package org.dn2.pipeline;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.input_file_name;
import static org.apache.spark.sql.functions.row_number;

import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.storage.StorageLevel;
import org.dn2.embedding.Embedder;
import org.dn2.store.Destination;
import org.dn2.store.KeptWork;
import org.dn2.store.Parts;
import org.dn2.store.UnfinishedRun;
import org.dn2.table.LentCache;
import org.dn2.table.Tables;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What became of images so far, kept part by part beside the output until that is whole. Parts of
 * another fingerprint are not seen, and rows of images that have changed or gone are not taken.
 */
final class KeptOutcomes {
  private static final Logger LOG = LoggerFactory.getLogger(KeptOutcomes.class);
  private static final String[] KEY = {Tables.IMAGE_ID, Tables.LISTED_AS};
  private static final String PLACE = "_place";
  private static final String PART = "_part";

  private final SparkSession spark;
  private final Listing listing;
  private final Parts parts;
  private final UnfinishedRun run;
  private final Destination output;
  private long before;
  private long count;

  KeptOutcomes(SparkSession spark, Destination output, String fingerprint, Listing listing) {
    Configuration hadoop = spark.sessionState().newHadoopConf();
    this.spark = spark;
    this.output = output;
    this.listing = listing;
    this.parts = Parts.of(output, fingerprint, hadoop);
    this.run = new UnfinishedRun(output, hadoop);
  }

  /** How many outcomes there are. */
  long count() {
    return count;
  }

  /** How many of them an earlier try had made. */
  long countBefore() {
    return before;
  }

  /** How many there shall be. */
  long listed() {
    return listing.count();
  }

  /** Lends the listed images that have no outcome, if there are any; all where none has one. */
  void useMissing(Consumer<Dataset<Row>> work) {
    Dataset<Row> kept = parts.rows(spark, Embedder.OUTCOMES);
    if (kept == null) {
      work.accept(listing.rows());
      return;
    }
    LentCache.with(
        listing.inPlace(
            listing.rows().join(kept.select(Tables.IMAGE_ID, Tables.LISTED_AS), KEY, "left_anti")),
        StorageLevel.MEMORY_AND_DISK(),
        missing -> {
          long left = missing.count();
          before = listed() - left;
          count = before;
          LOG.info(
              "embed: this run goes on: {} of {} images were embedded or rejected before",
              String.format(Locale.ROOT, "%,d", count),
              String.format(Locale.ROOT, "%,d", listed()));
          if (left > 0) {
            work.accept(missing);
          }
          return null;
        });
  }

  /**
   * Adds outcomes.
   *
   * @param outcomes columns of {@link Embedder#OUTCOMES}, lazily
   * @param made how many this process has made, these among them; asked when they are kept
   */
  void add(Dataset<Row> outcomes, LongSupplier made) {
    parts.add(outcomes, Map.of());
    count = Math.min(listed(), before + made.getAsLong());
  }

  /** The outcome of each listed image, once. */
  Dataset<Row> ofListed() {
    Dataset<Row> all = parts.rows(spark, Embedder.OUTCOMES);
    if (listing.isListedBy(all)) {
      return all;
    }
    // Images have changed or gone since the first try, or two processes worked on one run.
    return all.withColumn(PART, input_file_name())
        .join(listing.rows().select(Tables.IMAGE_ID, Tables.LISTED_AS), KEY, "left_semi")
        .withColumn(
            PLACE,
            row_number()
                .over(
                    Window.partitionBy(Tables.IMAGE_ID)
                        .orderBy(col(Tables.REASON).asc_nulls_first(), col(PART))))
        .filter(col(PLACE).equalTo(1))
        .drop(PLACE, PART);
  }

  /** What was made is worth nothing: a failure that follows leaves none of it behind. */
  void forget() {
    parts.forget();
    count = 0;
  }

  /** The output is whole: nothing has to be kept any more. */
  void end() {
    run.end();
  }

  /** Does work, and adds to its failure what is kept and how to go on. */
  <T> T orSayHowToGoOn(Supplier<T> work) {
    // A place that cannot be written to is found before the long work.
    run.note();
    try {
      return work.get();
    } catch (Throwable e) { // Scala throws checked ones without saying so.
      if (count > 0) {
        e.addSuppressed(KeptWork.of(count, listed(), "embedded", output.runId()));
      } else {
        run.endIfNothingIsKept();
      }
      throw e;
    }
  }
}
