package org.dn2.pipeline;

import static org.apache.spark.sql.functions.col;

import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.dn2.embedding.EmbeddingFingerprint;
import org.dn2.embedding.EmbeddingSettings;
import org.dn2.embedding.ModelFingerprint;
import org.dn2.image.ImageInput;
import org.dn2.image.ImageListing;
import org.dn2.image.LeftOut;
import org.dn2.store.CommittedFolder;
import org.dn2.store.Destination;
import org.dn2.store.EmbeddingsStore;
import org.dn2.store.Separation;
import org.dn2.store.UnfinishedRun;
import org.dn2.store.WholeFolder;
import org.dn2.table.LiteralPath;
import org.dn2.table.Tables;
import org.dn2.work.Stage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Images in, a folder of embeddings and rejects out. */
public final class EmbedJob {
  private static final Logger LOG = LoggerFactory.getLogger(EmbedJob.class);

  private final SparkSession spark;
  private final EmbedWaves waves;

  public EmbedJob(SparkSession spark) {
    this(spark, new EmbedWaves(spark));
  }

  /**
   * @param waves in which the images are embedded
   */
  EmbedJob(SparkSession spark, EmbedWaves waves) {
    this.spark = spark;
    this.waves = waves;
  }

  /**
   * What to embed, how, and where to.
   *
   * @param model on the driver's disk, verified
   * @param maxRejectFraction of the listed images, 0 to 1; more rejects than that fail the run
   */
  public record Settings(
      ImageInput input,
      BackboneFolder model,
      EmbeddingSettings embedding,
      double maxRejectFraction,
      Destination output) {
    public Settings {
      Rejects.requireFraction(maxRejectFraction);
    }

    /** What the embeddings can be compared with. */
    ModelFingerprint modelFingerprint() {
      return ModelFingerprint.of(model.spec(), embedding.decoding());
    }
  }

  /**
   * How many images went which way: {@code listed = embedded + rejected}.
   *
   * @param leftOut entries of the input that were not listed
   */
  public record Counts(
      long listed, long embedded, Map<String, Long> rejectedByReason, LeftOut leftOut) {
    /** How many images have no embedding. */
    public long rejected() {
      return new Rejects(rejectedByReason).total();
    }

    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "%,d listed, %,d embedded, %s%s",
          listed,
          embedded,
          new Rejects(rejectedByReason),
          leftOut.total() == 0 ? "" : ", " + leftOut);
    }
  }

  /**
   * Embeds and commits. Work is kept in waves of some minutes: whatever ends the job, the same run
   * goes on where it stopped, with images that have not changed.
   *
   * @throws org.dn2.table.UserDataException if no image is usable or too many are rejected
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
    Separation.require(hadoop, settings.output().folder(), settings.input().path());
    CommittedFolder output = CommittedFolder.claim(settings.output(), "embed", hadoop);
    return new UnfinishedRun(settings.output(), hadoop)
        .orSayHowToGoOn(
            () -> {
              try (Listing images = list(settings, choice)) {
                return embed(settings, images, output);
              }
            });
  }

  /**
   * Embeds some of the images that were listed before.
   *
   * @param choice leaves rows out of the listing
   */
  Counts run(Settings settings, Listing listed, UnaryOperator<Dataset<Row>> choice) {
    String path = settings.input().path();
    try (Listing images =
        Listing.of(
            new Stage(spark, "list", "Choose among " + path),
            path,
            () -> new ImageListing.Found(choice.apply(listed.rows()), listed.leftOut()))) {
      return run(settings, images);
    }
  }

  /** Embeds images that were listed before. */
  Counts run(Settings settings, Listing images) {
    Configuration hadoop = spark.sessionState().newHadoopConf();
    CommittedFolder output = CommittedFolder.claim(settings.output(), "embed", hadoop);
    return new UnfinishedRun(settings.output(), hadoop)
        .orSayHowToGoOn(() -> embed(settings, images, output));
  }

  /** Lists the images alone, so that they can be looked at before any is embedded. */
  Listing list(Settings settings) {
    return list(settings, images -> images);
  }

  private Listing list(Settings settings, UnaryOperator<Dataset<Row>> choice) {
    String path = settings.input().path();
    Configuration hadoop = spark.sessionState().newHadoopConf();
    Separation.require(hadoop, settings.output().folder(), path);
    WholeFolder.requireWholeIfOurs(LiteralPath.given(path), "pack", hadoop);
    return Listing.of(
        new Stage(spark, "list", "List " + path),
        path,
        () -> {
          ImageListing.Found found = ImageListing.find(spark, settings.input());
          return new ImageListing.Found(choice.apply(found.images()), found.leftOut());
        });
  }

  private Counts embed(Settings settings, Listing images, CommittedFolder output) {
    EmbeddingsStore store = new EmbeddingsStore(spark);
    EmbeddingsStore.Origin origin =
        new EmbeddingsStore.Origin(
            settings.input().path(),
            images.isOfFiles() ? null : settings.input(),
            images.digest(),
            EmbeddingFingerprint.of(settings.model().spec(), settings.embedding()),
            settings.model().spec(),
            settings.embedding().decoding());
    EmbeddingsStore.Written same = store.same(settings.output(), origin);
    if (same != null) {
      Counts counts =
          new Counts(images.count(), same.embedded(), same.rejected(), images.leftOut());
      new UnfinishedRun(settings.output(), spark.sessionState().newHadoopConf()).end();
      LOG.info("embed: {} -> {}, which this run wrote before", counts, output.target());
      return counts;
    }
    KeptOutcomes kept = new KeptOutcomes(spark, settings.output(), origin.fingerprint(), images);
    return kept.orSayHowToGoOn(
        () -> {
          waves.embedMissing(settings, kept);
          Counts counts =
              new Stage(spark, "commit", "Commit the embeddings of " + origin.input())
                  .run(
                      () -> commit(settings, images, kept, output, origin),
                      done -> done + " -> " + output.target());
          kept.end();
          return counts;
        });
  }

  private Counts commit(
      Settings settings,
      Listing images,
      KeptOutcomes kept,
      CommittedFolder output,
      EmbeddingsStore.Origin origin) {
    EmbeddingsStore store = new EmbeddingsStore(spark);
    Dataset<Row> outcomes = kept.ofListed();
    return output.write(
        draft -> {
          EmbeddingsStore.Written written = store.write(draft, outcomes, images.count(), origin);
          Counts counts =
              new Counts(images.count(), written.embedded(), written.rejected(), images.leftOut());
          if (counts.listed() != counts.embedded() + counts.rejected()) {
            throw new IllegalStateException(
                "images were lost or doubled on the way ("
                    + counts
                    + "); did the input change meanwhile?");
          }
          if (counts.embedded() == 0) {
            kept.forget();
          }
          new Rejects(written.rejected())
              .requireFew(
                  origin.input(),
                  settings.maxRejectFraction(),
                  counts.listed(),
                  counts.toString(),
                  Rejects.OPTION,
                  outcomes.filter(col(Tables.REASON).isNotNull()));
          DarkImages.warn(outcomes);
          EmbeddingsStore.Listed listed =
              new EmbeddingsStore.Listed(counts.listed(), counts.leftOut().byRule());
          store.writeSummary(draft, settings.output().runId(), listed, written, origin);
          return counts;
        });
  }
}
