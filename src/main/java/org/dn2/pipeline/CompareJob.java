package org.dn2.pipeline;

import static org.apache.spark.sql.functions.col;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.dn2.embedding.ModelSpec;
import org.dn2.evaluation.PairedCurves;
import org.dn2.features.FeatureMap;
import org.dn2.features.Features;
import org.dn2.neighbors.Distance;
import org.dn2.score.AnomalyScore;
import org.dn2.search.NeighborSearch;
import org.dn2.search.Neighborhood;
import org.dn2.search.SearchPlan;
import org.dn2.search.SelfNeighbor;
import org.dn2.table.Tables;
import org.dn2.table.UserDataException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which backbone, feature map, distance and k tell the user's own labeled images apart best: one
 * search for each of the first three, of which all k are read off.
 */
public final class CompareJob {
  private static final Logger LOG = LoggerFactory.getLogger(CompareJob.class);
  private static final int USUAL_K = 2;
  private static final int LABELS_SHOWN = 20;

  /** Their scores come to the driver. */
  private static final long MOST_IMAGES = 1_000_000;

  private static final StructType COMPARISON =
      new StructType()
          .add("embeddings", DataTypes.StringType, false)
          .add("model_id", DataTypes.StringType, false)
          .add("features", DataTypes.StringType, false)
          .add("distance", DataTypes.StringType, false)
          .add("k", DataTypes.IntegerType, false)
          .add("is_compared_with", DataTypes.BooleanType, false)
          .add("roc_auc", DataTypes.DoubleType, false)
          .add("ci_low", DataTypes.DoubleType, false)
          .add("ci_high", DataTypes.DoubleType, false)
          .add("difference", DataTypes.DoubleType, false)
          .add("difference_ci_low", DataTypes.DoubleType, false)
          .add("difference_ci_high", DataTypes.DoubleType, false)
          .add("p_value", DataTypes.DoubleType, false);

  private final SparkSession spark;

  public CompareJob(SparkSession spark) {
    this.spark = spark;
  }

  /**
   * What to compare.
   *
   * @param embeddings embed runs' outputs, of the same images
   * @param references embed runs' outputs with the normal images to compare with, one for each of
   *     {@code embeddings}; empty to judge each image by the normal ones among the others
   * @param labels a CSV file with the columns image_id and label, null for the labels of the
   *     embeddings
   * @param normalLabels the labels that count as normal; all others are anomalous
   * @param features maps to compare; empty for all
   * @param neighbors values of k
   * @param output null to write nothing
   */
  public record Settings(
      List<String> embeddings,
      List<String> references,
      String labels,
      List<String> normalLabels,
      List<FeatureMap> features,
      List<Distance> distances,
      List<Integer> neighbors,
      SearchPlan search,
      String output,
      RunId runId,
      ExistingOutput existing) {
    public Settings {
      if (!references.isEmpty() && references.size() != embeddings.size()) {
        throw new UserDataException(
            "There are %d --embeddings and %d --reference. Give a reference for each, in the same order, or none."
                .formatted(embeddings.size(), references.size()));
      }
      for (int k : neighbors) {
        if (k < 1) {
          throw new UserDataException("k is " + k + "; it must be 1 or more.");
        }
      }
      features =
          features.isEmpty() ? List.of(FeatureMap.values()) : features.stream().distinct().toList();
      distances = distances.stream().distinct().toList();
      neighbors = neighbors.stream().distinct().toList();
    }

    int mostNeighbors() {
      return neighbors.stream().mapToInt(Integer::intValue).max().orElseThrow();
    }
  }

  /** Compares, and commits where an output is named. */
  public ComparisonOfMethods run(Settings settings) {
    Configuration hadoop = spark.sessionState().newHadoopConf();
    CommittedFolder output =
        settings.output() == null
            ? null
            : new CommittedFolder(
                new Path(settings.output()), settings.runId(), settings.existing(), hadoop);
    List<Opened> all = open(settings);
    List<Scored> scored = new ArrayList<>();
    all.forEach(opened -> scored.addAll(scored(settings, opened)));
    List<String> inOrder = List.copyOf(all.get(0).labels().values());
    PairedCurves curves =
        new PairedCurves(
            scored.stream().map(Scored::scores).toArray(double[][]::new),
            place -> !settings.normalLabels().contains(inOrder.get(place)));
    List<ComparisonOfMethods.Method> methods = scored.stream().map(Scored::method).toList();
    ComparisonOfMethods comparison =
        ComparisonOfMethods.of(
            settings.normalLabels(),
            methods,
            curves,
            usual(settings, all.get(0).model().suitedFeatures(), methods));
    if (output != null) {
      output.write(folder -> write(comparison, folder, hadoop));
    }
    return comparison;
  }

  /**
   * A folder of embeddings, checked.
   *
   * @param labels of all images, by id
   * @param reference the normal images to compare with
   */
  private record Opened(
      String folder,
      ModelSpec model,
      Dataset<Row> images,
      Map<String, String> labels,
      Dataset<Row> reference) {}

  /** Opens and checks all folders before any is searched. */
  private List<Opened> open(Settings settings) {
    LabelsFile file = settings.labels() == null ? null : new LabelsFile(spark, settings.labels());
    List<Opened> all = new ArrayList<>();
    for (int i = 0; i < settings.embeddings().size(); i++) {
      String folder = settings.embeddings().get(i);
      EmbedJob.Embedded embedded = new EmbedJob(spark).open(folder);
      Dataset<Row> images =
          file == null ? embedded.embeddings() : file.of(embedded.embeddings(), folder);
      Map<String, String> labels = labels(images, folder);
      if (i > 0) {
        requireSameImages(all.get(0).labels(), labels, settings);
      }
      requireNormalLabels(settings, labels, folder);
      requireNeighbors(settings, labels);
      Dataset<Row> reference =
          settings.references().isEmpty()
              ? images.filter(col(Tables.LABEL).isin(settings.normalLabels().toArray()))
              : reference(embedded, settings.references().get(i), settings);
      all.add(new Opened(folder, embedded.model(), images, labels, reference));
    }
    return all;
  }

  /** A method and the scores that it gives, in ascending order of image id. */
  private record Scored(ComparisonOfMethods.Method method, double[] scores) {}

  /** All methods on one folder: a search for each map and distance, of which all k are read off. */
  private List<Scored> scored(Settings settings, Opened opened) {
    List<Scored> scored = new ArrayList<>();
    for (FeatureMap map : settings.features()) {
      for (Distance distance : distances(settings, map)) {
        String what = "%s, features %s, %s".formatted(opened.folder(), map.id(), distance.id());
        Stage stage = Stage.begin(spark, "compare", "Compare " + what);
        Map<String, double[]> nearest = nearest(settings, opened, map, distance);
        stage.end(what);
        for (int k : settings.neighbors()) {
          scored.add(
              new Scored(
                  new ComparisonOfMethods.Method(
                      opened.folder(), opened.model().id(), map, distance, k),
                  nearest.values().stream()
                      .mapToDouble(distances -> AnomalyScore.of(Arrays.copyOf(distances, k)))
                      .toArray()));
        }
      }
    }
    return scored;
  }

  /** The place of the method that all are compared with: the first folder's default, or nearly. */
  private static int usual(
      Settings settings, FeatureMap suited, List<ComparisonOfMethods.Method> methods) {
    FeatureMap map = preferred(settings.features(), suited);
    Distance distance = preferred(distances(settings, map), Distance.SQUARED_EUCLIDEAN);
    int k = preferred(settings.neighbors(), USUAL_K);
    for (int i = 0; i < methods.size(); i++) {
      ComparisonOfMethods.Method method = methods.get(i);
      if (method.features() == map && method.distance() == distance && method.k() == k) {
        return i;
      }
    }
    throw new AssertionError("the settings name it");
  }

  private static <T> T preferred(List<T> given, T usual) {
    return given.contains(usual) ? usual : given.get(0);
  }

  /**
   * The distances that are worth a search: the cosine one ranks as the squared Euclidean one at
   * unit length, and is left out where that is compared too.
   */
  private static List<Distance> distances(Settings settings, FeatureMap map) {
    boolean isTwice =
        settings.features().contains(map.atUnitLength())
            && settings.distances().contains(Distance.SQUARED_EUCLIDEAN);
    return settings.distances().stream()
        .filter(distance -> !(isTwice && distance == Distance.COSINE))
        .toList();
  }

  /** The labels of all images, by id. */
  private static Map<String, String> labels(Dataset<Row> images, String folder) {
    if (images.count() > MOST_IMAGES) {
      throw new UserDataException(
          "%s has more than %,d labeled images. Compare on a sample of them."
              .formatted(folder, MOST_IMAGES));
    }
    Map<String, String> labels = new TreeMap<>();
    for (Row row : images.select(Tables.IMAGE_ID, Tables.LABEL).collectAsList()) {
      if (row.isNullAt(1)) {
        throw new UserDataException(
            "The image %s of %s has no label. Labels come from a manifest's column or from --label-pattern when images are embedded, or from --labels."
                .formatted(row.getString(0), folder));
      }
      labels.put(row.getString(0), row.getString(1));
    }
    return labels;
  }

  private static void requireNormalLabels(
      Settings settings, Map<String, String> labels, String folder) {
    Set<String> found = new TreeSet<>(labels.values());
    for (String label : settings.normalLabels()) {
      if (!found.contains(label)) {
        throw new UserDataException(
            "No image of %s has the normal label %s; the labels are: %s."
                .formatted(
                    folder,
                    label,
                    found.stream().limit(LABELS_SHOWN).collect(Collectors.joining(", "))));
      }
    }
  }

  /** An image that is judged by its own folder has one normal image less. */
  private static void requireNeighbors(Settings settings, Map<String, String> labels) {
    if (!settings.references().isEmpty()) {
      return;
    }
    long others = labels.values().stream().filter(settings.normalLabels()::contains).count() - 1;
    if (settings.mostNeighbors() > others) {
      throw new UserDataException(
          "k is %d, but each normal image has %d others to be judged by. Give a smaller --k or more normal images."
              .formatted(settings.mostNeighbors(), Math.max(0, others)));
    }
  }

  private static void requireSameImages(
      Map<String, String> before, Map<String, String> now, Settings settings) {
    if (before.equals(now)) {
      return;
    }
    String example =
        Stream.concat(before.keySet().stream(), now.keySet().stream())
            .filter(id -> !Objects.equals(before.get(id), now.get(id)))
            .findFirst()
            .orElseThrow();
    throw new UserDataException(
        "%s are not embeddings of the same labeled images: %s, for one, is not the same in all. A comparison needs pairs."
            .formatted(String.join(" and ", settings.embeddings()), example));
  }

  /** The normal images of a folder; all of it where it has no labels. */
  private Dataset<Row> reference(EmbedJob.Embedded embedded, String folder, Settings settings) {
    EmbedJob.Embedded reference = new EmbedJob(spark).open(folder);
    if (!reference.model().id().equals(embedded.model().id())) {
      throw new UserDataException(
          "The reference %s was embedded by the model %s, the images by %s: their distances mean nothing."
              .formatted(folder, reference.model().id(), embedded.model().id()));
    }
    Dataset<Row> rows = reference.embeddings();
    boolean hasLabels = !rows.filter(col(Tables.LABEL).isNotNull()).isEmpty();
    Dataset<Row> normal =
        hasLabels ? rows.filter(col(Tables.LABEL).isin(settings.normalLabels().toArray())) : rows;
    if (normal.isEmpty()) {
      throw new UserDataException(
          "The reference %s has no image with a label among %s."
              .formatted(folder, settings.normalLabels()));
    }
    long copies = normal.join(embedded.embeddings(), Tables.CONTENT_SHA256, "left_semi").count();
    if (copies > 0) {
      LOG.warn(
          "compare: {} images of the reference {} are among the compared ones too: such an image finds"
              + " itself at distance 0, and the figures are too good. Without --reference each image is"
              + " judged by the others.",
          copies,
          folder);
    }
    return normal;
  }

  /** Each image's distances to its nearest normal ones, by id. */
  private static Map<String, double[]> nearest(
      Settings settings, Opened opened, FeatureMap map, Distance distance) {
    boolean isOwnReference = settings.references().isEmpty();
    Map<String, double[]> nearest = new TreeMap<>();
    try (Features features = Features.by(map);
        NeighborSearch search =
            NeighborSearch.open(
                features.of(opened.reference()),
                new Neighborhood(opened.model().dimension(), distance, settings.mostNeighbors()),
                settings.search())) {
      Iterator<Row> rows =
          search
              .nearest(
                  features.of(opened.images()),
                  isOwnReference ? SelfNeighbor.EXCLUDED : SelfNeighbor.COUNTS)
              .select(Tables.IMAGE_ID, Tables.NEIGHBOR_DISTANCES)
              .toLocalIterator();
      while (rows.hasNext()) {
        Row row = rows.next();
        nearest.put(
            row.getString(0),
            row.<Double>getList(1).stream().mapToDouble(Double::doubleValue).toArray());
      }
    }
    return nearest;
  }

  private void write(ComparisonOfMethods comparison, Path folder, Configuration hadoop) {
    List<Row> rows = comparison.lines().stream().map(CompareJob::row).toList();
    spark
        .createDataFrame(rows, COMPARISON)
        .coalesce(1)
        .write()
        .parquet(new Path(folder, "comparison").toString());
    Path json = new Path(folder, "comparison.json");
    try (OutputStream out = json.getFileSystem(hadoop).create(json, false)) {
      new ObjectMapper()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .writeValue(out, rows.stream().map(CompareJob::fields).toList());
    } catch (IOException e) {
      throw new UncheckedIOException(json + " cannot be written.", e);
    }
  }

  private static Row row(ComparisonOfMethods.Line line) {
    ComparisonOfMethods.Method method = line.method();
    PairedCurves.Estimate difference = line.difference().estimate();
    return RowFactory.create(
        method.embeddings(),
        method.modelId(),
        method.features().id(),
        method.distance().id(),
        method.k(),
        line.isComparedWith(),
        line.rocAuc().value(),
        line.rocAuc().low(),
        line.rocAuc().high(),
        difference.value(),
        difference.low(),
        difference.high(),
        line.difference().pValue());
  }

  private static Map<String, Object> fields(Row row) {
    Map<String, Object> fields = new LinkedHashMap<>();
    for (int i = 0; i < row.length(); i++) {
      fields.put(COMPARISON.fieldNames()[i], row.get(i));
    }
    return fields;
  }
}
