package org.dn2.pipeline;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.dn2.embedding.EmbeddingSettings;
import org.dn2.features.FeatureMap;
import org.dn2.protocols.Measurement;
import org.dn2.report.Page;
import org.dn2.report.PageWriter;
import org.dn2.table.UserDataException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The paper's experiments on the user's datasets, and a report beside the published figures. */
public final class ReproduceJob {
  private static final Logger LOG = LoggerFactory.getLogger(ReproduceJob.class);

  private static final StructType MEASUREMENTS =
      new StructType()
          .add("experiment", DataTypes.StringType, false)
          .add("dataset", DataTypes.StringType, false)
          .add("backbone", DataTypes.StringType, false)
          .add("features", DataTypes.StringType, false)
          .add("setting", DataTypes.StringType, false)
          .add("normal", DataTypes.StringType, false)
          .add("parameter", DataTypes.DoubleType, true)
          .add("repeat", DataTypes.IntegerType, false)
          .add("roc_auc", DataTypes.DoubleType, false);

  private static final StructType FIGURES =
      new StructType()
          .add("experiment", DataTypes.StringType, false)
          .add("dataset", DataTypes.StringType, false)
          .add("line", DataTypes.StringType, false)
          .add("method", DataTypes.StringType, false)
          .add("backbone", DataTypes.StringType, true)
          .add("features", DataTypes.StringType, true)
          .add("is_published", DataTypes.BooleanType, false)
          .add("roc_auc_percent", DataTypes.DoubleType, false)
          .add("spread_points", DataTypes.DoubleType, true)
          .add("difference_points", DataTypes.DoubleType, true);

  private final SparkSession spark;
  private final Configuration hadoop;

  public ReproduceJob(SparkSession spark) {
    this.spark = spark;
    this.hadoop = spark.sessionState().newHadoopConf();
  }

  /**
   * What to measure.
   *
   * @param data a folder of datasets, or one dataset
   * @param backbones the first takes part in every experiment, the others in the unimodal one
   * @param features maps of the embeddings, the first one's figures being compared with the
   *     paper's; empty for the map that a backbone's description names and the paper's own form
   * @param pixels the backbone whose embeddings are raw pixels, for the rivals
   * @param trainPerClass training images of a class at most, 0 for all
   * @param output the folder for the report and for the embeddings of all datasets
   */
  public record Settings(
      Set<Experiment> experiments,
      String data,
      List<BackboneFolder> backbones,
      List<FeatureMap> features,
      BackboneFolder pixels,
      EmbeddingSettings embedding,
      double maxRejectFraction,
      int trainPerClass,
      String output,
      RunId runId,
      ExistingOutput existing) {
    public Settings {
      if (trainPerClass < 0) {
        throw new UserDataException(
            "The number of training images of a class is "
                + trainPerClass
                + "; it must be 0 or"
                + " more.");
      }
      experiments = Set.copyOf(experiments);
      backbones = List.copyOf(backbones);
      features = features.stream().distinct().toList();
    }

    List<FeatureMap> featuresOf(BackboneFolder backbone) {
      return features.isEmpty()
          ? Stream.of(backbone.spec().suitedFeatures(), FeatureMap.NONE).distinct().toList()
          : features;
    }
  }

  /** One measurement and what it was made on. */
  record Result(
      Experiment experiment,
      String dataset,
      String backbone,
      FeatureMap features,
      Measurement measurement) {}

  /** A dataset's part of the report. */
  record DatasetResults(
      String name,
      String size,
      boolean isSubset,
      List<Result> results,
      List<String> skipped,
      List<Page.Picture> pictures) {

    /** A table per experiment that was measured. */
    List<ComparisonTable> tables() {
      Map<Experiment, List<Result>> byExperiment =
          results.stream()
              .collect(
                  Collectors.groupingBy(
                      Result::experiment,
                      () -> new EnumMap<>(Experiment.class),
                      Collectors.toList()));
      List<ComparisonTable> tables = new ArrayList<>();
      byExperiment.forEach(
          (experiment, of) -> tables.add(ComparisonTable.of(experiment, name, of)));
      return tables;
    }
  }

  /** Measures all, writes the report and returns it as Markdown. */
  public String run(Settings settings) {
    CommittedFolder output =
        new CommittedFolder(
            new Path(settings.output() + "/report"), settings.runId(), settings.existing(), hadoop);
    List<DatasetResults> datasets = new ArrayList<>();
    for (DatasetFolder dataset : DatasetFolder.in(settings.data(), hadoop)) {
      datasets.add(measure(settings, dataset));
    }
    Page page = ReproductionPage.of(datasets, facts(settings));
    output.write(folder -> write(page, datasets, folder));
    LOG.info("reproduce: the report is in {}", output.target());
    return PageWriter.markdown(page);
  }

  private static List<String> facts(Settings settings) {
    List<String> facts = new ArrayList<>();
    facts.add("Date: " + LocalDate.now(ZoneOffset.UTC));
    settings
        .backbones()
        .forEach(
            model ->
                facts.add(
                    "Backbone: %s (%s), %d numbers an image; features: %s"
                        .formatted(
                            model.spec().id(),
                            model.spec().source(),
                            model.spec().dimension(),
                            settings.featuresOf(model).stream()
                                .map(FeatureMap::id)
                                .collect(Collectors.joining(", ")))));
    facts.add(
        "Features: what each image's embedding becomes before distances; none is the paper's own"
            + " form");
    facts.add(
        "Score: mean squared Euclidean distance to the 2 nearest, where nothing else is said");
    facts.add(
        "Published figures are the paper's (arXiv 2002.10445), by other backbones: they are there"
            + " to compare with, not measured here");
    if (settings.trainPerClass() > 0) {
      facts.add(
          "SUBSET: at most %,d training images of each class".formatted(settings.trainPerClass()));
    }
    return facts;
  }

  private DatasetResults measure(Settings settings, DatasetFolder dataset) {
    StoredEmbeddings stored =
        new StoredEmbeddings(
            spark,
            settings.embedding(),
            settings.maxRejectFraction(),
            settings.output() + "/embeddings",
            settings.runId());
    List<Result> results = new ArrayList<>();
    List<String> skipped = new ArrayList<>();
    List<Page.Picture> pictures = new ArrayList<>();
    String size = null;
    for (BackboneFolder backbone : settings.backbones()) {
      boolean isFirst = backbone.equals(settings.backbones().get(0));
      Set<Experiment> wanted = EnumSet.copyOf(settings.experiments());
      if (!isFirst) {
        wanted.retainAll(EnumSet.of(Experiment.UNIMODAL));
      }
      List<FeatureMap> forms = settings.featuresOf(backbone);
      for (FeatureMap form : forms) {
        boolean isFirstForm = form == forms.get(0);
        try (ExperimentRun run = open(stored, dataset, backbone, form, settings.trainPerClass())) {
          size = run.size();
          for (Experiment experiment : wanted) {
            Stage stage =
                Stage.begin(
                    spark,
                    experiment.id(),
                    "%s: %s, %s".formatted(experiment.title(), dataset.name(), form.id()));
            ExperimentRun.Outcome outcome =
                experiment == Experiment.TSNE
                    ? picture(dataset, run, isFirstForm, pictures)
                    : run.run(experiment);
            List<Result> found = new ArrayList<>();
            outcome
                .measurements()
                .forEach(
                    measurement ->
                        found.add(
                            new Result(
                                experiment,
                                dataset.name(),
                                backbone.spec().id(),
                                form,
                                measurement)));
            if (experiment == Experiment.RIVALS && isFirstForm && outcome.skipped() == null) {
              found.addAll(pixels(settings, stored, dataset, backbone));
            }
            results.addAll(found);
            if (outcome.skipped() != null && isFirstForm) {
              skipped.add(experiment.title() + ": left out, " + outcome.skipped() + ".");
            }
            stage.end(
                outcome.skipped() == null
                    ? "%s, features %s, %,d measurements"
                        .formatted(dataset.name(), form.id(), found.size())
                    : dataset.name() + ", left out: " + outcome.skipped());
          }
        }
      }
    }
    return new DatasetResults(
        dataset.name(), size, settings.trainPerClass() > 0, results, skipped, pictures);
  }

  private ExperimentRun open(
      StoredEmbeddings stored,
      DatasetFolder dataset,
      BackboneFolder model,
      FeatureMap map,
      int trainPerClass) {
    String trainFolder = stored.of(dataset, DatasetFolder.TRAIN, model, trainPerClass);
    String testFolder = stored.of(dataset, DatasetFolder.TEST, model, 0);
    return new ExperimentRun(
        spark, stored.read(trainFolder, map), stored.read(testFolder, map), trainFolder, map);
  }

  /** The rivals that look at raw pixels, which no map is for. */
  private List<Result> pixels(
      Settings settings, StoredEmbeddings stored, DatasetFolder dataset, BackboneFolder backbone) {
    try (ExperimentRun run =
        open(stored, dataset, settings.pixels(), FeatureMap.NONE, settings.trainPerClass())) {
      return run.rivals("pixels").measurements().stream()
          .map(
              measurement ->
                  new Result(
                      Experiment.RIVALS,
                      dataset.name(),
                      backbone.spec().id(),
                      FeatureMap.NONE,
                      measurement))
          .toList();
    }
  }

  /** One picture a dataset: of the first form. */
  private static ExperimentRun.Outcome picture(
      DatasetFolder dataset, ExperimentRun run, boolean isFirstForm, List<Page.Picture> pictures) {
    String normal = run.firstNormal();
    if (normal != null && isFirstForm) {
      pictures.add(ReproductionPage.plane(dataset.name(), normal, run.test()));
    }
    return new ExperimentRun.Outcome(List.of(), null);
  }

  private void write(Page page, List<DatasetResults> datasets, Path folder) {
    try {
      text(new Path(folder, "report.md"), PageWriter.markdown(page));
      text(new Path(folder, "report.html"), PageWriter.html(page));
      table(
          datasets.stream().flatMap(d -> d.results().stream()).map(ReproduceJob::row).toList(),
          MEASUREMENTS,
          new Path(folder, "measurements"));
      table(
          datasets.stream()
              .flatMap(d -> d.tables().stream())
              .flatMap(ReproduceJob::figures)
              .toList(),
          FIGURES,
          new Path(folder, "figures"));
      for (Page.Section section : page.sections()) {
        for (Page.Picture picture : section.pictures()) {
          bytes(new Path(folder, picture.file()), picture.png());
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the report could not be written", e);
    }
  }

  private static Row row(Result result) {
    Measurement measurement = result.measurement();
    return RowFactory.create(
        result.experiment().id(),
        result.dataset(),
        result.backbone(),
        result.features().id(),
        measurement.setting(),
        measurement.normal(),
        Double.isNaN(measurement.parameter()) ? null : measurement.parameter(),
        measurement.repeat(),
        measurement.rocAuc());
  }

  /** A row per cell; the difference stands beside our first figure of a line. */
  private static Stream<Row> figures(ComparisonTable table) {
    List<Row> rows = new ArrayList<>();
    for (ComparisonTable.Line line : table.lines()) {
      for (ComparisonTable.Column column : table.columns()) {
        ComparisonTable.Figure figure = line.figures().get(column);
        if (figure != null) {
          boolean isCompared = column.equals(table.columns().get(0));
          rows.add(
              RowFactory.create(
                  table.experiment().id(),
                  table.dataset(),
                  line.name(),
                  column.method(),
                  column.backbone(),
                  column.features() == null ? null : column.features().id(),
                  column.isPublished(),
                  figure.percent(),
                  figure.spread(),
                  isCompared ? table.difference(line).orElse(null) : null));
        }
      }
    }
    return rows.stream();
  }

  /** Writes rows as a folder of Parquet and as a JSON file beside it. */
  private void table(List<Row> rows, StructType schema, Path path) throws IOException {
    spark.createDataFrame(rows, schema).coalesce(1).write().parquet(path.toString());
    text(
        path.suffix(".json"),
        new ObjectMapper()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .writeValueAsString(rows.stream().map(row -> fields(row, schema)).toList()));
  }

  private static Map<String, Object> fields(Row row, StructType schema) {
    Map<String, Object> fields = new LinkedHashMap<>();
    for (int i = 0; i < row.length(); i++) {
      fields.put(schema.fieldNames()[i], row.get(i));
    }
    return fields;
  }

  private void text(Path path, String text) throws IOException {
    bytes(path, text.getBytes(StandardCharsets.UTF_8));
  }

  private void bytes(Path path, byte[] bytes) throws IOException {
    try (OutputStream out = path.getFileSystem(hadoop).create(path, false)) {
      out.write(bytes);
    }
  }
}
