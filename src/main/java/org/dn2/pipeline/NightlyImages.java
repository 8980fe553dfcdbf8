package org.dn2.pipeline;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.lit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;
import org.dn2.embedding.Embedder;
import org.dn2.image.ImageInput;
import org.dn2.image.ImageListing;
import org.dn2.image.LeftOut;
import org.dn2.store.Lease;
import org.dn2.store.Plant;
import org.dn2.store.PlantTable;
import org.dn2.store.RunRecord;
import org.dn2.table.PlantColumns;
import org.dn2.table.Tables;
import org.dn2.work.Stage;

/**
 * What becomes of the images of one source in a run: listed, compared with what was done before,
 * embedded where they are new. Close it once the outcomes have been written.
 */
final class NightlyImages implements AutoCloseable {
  /** So few rejects never fail a night. */
  private static final long FEW_REJECTS = 10;

  private static final String REUSED = "_reused";

  private final SparkSession spark;
  private final Plant plant;
  private final NightlySettings settings;
  private final String source;
  private final List<Runnable> release = new ArrayList<>();
  private NightlyListing listing;
  private Dataset<Row> missing;
  private Dataset<Row> outcomes;
  private RunRecord.SourceCounts counts;

  NightlyImages(SparkSession spark, Plant plant, NightlySettings settings, String source) {
    this.spark = spark;
    this.plant = plant;
    this.settings = settings;
    this.source = source;
  }

  /** The images as they were listed; after {@link #list}. */
  NightlyListing listing() {
    return listing;
  }

  /** How many went which way; after {@link #embed}. */
  RunRecord.SourceCounts counts() {
    return counts;
  }

  /**
   * What became of this run's images: the columns of {@link PlantColumns#EMBEDDINGS} and {@link
   * PlantColumns#REJECTS} together; those without a reason have an embedding. After {@link #embed}.
   */
  Dataset<Row> outcomes() {
    return outcomes;
  }

  /** Lists. */
  void list(Lease lease, Map<String, ImageInput> inputs) {
    listing =
        new Stage(spark, "list", "List the images of " + source)
            .run(
                () -> NightlyListing.of(spark, plant, lease, source, inputs),
                found -> "%,d images of %s, %s".formatted(found.count(), source, found.leftOut()));
  }

  /**
   * Finds what is new.
   *
   * @param runs whose rows count
   * @return how many images that is
   */
  long compare(Set<PlantTable.RunKey> runs) {
    if (runs.isEmpty()) {
      missing = listing.rows().withColumn(PlantColumns.IMAGE_VERSION, lit(1));
      return listing.count();
    }
    NightlyHistory history =
        new NightlyHistory(plant, runs, source, settings.modelFingerprint().digits());
    Dataset<Row> unnumbered = cached(history.missing(listing.rows()));
    long left = unnumbered.count();
    missing = left == 0 ? unnumbered.limit(0) : cached(history.numbered(unnumbered));
    return left;
  }

  private Dataset<Row> cached(Dataset<Row> rows) {
    Dataset<Row> kept = rows.persist(StorageLevel.MEMORY_AND_DISK());
    release.add(kept::unpersist);
    return kept;
  }

  /**
   * Embeds what is new.
   *
   * @param runs whose rows count
   * @param left how many images are new
   * @param input for messages
   */
  void embed(Set<PlantTable.RunKey> runs, long left, ImageInput input) {
    String fingerprint = settings.modelFingerprint().digits();
    Dataset<Row> reused = null;
    Dataset<Row> rest = missing;
    if (left > 0 && !runs.isEmpty()) {
      NightlyReuse reuse = new NightlyReuse(spark, plant, runs, fingerprint);
      Dataset<Row> places = cached(reuse.places(missing, left));
      if (!places.isEmpty()) {
        reused = reuse.embeddings(missing, places);
        rest = missing.join(places, new String[] {Tables.IMAGE_ID}, "left_anti");
      }
    }
    outcomes = left == 0 ? null : outcomesOf(rest, input);
    if (reused != null) {
      Dataset<Row> all =
          reused
              .withColumn(Tables.REASON, lit(null).cast(DataTypes.StringType))
              .withColumn(Tables.MESSAGE, lit(null).cast(DataTypes.StringType))
              .withColumn(REUSED, lit(true))
              .select(columns());
      outcomes = outcomes == null ? all : outcomes.union(all);
    }
    if (outcomes == null) {
      outcomes = missing.sparkSession().createDataFrame(List.of(), schema());
    }
    outcomes =
        outcomes
            .withColumn(PlantColumns.SOURCE, lit(source))
            .withColumn(PlantColumns.MODEL_FINGERPRINT, lit(fingerprint));
    counts = counted(left);
  }

  /** Columns of outcomes but those that are the same for all rows of a source. */
  private static Column[] columns() {
    return names().map(name -> col(name)).toArray(Column[]::new);
  }

  private static Stream<String> names() {
    return Stream.concat(
        Arrays.stream(PlantColumns.EMBEDDINGS.fieldNames())
            .filter(
                name ->
                    !name.equals(PlantColumns.SOURCE)
                        && !name.equals(PlantColumns.MODEL_FINGERPRINT)),
        Stream.of(Tables.REASON, Tables.MESSAGE, REUSED));
  }

  private static StructType schema() {
    StructType schema = new StructType();
    for (String name : names().toList()) {
      schema =
          schema.add(
              name,
              name.equals(REUSED)
                  ? DataTypes.BooleanType
                  : name.equals(Tables.REASON) || name.equals(Tables.MESSAGE)
                      ? DataTypes.StringType
                      : PlantColumns.EMBEDDINGS.apply(name).dataType(),
              true);
    }
    return schema;
  }

  private Dataset<Row> outcomesOf(Dataset<Row> rest, ImageInput input) {
    EmbedJob.Settings embed =
        new EmbedJob.Settings(
            input,
            settings.model(),
            settings.config().embedding(),
            settings.config().maxRejectFraction(),
            plant.kept(source));
    Listing listed =
        Listing.of(
            new Stage(spark, "compare", "Choose among " + input.path()),
            input.path(),
            () ->
                new ImageListing.Found(
                    rest.select(PackJob.columns(Tables.LISTING)), LeftOut.NOTHING));
    release.add(listed::close);
    if (listed.count() == 0) {
      return null;
    }
    KeptOutcomes kept =
        new KeptOutcomes(spark, embed.output(), settings.embeddingFingerprint(), listed);
    new EmbedWaves(spark).embedMissing(embed, kept);
    Dataset<Row> made = kept.ofListed();
    DarkImages.warn(made);
    Dataset<Row> known =
        missing.select(
            Tables.IMAGE_ID,
            PlantColumns.FILE_VERSION,
            PlantColumns.IMAGE_VERSION,
            Tables.CROP_X,
            Tables.CROP_Y,
            Tables.CROP_WIDTH,
            Tables.CROP_HEIGHT);
    return made.drop(Tables.LISTED_AS, Embedder.FEW_BITS)
        .join(known, new String[] {Tables.IMAGE_ID})
        .withColumn(REUSED, lit(false))
        .select(columns());
  }

  private RunRecord.SourceCounts counted(long left) {
    long added = 0;
    long changed = 0;
    long embedded = 0;
    long reused = 0;
    Map<String, Long> rejected = new TreeMap<>();
    for (Row row :
        outcomes
            .groupBy(coalesce(col(Tables.REASON), lit("")), col(REUSED))
            .agg(count(lit(1)), count_if(col(PlantColumns.IMAGE_VERSION).gt(1)))
            .collectAsList()) {
      long images = row.getLong(2);
      changed += row.getLong(3);
      added += images - row.getLong(3);
      if (!row.getString(0).isEmpty()) {
        rejected.merge(row.getString(0), images, Long::sum);
      } else if (row.getBoolean(1)) {
        reused += images;
      } else {
        embedded += images;
      }
    }
    RunRecord.SourceCounts all =
        new RunRecord.SourceCounts(
            listing.count(),
            listing.count() - left,
            added,
            changed,
            embedded,
            reused,
            rejected,
            listing.leftOut().byRule());
    if (embedded + reused + all.rejected() != left) {
      throw new IllegalStateException(
          "images were lost or doubled on the way (%,d new, %s); did the input change meanwhile?"
              .formatted(left, all));
    }
    return all;
  }

  /**
   * Checks that most new images could be used, once the counts are told.
   *
   * @throws org.dn2.table.UserDataException if not
   */
  void requireFewRejects(ImageInput input) {
    Rejects rejects = new Rejects(counts.rejectedByReason());
    long added = counts.listed() - counts.unchanged();
    if (rejects.total() > FEW_REJECTS) {
      rejects.requireFew(
          input.path(),
          settings.config().maxRejectFraction(),
          added,
          "%,d new, %s".formatted(added, rejects),
          "nightly.max-reject-fraction",
          outcomes.filter(col(Tables.REASON).isNotNull()));
    }
  }

  @Override
  public void close() {
    release.forEach(Runnable::run);
  }
}
