package org.dn2.pipeline;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sum;

import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;
import org.apache.spark.util.SerializableConfiguration;
import org.dn2.image.DecodeLimits;
import org.dn2.image.ImageInput;
import org.dn2.image.ImageListing;
import org.dn2.image.LeftOut;
import org.dn2.image.RejectReason;
import org.dn2.store.CommittedFolder;
import org.dn2.store.Destination;
import org.dn2.store.EmbeddingsStore;
import org.dn2.store.RejectsTable;
import org.dn2.store.Separation;
import org.dn2.store.UnfinishedRun;
import org.dn2.store.WholeFolder;
import org.dn2.table.ColumnWords;
import org.dn2.table.LentCache;
import org.dn2.table.LiteralPath;
import org.dn2.table.Tables;
import org.dn2.work.EqualCostTasks;
import org.dn2.work.Stage;
import org.dn2.work.Waves;

/**
 * Image files in, a table of images out: a few large files with the bytes of many small ones,
 * unchanged. No image is decoded.
 */
public final class PackJob {
  private static final String COMMAND = "pack";
  private static final int MOST_FILES = 100_000;

  /** Rather fewer cores at work than a table of crumbs. */
  private static final long SMALLEST_SHARE = 16L << 20;

  private static final long BYTES_PER_ROW = 200;

  /** Spark reads up to 4,096 rows of a row group at once, so a group must fit a task's memory. */
  private static final int ROW_GROUP_BYTES = 32 << 20;

  /** Images are large: a group's size is looked at after each. */
  private static final Map<String, String> PARQUET =
      Map.of(
          "parquet.block.size",
          Integer.toString(ROW_GROUP_BYTES),
          "parquet.page.size.row.check.min",
          "1");

  private static final Duration WAVE = Duration.ofMinutes(4);

  private final SparkSession spark;
  private final long bytesPerFile;
  private final long firstWave;

  public PackJob(SparkSession spark) {
    this(spark, 128L << 20, 4L << 30);
  }

  /**
   * @param bytesPerFile of the table, roughly
   * @param firstWave bytes after which what was packed is kept, roughly; then the speed decides
   */
  PackJob(SparkSession spark, long bytesPerFile, long firstWave) {
    this.spark = spark;
    this.bytesPerFile = bytesPerFile;
    this.firstWave = firstWave;
  }

  /**
   * What to pack, and where to.
   *
   * @param limits beyond which a file is rejected
   * @param maxRejectFraction of the listed images, 0 to 1; more rejects than that fail the run
   */
  public record Settings(
      ImageInput input, DecodeLimits limits, double maxRejectFraction, Destination output) {
    public Settings {
      Rejects.requireFraction(maxRejectFraction);
    }
  }

  /**
   * How many images went which way: {@code listed = packed + rejected}.
   *
   * @param leftOut entries of the input that were not listed
   */
  public record Counts(
      long listed, long packed, Map<String, Long> rejectedByReason, LeftOut leftOut) {
    /** How many images are not in the table. */
    public long rejected() {
      return new Rejects(rejectedByReason).total();
    }

    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "%,d listed, %,d packed, %s%s",
          listed,
          packed,
          new Rejects(rejectedByReason),
          leftOut.total() == 0 ? "" : ", " + leftOut);
    }
  }

  /**
   * Packs and commits: a table of {@link Tables#IMAGES} with their content, and, where there are
   * any, a table of {@link Tables#REJECTS} beside it. Work is kept in waves of some minutes:
   * whatever ends the job, the same run goes on where it stopped.
   *
   * @throws org.dn2.table.UserDataException if no file can be read or too many cannot
   */
  public Counts run(Settings settings) {
    Configuration hadoop = spark.sessionState().newHadoopConf();
    String path = settings.input().path();
    Destination besides = settings.output().at(RejectsTable.beside(settings.output().folder()));
    Separation.require(hadoop, settings.output().folder(), path);
    Separation.require(hadoop, besides.folder(), path);
    Outputs outputs =
        new Outputs(
            CommittedFolder.claim(settings.output(), COMMAND, hadoop),
            RejectsTable.claim(besides, COMMAND, spark));
    WholeFolder.requireWholeIfOurs(LiteralPath.hadoop(path), COMMAND, hadoop);
    UnfinishedRun run = new UnfinishedRun(settings.output(), hadoop);
    return run.orSayHowToGoOn(() -> run(settings, outputs, run));
  }

  private record Outputs(CommittedFolder images, RejectsTable rejects) {}

  private Counts run(Settings settings, Outputs outputs, UnfinishedRun run) {
    String path = settings.input().path();
    try (Listing images =
        Listing.of(
            new Stage(spark, "list", "List " + path),
            path,
            () -> ImageListing.find(spark, settings.input()))) {
      KeptImages kept =
          new KeptImages(spark, outputs.images().parts(fingerprint(settings, images)), images, run);
      return kept.orSayHowToGoOn(
          settings.output().runId(),
          () -> {
            Counts counts =
                new Stage(spark, "pack", "Pack " + path)
                    .counting(kept.counter())
                    .run(
                        () -> pack(settings, images, kept, outputs),
                        done -> done + " -> " + outputs.images().target());
            run.end();
            return counts;
          });
    }
  }

  /** Rows of a table tell nothing of their bytes: once it has changed, it is another input. */
  private static String fingerprint(Settings settings, Listing images) {
    String input = images.isOfTable() ? images.digest() : "";
    return DigestUtils.sha256Hex("pack " + settings.limits() + input).substring(0, 16);
  }

  private Counts pack(Settings settings, Listing images, KeptImages kept, Outputs outputs) {
    ReadContent read = new ReadContent(settings.limits(), hadoop(), kept.imagesDone());
    kept.useMissing(
        missing ->
            new Waves(missing, bytes(), firstWave, WAVE)
                .each(
                    wave ->
                        kept.add(
                            ColumnWords.written(
                                read.of(share(wave))
                                    .filter(col(Tables.REASON).isNull())
                                    .select(columns(Tables.IMAGES)),
                                Tables.IMAGES),
                            PARQUET)));
    return outputs
        .images()
        .write(
            kept.parts(),
            draft ->
                LentCache.with(
                    rejects(read, images, kept),
                    StorageLevel.MEMORY_AND_DISK(),
                    rejects -> finish(settings, images, kept, rejects, outputs.rejects())));
  }

  private SerializableConfiguration hadoop() {
    return new SerializableConfiguration(spark.sessionState().newHadoopConf());
  }

  /**
   * What is missing in the table is looked at once more, for the reason: no image has to be kept
   * until both tables are written.
   */
  private static Dataset<Row> rejects(ReadContent read, Listing images, KeptImages kept) {
    return read.of(kept.missing(images))
        .withColumn(
            Tables.REASON, coalesce(col(Tables.REASON), lit(RejectReason.UNREADABLE.columnValue())))
        .withColumn(
            Tables.MESSAGE,
            coalesce(
                col(Tables.MESSAGE),
                lit("The file could not be read at first, and then it could; pack again.")))
        .select(columns(Tables.REJECTS));
  }

  private static Counts finish(
      Settings settings,
      Listing images,
      KeptImages kept,
      Dataset<Row> rejects,
      RejectsTable table) {
    Map<String, Long> byReason = EmbeddingsStore.countByReason(rejects);
    Counts counts = new Counts(images.count(), kept.countPacked(), byReason, images.leftOut());
    if (counts.listed() != counts.packed() + counts.rejected()) {
      throw new IllegalStateException("images were lost or doubled on the way (" + counts + ")");
    }
    if (counts.packed() == 0) {
      kept.forget();
    }
    new Rejects(byReason)
        .requireFew(
            settings.input().path(),
            settings.maxRejectFraction(),
            counts.listed(),
            counts.toString(),
            Rejects.OPTION,
            rejects);
    table.write(byReason.isEmpty() ? null : rejects);
    return counts;
  }

  private static Column bytes() {
    return coalesce(col(Tables.SIZE_BYTES), lit(ReadContent.UNKNOWN_BYTES))
        .plus(lit(BYTES_PER_ROW));
  }

  /** Shares the listing out among the table's files. */
  private Dataset<Row> share(Dataset<Row> images) {
    long total = images.agg(coalesce(sum(bytes()), lit(0L))).head().getLong(0);
    long fewest =
        Math.min(spark.sparkContext().defaultParallelism(), Math.max(1, total / SMALLEST_SHARE));
    return EqualCostTasks.share(
        images,
        Listing.order(),
        bytes(),
        new EqualCostTasks.Size(bytesPerFile, (int) fewest, MOST_FILES));
  }

  static Column[] columns(StructType schema) {
    return Arrays.stream(schema.fieldNames()).map(name -> col(name)).toArray(Column[]::new);
  }
}
