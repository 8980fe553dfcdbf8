package org.dn2.pipeline;

import static org.apache.spark.sql.functions.bit_xor;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.xxhash64;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;
import org.dn2.embedding.ModelSpec;
import org.dn2.reference.Detector;
import org.dn2.reference.DetectorStore;
import org.dn2.score.Calibration;
import org.dn2.score.Scorer;
import org.dn2.table.Tables;
import org.dn2.table.UserDataException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Embeddings of normal images in, a detector out. */
public final class FitJob {
  private static final Logger LOG = LoggerFactory.getLogger(FitJob.class);

  private final SparkSession spark;

  public FitJob(SparkSession spark) {
    this.spark = spark;
  }

  /**
   * What to make a detector of.
   *
   * @param embeddings an embed run's output
   * @param normalLabels the labels that make up the reference set; empty takes every image
   * @param k neighbors, 1 or more
   * @param threshold given, or else taken from the leave-one-out scores
   * @param thresholdQuantile of the leave-one-out scores, above 0 and below 1
   */
  public record Settings(
      String embeddings,
      List<String> normalLabels,
      int k,
      OptionalDouble threshold,
      double thresholdQuantile,
      String output,
      RunId runId,
      ExistingOutput existing) {
    public Settings {
      if (k < 1) {
        throw new UserDataException("k is " + k + "; it must be 1 or more.");
      }
      if (threshold.isPresent() && !Double.isFinite(threshold.getAsDouble())) {
        throw new UserDataException("The threshold is not a finite number.");
      }
      normalLabels = List.copyOf(normalLabels);
    }
  }

  /** Fits and commits. */
  public Detector run(Settings settings) {
    CommittedFolder output =
        new CommittedFolder(
            new Path(settings.output()),
            settings.runId(),
            settings.existing(),
            spark.sessionState().newHadoopConf());
    Stage stage = Stage.begin(spark, "fit", "Fit a detector to " + settings.embeddings());
    EmbedJob.Embedded embedded = new EmbedJob(spark).open(settings.embeddings());
    Dataset<Row> reference =
        normalOnly(embedded.embeddings(), settings)
            .select(Tables.IMAGE_ID, Tables.PATH, Tables.LABEL, Tables.EMBEDDING);
    Detector[] detector = new Detector[1];
    output.write(staging -> detector[0] = fit(settings, embedded.model(), reference, staging));
    stage.end(
        String.format(
            Locale.ROOT,
            "%,d reference images, threshold %.6g -> %s",
            detector[0].referenceRows(),
            detector[0].threshold().value(),
            output.target()));
    return detector[0];
  }

  private static Dataset<Row> normalOnly(Dataset<Row> embeddings, Settings settings) {
    if (settings.normalLabels().isEmpty()) {
      return embeddings;
    }
    Dataset<Row> normal =
        embeddings.filter(col(Tables.LABEL).isin(settings.normalLabels().toArray()));
    if (normal.isEmpty()) {
      List<String> labels =
          embeddings
              .select(coalesce(col(Tables.LABEL), lit("(none)")))
              .distinct()
              .orderBy(Tables.LABEL)
              .limit(20)
              .as(Encoders.STRING())
              .collectAsList();
      throw new UserDataException(
          "No embedding in %s has a label among %s; there are: %s."
              .formatted(
                  settings.embeddings(), settings.normalLabels(), String.join(", ", labels)));
    }
    return normal;
  }

  private Detector fit(Settings settings, ModelSpec model, Dataset<Row> reference, Path folder) {
    try (Scorer scorer = Scorer.broadcasting(reference, model.dimension(), settings.k())) {
      Dataset<Row> leaveOneOut =
          scorer.leaveOneOut(reference).persist(StorageLevel.MEMORY_AND_DISK());
      try {
        Row digest =
            reference
                .agg(count(lit(1)), bit_xor(xxhash64(col(Tables.IMAGE_ID), col(Tables.EMBEDDING))))
                .head();
        Detector.Threshold threshold = threshold(settings, leaveOneOut);
        Detector detector =
            new Detector(
                Detector.FORMAT_VERSION,
                identity(settings, model, threshold, digest),
                settings.k(),
                Detector.SQUARED_EUCLIDEAN,
                model.id(),
                model.dimension(),
                new ObjectMapper().readTree(model.toJson()),
                digest.getLong(0),
                settings.normalLabels(),
                threshold,
                settings.embeddings(),
                settings.runId().value(),
                Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
        new DetectorStore(spark).write(detector, reference, leaveOneOut, folder);
        return detector;
      } catch (JsonProcessingException e) {
        throw new IllegalStateException("a model's description must be JSON", e);
      } finally {
        leaveOneOut.unpersist();
      }
    }
  }

  private static Detector.Threshold threshold(Settings settings, Dataset<Row> leaveOneOut) {
    if (settings.threshold().isPresent()) {
      return new Detector.Threshold(settings.threshold().getAsDouble(), null);
    }
    double quantile = settings.thresholdQuantile();
    Calibration calibration = ScoreJob.calibration(leaveOneOut);
    long needed = Calibration.smallestSampleFor(quantile);
    if (calibration.size() < needed) {
      LOG.warn(
          "The threshold is the largest of {} leave-one-out scores: the quantile {} needs at least"
              + " {} reference images.",
          calibration.size(),
          quantile,
          needed);
    }
    return new Detector.Threshold(calibration.threshold(quantile), quantile);
  }

  private static String identity(
      Settings settings, ModelSpec model, Detector.Threshold threshold, Row digest) {
    String everything =
        String.join(
            "\n",
            model.sha256(),
            model.id(),
            Detector.SQUARED_EUCLIDEAN,
            Integer.toString(settings.k()),
            Double.toString(threshold.value()),
            Long.toString(digest.getLong(0)),
            Long.toString(digest.getLong(1)));
    try {
      byte[] sha256 =
          MessageDigest.getInstance("SHA-256").digest(everything.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(sha256, 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
