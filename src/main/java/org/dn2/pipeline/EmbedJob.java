package org.dn2.pipeline;

import static org.apache.spark.sql.functions.col;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;
import org.dn2.embedding.Embedder;
import org.dn2.embedding.EmbeddingSettings;
import org.dn2.embedding.ModelSpec;
import org.dn2.image.ImageInput;
import org.dn2.image.ImageListing;
import org.dn2.table.Tables;
import org.dn2.table.UserDataException;

/** Images in, a folder of embeddings and rejects out. */
public final class EmbedJob {
  private static final String EMBEDDINGS = "embeddings";
  private static final String REJECTS = "rejects";
  private static final String SUMMARY = "embed.json";
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Enough work to hide a task's start, and little enough to show progress and repeat cheaply. */
  private static final long NANOSECONDS_PER_TASK = 10_000_000_000L;

  private static final int MOST_TASKS = 20_000;

  private final SparkSession spark;

  public EmbedJob(SparkSession spark) {
    this.spark = spark;
  }

  /**
   * What to embed, how, and where to.
   *
   * @param model on the driver's disk, verified
   * @param maxRejectFraction of the listed images, 0 to 1; more rejects than that fail the run
   * @param output the folder to write
   */
  public record Settings(
      ImageInput input,
      BackboneFolder model,
      EmbeddingSettings embedding,
      double maxRejectFraction,
      String output,
      RunId runId,
      ExistingOutput existing) {
    public Settings {
      Rejects.requireFraction(maxRejectFraction);
    }
  }

  /** How many images went which way: {@code listed = embedded + rejected}. */
  public record Counts(long listed, long embedded, Map<String, Long> rejectedByReason) {
    /** How many images have no embedding. */
    public long rejected() {
      return new Rejects(rejectedByReason).total();
    }

    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "%,d listed, %,d embedded, %s",
          listed,
          embedded,
          new Rejects(rejectedByReason));
    }
  }

  /**
   * Embeds and commits.
   *
   * @throws UserDataException if no image is usable or too many are rejected
   */
  public Counts run(Settings settings) {
    return run(settings, images -> images);
  }

  /**
   * Embeds some of the listed images.
   *
   * @param choice leaves rows out of the listing
   */
  Counts run(Settings settings, UnaryOperator<Dataset<Row>> choice) {
    Configuration hadoop = spark.sessionState().newHadoopConf();
    CommittedFolder output =
        new CommittedFolder(
            new Path(settings.output()), settings.runId(), settings.existing(), hadoop);
    Stage listing = Stage.begin(spark, "list", "List " + settings.input().path());
    Dataset<Row> images =
        choice
            .apply(ImageListing.list(spark, settings.input()))
            .persist(StorageLevel.MEMORY_AND_DISK());
    try {
      long listed = images.count();
      listing.end("%,d images in %s".formatted(listed, settings.input().path()));
      Stage embedding = Stage.begin(spark, "embed", "Embed " + settings.input().path());
      Counts[] counts = new Counts[1];
      output.write(staging -> counts[0] = embed(settings, images, listed, staging));
      embedding.end(counts[0] + " -> " + output.target());
      return counts[0];
    } finally {
      images.unpersist();
    }
  }

  private Counts embed(Settings settings, Dataset<Row> images, long listed, Path folder) {
    try (Embedder embedder =
        Embedder.broadcasting(
            spark, settings.model().spec(), settings.model().torchScript(), settings.embedding())) {
      return commit(settings, embedder.embed(spread(settings, images)), listed, folder);
    }
  }

  private Counts commit(Settings settings, Dataset<Row> lazyOutcomes, long listed, Path folder) {
    // Kept on disk so that embeddings and rejects come from one pass through the network.
    Dataset<Row> outcomes = lazyOutcomes.persist(StorageLevel.DISK_ONLY());
    try {
      Counts counts = count(outcomes, listed);
      new Rejects(counts.rejectedByReason())
          .requireFew(
              settings.input().path(),
              settings.maxRejectFraction(),
              listed,
              counts.toString(),
              outcomes.filter(col(Tables.REASON).isNotNull()));
      Column embedded = col(Tables.REASON).isNull();
      write(
          outcomes.filter(embedded).select(columns(Tables.EMBEDDINGS.fieldNames())),
          folder,
          EMBEDDINGS);
      write(
          outcomes
              .filter(col(Tables.REASON).isNotNull())
              .select(columns(Tables.REJECTS.fieldNames()))
              .coalesce(1),
          folder,
          REJECTS);
      writeSummary(settings, counts, folder);
      return counts;
    } finally {
      outcomes.unpersist();
    }
  }

  private Dataset<Row> spread(Settings settings, Dataset<Row> images) {
    return EqualCostTasks.share(
        images,
        ImageCost.of(settings.model(), settings.embedding()).column(),
        new EqualCostTasks.Size(
            NANOSECONDS_PER_TASK, spark.sparkContext().defaultParallelism(), MOST_TASKS));
  }

  private static Counts count(Dataset<Row> outcomes, long listed) {
    Map<String, Long> rejected = new TreeMap<>();
    long embedded = 0;
    for (Row row : outcomes.groupBy(Tables.REASON).count().collectAsList()) {
      if (row.isNullAt(0)) {
        embedded = row.getLong(1);
      } else {
        rejected.put(row.getString(0), row.getLong(1));
      }
    }
    Counts counts = new Counts(listed, embedded, rejected);
    if (listed != embedded + counts.rejected()) {
      throw new IllegalStateException(
          "images were lost or doubled on the way ("
              + counts
              + "); did the input change meanwhile?");
    }
    return counts;
  }

  private static Column[] columns(String[] names) {
    return Arrays.stream(names).map(name -> col(name)).toArray(Column[]::new);
  }

  private static void write(Dataset<Row> table, Path folder, String name) {
    table.write().parquet(new Path(folder, name).toString());
  }

  private void writeSummary(Settings settings, Counts counts, Path folder) {
    Path summary = new Path(folder, SUMMARY);
    try (OutputStream out =
        summary.getFileSystem(spark.sessionState().newHadoopConf()).create(summary, false)) {
      ObjectNode node = JSON.createObjectNode();
      node.put("run_id", settings.runId().value());
      node.put("input", settings.input().path());
      node.put("listed", counts.listed());
      node.put("embedded", counts.embedded());
      node.set("rejected", JSON.valueToTree(counts.rejectedByReason()));
      node.set("model", JSON.readTree(settings.model().spec().toJson()));
      JSON.writerWithDefaultPrettyPrinter().writeValue(out, node);
    } catch (IOException e) {
      throw new UncheckedIOException("The summary " + summary + " cannot be written.", e);
    }
  }

  /**
   * What an embed run left behind.
   *
   * @param embeddings rows of {@link Tables#EMBEDDINGS}
   * @param model the backbone that made them
   */
  record Embedded(Dataset<Row> embeddings, ModelSpec model) {}

  /**
   * Opens the output of a finished embed run.
   *
   * @throws UserDataException if there is none
   */
  Embedded open(String folder) {
    Configuration hadoop = spark.sessionState().newHadoopConf();
    Path path = new Path(folder);
    CommittedFolder.requireWhole(path, "embed", hadoop);
    Dataset<Row> embeddings = spark.read().parquet(new Path(path, EMBEDDINGS).toString());
    Tables.requireColumns(
        embeddings, "The embeddings in " + folder, Tables.EMBEDDINGS.fieldNames());
    Path summary = new Path(path, SUMMARY);
    try (InputStream in = summary.getFileSystem(hadoop).open(summary)) {
      return new Embedded(
          embeddings, ModelSpec.fromJson(JSON.readTree(in).required("model").toString()));
    } catch (IOException e) {
      throw new UserDataException(summary + " cannot be read: " + e.getMessage(), e);
    }
  }

  /** The backbones that made the given embeddings; at most two are looked for. */
  static List<String> modelIds(Dataset<Row> embeddings) {
    return embeddings.select(Tables.MODEL_ID).distinct().limit(2).collectAsList().stream()
        .map(row -> row.getString(0))
        .sorted()
        .toList();
  }
}
