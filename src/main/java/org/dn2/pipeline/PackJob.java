package org.dn2.pipeline;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sum;

import java.io.IOException;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;
import org.apache.spark.util.SerializableConfiguration;
import org.dn2.image.DecodeLimits;
import org.dn2.image.ImageFile;
import org.dn2.image.ImageInput;
import org.dn2.image.ImageListing;
import org.dn2.image.ReadAhead;
import org.dn2.image.RejectReason;
import org.dn2.image.UndecodableImageException;
import org.dn2.table.Tables;

/**
 * Image files in, a table of images out: a few large files with the bytes of many small ones,
 * unchanged. No image is decoded.
 */
public final class PackJob {
  private static final String REJECTS = "_rejects";
  private static final int MOST_FILES = 100_000;
  private static final int FILES_AHEAD = 32;

  /** Rather fewer cores at work than a table of crumbs. */
  private static final long SMALLEST_SHARE = 16L << 20;

  private static final long BYTES_PER_ROW = 200;

  /** A manifest does not tell its files' sizes. */
  private static final long UNKNOWN_BYTES = 128L << 10;

  /** Spark reads up to 4,096 rows of a row group at once, so a group must fit a task's memory. */
  private static final int ROW_GROUP_BYTES = 32 << 20;

  private static final StructType READ =
      Tables.IMAGES
          .add(Tables.REASON, DataTypes.StringType, true)
          .add(Tables.MESSAGE, DataTypes.StringType, true);

  private final SparkSession spark;
  private final long bytesPerFile;

  public PackJob(SparkSession spark) {
    this(spark, 128L << 20);
  }

  /**
   * @param bytesPerFile of the table, roughly
   */
  PackJob(SparkSession spark, long bytesPerFile) {
    this.spark = spark;
    this.bytesPerFile = bytesPerFile;
  }

  /**
   * What to pack, and where to.
   *
   * @param limits beyond which a file is rejected
   * @param maxRejectFraction of the listed images, 0 to 1; more rejects than that fail the run
   * @param output the table's folder
   */
  public record Settings(
      ImageInput input,
      DecodeLimits limits,
      double maxRejectFraction,
      String output,
      RunId runId,
      ExistingOutput existing) {
    public Settings {
      Rejects.requireFraction(maxRejectFraction);
    }
  }

  /** How many images went which way: {@code listed = packed + rejected}. */
  public record Counts(long listed, long packed, Map<String, Long> rejectedByReason) {
    /** How many images are not in the table. */
    public long rejected() {
      return new Rejects(rejectedByReason).total();
    }

    @Override
    public String toString() {
      return String.format(
          Locale.ROOT, "%,d listed, %,d packed, %s", listed, packed, new Rejects(rejectedByReason));
    }
  }

  /**
   * Packs and commits: rows of {@link Tables#IMAGES} with their content, and beside them the hidden
   * table {@code _rejects} of {@link Tables#REJECTS}.
   *
   * @throws org.dn2.table.UserDataException if no file can be read or too many cannot
   */
  public Counts run(Settings settings) {
    Configuration hadoop = spark.sessionState().newHadoopConf();
    CommittedFolder output =
        new CommittedFolder(
            new Path(settings.output()), settings.runId(), settings.existing(), hadoop);
    Stage listing = Stage.begin(spark, "list", "List " + settings.input().path());
    Dataset<Row> images =
        ImageListing.list(spark, settings.input()).persist(StorageLevel.MEMORY_AND_DISK());
    try {
      long listed = images.count();
      listing.end("%,d images in %s".formatted(listed, settings.input().path()));
      Stage packing = Stage.begin(spark, "pack", "Pack " + settings.input().path());
      Counts[] counts = new Counts[1];
      output.write(staging -> counts[0] = pack(settings, images, listed, staging));
      packing.end(counts[0] + " -> " + output.target());
      return counts[0];
    } finally {
      images.unpersist();
    }
  }

  private Counts pack(Settings settings, Dataset<Row> images, long listed, Path folder) {
    read(settings, share(images))
        .filter(col(Tables.REASON).isNull())
        .select(columns(Tables.IMAGES))
        .write()
        .mode(SaveMode.Append)
        .option("parquet.block.size", ROW_GROUP_BYTES)
        // Images are large: a group's size is looked at after each.
        .option("parquet.page.size.row.check.min", 1)
        .parquet(folder.toString());
    Dataset<Row> packedIds =
        spark.read().schema(Tables.IMAGES).parquet(folder.toString()).select(Tables.IMAGE_ID);
    long packed = packedIds.count();
    // What is missing in the table is looked at once more, for the reason: no image has to be kept
    // until both tables are written.
    Dataset<Row> rejects =
        read(settings, images.join(packedIds, new String[] {Tables.IMAGE_ID}, "left_anti"))
            .withColumn(
                Tables.REASON,
                coalesce(col(Tables.REASON), lit(RejectReason.UNREADABLE.columnValue())))
            .withColumn(
                Tables.MESSAGE,
                coalesce(
                    col(Tables.MESSAGE),
                    lit("The file could not be read at first, and then it could; pack again.")))
            .select(columns(Tables.REJECTS))
            .persist(StorageLevel.MEMORY_AND_DISK());
    try {
      Counts counts = count(rejects, listed, packed);
      new Rejects(counts.rejectedByReason())
          .requireFew(
              settings.input().path(),
              settings.maxRejectFraction(),
              listed,
              counts.toString(),
              rejects);
      rejects.coalesce(1).write().parquet(new Path(folder, REJECTS).toString());
      return counts;
    } finally {
      rejects.unpersist();
    }
  }

  /** Shares the listing out among the table's files. */
  private Dataset<Row> share(Dataset<Row> images) {
    Column bytes = coalesce(col(Tables.SIZE_BYTES), lit(UNKNOWN_BYTES)).plus(lit(BYTES_PER_ROW));
    long total = images.agg(sum(bytes)).head().getLong(0);
    long fewest =
        Math.min(spark.sparkContext().defaultParallelism(), Math.max(1, total / SMALLEST_SHARE));
    return EqualCostTasks.share(
        images, bytes, new EqualCostTasks.Size(bytesPerFile, (int) fewest, MOST_FILES));
  }

  private Dataset<Row> read(Settings settings, Dataset<Row> images) {
    return images
        .select(columns(Tables.IMAGES))
        .mapPartitions(
            new ReadContent(
                settings.limits(),
                new SerializableConfiguration(spark.sessionState().newHadoopConf())),
            Encoders.row(READ));
  }

  private static Counts count(Dataset<Row> rejects, long listed, long packed) {
    Map<String, Long> rejected = new TreeMap<>();
    for (Row row : rejects.groupBy(Tables.REASON).count().collectAsList()) {
      rejected.put(row.getString(0), row.getLong(1));
    }
    Counts counts = new Counts(listed, packed, rejected);
    if (listed != packed + counts.rejected()) {
      throw new IllegalStateException("images were lost or doubled on the way (" + counts + ")");
    }
    return counts;
  }

  private static Column[] columns(StructType schema) {
    return Arrays.stream(schema.fieldNames()).map(name -> col(name)).toArray(Column[]::new);
  }

  /** Adds the files' bytes to rows of {@link Tables#IMAGES}, or the reason why one has none. */
  private record ReadContent(DecodeLimits limits, SerializableConfiguration hadoop)
      implements MapPartitionsFunction<Row, Row> {
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
}
