package org.dn2.pipeline;

import static org.apache.spark.sql.functions.bit_xor;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.xxhash64;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.storage.StorageLevel;
import org.dn2.cleaning.Cleaner;
import org.dn2.cleaning.Cleaning;
import org.dn2.embedding.ModelSpec;
import org.dn2.features.FeatureChoice;
import org.dn2.features.FeatureMap;
import org.dn2.features.Features;
import org.dn2.features.Whitening;
import org.dn2.features.WhiteningTable;
import org.dn2.group.Groups;
import org.dn2.group.Pooling;
import org.dn2.neighbors.Distance;
import org.dn2.reference.Centers;
import org.dn2.reference.Detector;
import org.dn2.reference.DetectorStore;
import org.dn2.score.Calibration;
import org.dn2.score.Scorer;
import org.dn2.score.SearchPlan;
import org.dn2.score.SelfNeighbor;
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
   * What a score is made of.
   *
   * @param k neighbors, 1 or more; at most as many as there are centers
   * @param distance of features
   * @param features what each image's embedding becomes before all else
   * @param pooling of groups of images, or null to score images
   * @param cleaning of the images or groups; a fraction of 0 drops nothing
   * @param centers that stand for the images, or empty to keep the images
   * @param seed of the clustering
   * @param search how the reference set is searched
   */
  public record Method(
      int k,
      Distance distance,
      FeatureChoice features,
      Pooling pooling,
      Cleaning cleaning,
      OptionalInt centers,
      long seed,
      SearchPlan search) {
    /** The paper's own, for single images that are all normal. */
    public static final Method PAPER =
        new Method(
            2,
            Distance.SQUARED_EUCLIDEAN,
            FeatureChoice.PAPER,
            null,
            Cleaning.NONE,
            OptionalInt.empty(),
            0,
            SearchPlan.AUTO);

    public Method {
      if (k < 1) {
        throw new UserDataException("k is " + k + "; it must be 1 or more.");
      }
      if (centers.isPresent() && distance == Distance.MANHATTAN) {
        throw new UserDataException(
            "k-means has no centers for the Manhattan distance. Leave out --centers, or take"
                + " squared_euclidean or cosine.");
      }
    }

    /** The same with another k. */
    public Method withK(int otherK) {
      return new Method(otherK, distance, features, pooling, cleaning, centers, seed, search);
    }

    /** The same on other features. */
    public Method with(FeatureChoice otherFeatures) {
      return new Method(k, distance, otherFeatures, pooling, cleaning, centers, seed, search);
    }
  }

  /**
   * What to make a detector of.
   *
   * @param embeddings an embed run's output
   * @param normalLabels the labels that make up the reference set; empty takes every image
   * @param threshold given, or else taken from the leave-one-out scores
   * @param thresholdQuantile of the leave-one-out scores, above 0 and below 1
   */
  public record Settings(
      String embeddings,
      List<String> normalLabels,
      Method method,
      OptionalDouble threshold,
      double thresholdQuantile,
      String output,
      RunId runId,
      ExistingOutput existing) {
    public Settings {
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
    Dataset<Row> images = normalOnly(embedded.embeddings(), settings);
    Detector[] detector = new Detector[1];
    output.write(staging -> detector[0] = fit(settings, embedded.model(), images, staging));
    stage.end(describe(detector[0]) + " -> " + output.target());
    return detector[0];
  }

  private static String describe(Detector detector) {
    String dropped =
        detector.cleaning() == null
            ? ""
            : String.format(
                Locale.ROOT,
                "%,d of %,d dropped by %d neighbors (rounds: %d), ",
                detector.cleaning().dropped(),
                detector.cleaning().scored(),
                detector.cleaning().k(),
                detector.cleaning().rounds());
    String what =
        detector.clustering() != null
            ? "centers"
            : detector.pooling() != null ? "reference groups" : "reference images";
    return String.format(
        Locale.ROOT,
        "%s%,d %s, features %s, threshold %.6g",
        dropped,
        detector.referenceRows(),
        what,
        detector.features(),
        detector.threshold().value());
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

  private Detector fit(Settings settings, ModelSpec model, Dataset<Row> images, Path folder) {
    Method method = settings.method();
    Kept kept = new Kept();
    try {
      Featured featured = features(images, model, method.features(), folder, kept);
      Pooled pooled = pool(featured.images(), featured.dimension(), method.pooling(), kept);
      Cleaned cleaned = clean(pooled, method, folder, kept);
      Centers.Clustered clustered = cluster(cleaned.rows(), method);
      Dataset<Row> reference =
          clustered == null ? cleaned.rows() : kept.persist(clustered.reference());
      int k = clustered == null ? method.k() : (int) Math.min(method.k(), clustered.count());
      Dataset<Row> calibrating =
          calibrate(
              reference,
              clustered == null ? null : cleaned.rows(),
              new Scorer.Method(pooled.dimension(), method.distance(), k),
              method.search(),
              kept);
      Row digest =
          reference
              .agg(count(lit(1)), bit_xor(xxhash64(col(Tables.IMAGE_ID), col(Tables.EMBEDDING))))
              .head();
      Detector.Threshold threshold = threshold(settings, calibrating);
      Detector detector =
          new Detector(
              Detector.FORMAT_VERSION,
              identity(method.withK(k), featured, model, threshold, digest),
              k,
              method.distance().id(),
              model.id(),
              pooled.dimension(),
              new ObjectMapper().readTree(model.toJson()),
              featured.description(),
              pooled.description(),
              cleaned.description(),
              clustered == null
                  ? null
                  : new Detector.Clustering(
                      method.centers().getAsInt(),
                      cleaned.rows().count(),
                      method.seed(),
                      clustered.cost(),
                      clustered.iterations()),
              digest.getLong(0),
              settings.normalLabels(),
              threshold,
              settings.embeddings(),
              settings.runId().value(),
              Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
      new DetectorStore(spark).write(detector, reference, calibrating, folder);
      return detector;
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a model's description must be JSON", e);
    } finally {
      kept.close();
    }
  }

  /** What is to be released at the end. */
  private static final class Kept implements AutoCloseable {
    private final Deque<AutoCloseable> resources = new ArrayDeque<>();

    Dataset<Row> persist(Dataset<Row> table) {
      Dataset<Row> persisted = table.persist(StorageLevel.MEMORY_AND_DISK());
      resources.push(persisted::unpersist);
      return persisted;
    }

    <T extends AutoCloseable> T add(T resource) {
      resources.push(resource);
      return resource;
    }

    @Override
    public void close() {
      for (AutoCloseable resource : resources) {
        try {
          resource.close();
        } catch (Exception e) {
          LOG.warn("What a fit kept in memory could not be released: {}", e.toString());
        }
      }
    }
  }

  /** Images with the numbers that are compared. */
  private record Featured(
      Dataset<Row> images, int dimension, Detector.Features description, int whiteningDigest) {}

  private Featured features(
      Dataset<Row> images, ModelSpec model, FeatureChoice choice, Path folder, Kept kept) {
    FeatureMap map = choice.mapOr(model.suitedFeatures());
    if (choice.map() == null && model.features() == null) {
      LOG.warn(
          "fit: features none: the description of {} is from before there were maps. Where that is the"
              + " fetched backbone, --features log-l2 is better by far.",
          model.id());
    } else {
      LOG.info(
          "fit: features {}{}",
          map.id(),
          choice.map() == null ? ", which the description of " + model.id() + " names" : "");
    }
    Dataset<Row> mapped = Features.by(map).of(images);
    if (choice.whitening() == null) {
      return new Featured(mapped, model.dimension(), new Detector.Features(map.id(), null), 0);
    }
    Whitening whitening = choice.whitening().learn(mapped, model.dimension());
    new DetectorStore(spark).writeWhitening(WhiteningTable.rows(whitening, spark), folder);
    Features features = kept.add(Features.by(map, whitening, spark));
    return new Featured(
        kept.persist(features.of(images)),
        whitening.outputDimension(),
        new Detector.Features(
            map.id(),
            new Detector.Whitening(whitening.outputDimension(), whitening.ridge(), images.count())),
        Objects.hash(Arrays.hashCode(whitening.directions()), whitening.ridge()));
  }

  /** The rows that stand for images or groups: image_id, path, label, embedding. */
  private record Pooled(Dataset<Row> rows, int dimension, Detector.Pooling description) {}

  private static Pooled pool(Dataset<Row> images, int dimension, Pooling pooling, Kept kept) {
    if (pooling == null) {
      Dataset<Row> rows =
          images.select(Tables.IMAGE_ID, Tables.PATH, Tables.LABEL, Tables.EMBEDDING);
      return new Pooled(rows, dimension, null);
    }
    Dataset<Row> groups = kept.persist(new Groups(images).pooled(pooling));
    Dataset<Row> rows =
        groups.select(
            col(Tables.IMAGE_ID),
            lit(null).cast(DataTypes.StringType).as(Tables.PATH),
            col(Tables.LABEL),
            col(Tables.EMBEDDING));
    if (pooling != Pooling.CONCATENATE) {
      return new Pooled(rows, dimension, new Detector.Pooling(pooling.id(), null));
    }
    Row sizes = groups.agg(min(Groups.SIZE), max(Groups.SIZE)).head();
    if (sizes.getInt(0) != sizes.getInt(1)) {
      throw new UserDataException(
          "Concatenated groups must have one size, these have %d to %d images. Take --pool mean or max."
              .formatted(sizes.getInt(0), sizes.getInt(1)));
    }
    return new Pooled(
        rows,
        Math.multiplyExact(dimension, sizes.getInt(0)),
        new Detector.Pooling(pooling.id(), sizes.getInt(0)));
  }

  private record Cleaned(Dataset<Row> rows, Detector.Cleaning description) {}

  private Cleaned clean(Pooled pooled, Method method, Path folder, Kept kept) {
    Cleaning cleaning = method.cleaning();
    if (cleaning.fraction() == 0) {
      return new Cleaned(pooled.rows(), null);
    }
    Cleaner cleaner =
        kept.add(
            new Cleaner(
                cleaning,
                new Scorer.Method(pooled.dimension(), method.distance(), method.k()),
                method.search()));
    Cleaner.Cleaned cleaned = cleaner.clean(pooled.rows());
    new DetectorStore(spark)
        .writeCleaning(
            pooled.rows().drop(Tables.EMBEDDING).join(cleaned.marked(), Tables.IMAGE_ID), folder);
    return new Cleaned(
        kept.persist(cleaned.kept()),
        new Detector.Cleaning(
            cleaning.fraction(),
            cleaned.scored(),
            cleaning.droppedOf(cleaned.scored()),
            cleaned.neighbors(),
            cleaned.rounds()));
  }

  private static Centers.Clustered cluster(Dataset<Row> rows, Method method) {
    if (method.centers().isEmpty()) {
      return null;
    }
    String measure = method.distance() == Distance.COSINE ? "cosine" : "euclidean";
    Centers.Clustered clustered =
        new Centers(method.centers().getAsInt(), method.seed(), measure).cluster(rows);
    if (clustered.count() < method.centers().getAsInt()) {
      LOG.warn(
          "There are {} centers instead of {}: too few images differ.",
          clustered.count(),
          method.centers().getAsInt());
    }
    return clustered;
  }

  /**
   * How normal rows score: each reference row by the others, or, where centers stand for the rows,
   * each row by the centers that it helped to make. The latter are a little too low.
   *
   * @param clusteredRows null where the reference set is the rows
   */
  private static Dataset<Row> calibrate(
      Dataset<Row> reference,
      Dataset<Row> clusteredRows,
      Scorer.Method method,
      SearchPlan search,
      Kept kept) {
    Scorer scorer = kept.add(Scorer.of(reference, method, search));
    Dataset<Row> scores =
        clusteredRows == null
            ? scorer.leaveOneOut(reference)
            : scorer
                .score(clusteredRows, Calibration.of(new double[0]), SelfNeighbor.COUNTS)
                .select(Tables.IMAGE_ID, Tables.SCORE);
    return kept.persist(scores);
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
      Method method, Featured features, ModelSpec model, Detector.Threshold threshold, Row digest) {
    String everything =
        String.join(
            "\n",
            model.sha256(),
            model.id(),
            method.distance().id(),
            features.description().toString(),
            Integer.toString(features.whiteningDigest()),
            method.pooling() == null ? "images" : method.pooling().id(),
            Integer.toString(method.k()),
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
