package org.dn2.pipeline;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import org.dn2.detector.FittedDetector;
import org.dn2.image.LeftOutRule;
import org.dn2.report.Findings;
import org.dn2.report.FindingsPage;
import org.dn2.store.CommittedFolder;
import org.dn2.store.Destination;
import org.dn2.store.DetectorStore;
import org.dn2.store.EmbeddingsStore;
import org.dn2.store.RunChoice;
import org.dn2.store.ScoredRun;
import org.dn2.store.ScoredRuns;
import org.dn2.store.ScoresTable;
import org.dn2.store.Separation;
import org.dn2.table.LiteralPath;
import org.dn2.work.Progress;
import org.dn2.work.Stage;

/** One run's scores in, one HTML file out that needs no other, of bounded size. */
public final class ReportJob {
  /** The page in the folder. */
  public static final String FILE = "strange-images.html";

  /** On a page that shows runs over time; the newest. */
  static final int MOST_NIGHTS = 400;

  private final SparkSession spark;

  public ReportJob(SparkSession spark) {
    this.spark = spark;
  }

  /**
   * What is told.
   *
   * @param scores a table of scores, or one run's folder in it
   * @param detector the folder of the one that gave the scores; null to do without p-values'
   *     expectations and pictures of neighbors
   * @param embeddings the folder of the images that were scored, for those that were rejected; null
   *     for none
   * @param normalLabels labels that count as normal; empty where none is known to be
   * @param title of the page, null for one that names the scores' folder
   * @param heatMapsBy the network of the detector, null for no heat maps
   * @param began when the run did, null where that is not known
   */
  public record Settings(
      String scores,
      String detector,
      String embeddings,
      List<String> normalLabels,
      String title,
      BackboneFolder heatMapsBy,
      Instant began,
      Destination output) {

    /** Without heat maps, of a run that began at some time. */
    public Settings(
        String scores,
        String detector,
        String embeddings,
        List<String> normalLabels,
        String title,
        Destination output) {
      this(scores, detector, embeddings, normalLabels, title, null, null, output);
    }
  }

  /**
   * Opens the run that is to be told of.
   *
   * @throws org.dn2.table.UserDataException if there is no such run
   */
  public ScoredRun open(String scores, RunChoice choice) {
    return new ScoresTable(spark, scores).open(choice);
  }

  /** Writes the page and commits its folder. */
  public Path run(ScoredRun run, Settings settings) {
    Configuration hadoop = spark.sessionState().newHadoopConf();
    String[] inputs =
        Stream.of(settings.scores(), settings.detector(), settings.embeddings())
            .filter(Objects::nonNull)
            .toArray(String[]::new);
    Separation.require(hadoop, settings.output().folder(), inputs);
    CommittedFolder output = CommittedFolder.claim(settings.output(), "report", hadoop);
    return new Stage(spark, "report", "Report on the run " + run.inWords())
        .run(
            () -> {
              String page =
                  DataFaults.naming(
                      List.of(inputs),
                      () ->
                          FindingsPage.html(
                              new ReportFindings(spark, source(run, settings)).findings()));
              output.write(
                  draft -> {
                    draft.file(FILE, page);
                    return null;
                  });
              return new Path(output.target(), FILE);
            },
            Path::toString);
  }

  private ReportSource source(ScoredRun run, Settings settings) {
    Path folder = settings.detector() == null ? null : LiteralPath.given(settings.detector());
    DetectorStore detectors = new DetectorStore(spark);
    FittedDetector detector = folder == null ? null : detectors.read(folder);
    List<Findings.Fact> facts = new ArrayList<>();
    facts.add(new Findings.Fact("Scores", settings.scores()));
    if (settings.embeddings() != null) {
      facts.add(new Findings.Fact("Embeddings", settings.embeddings()));
    }
    if (settings.began() != null) {
      facts.add(took(settings.began(), Instant.now()));
    }
    return new ReportSource(
        settings.title() == null ? "Strange images: " + settings.scores() : settings.title(),
        run.runId().value(),
        run.runDate() == null ? null : run.runDate().toString(),
        settings.scores(),
        run.scores(),
        detector,
        folder == null ? null : detectors.referenceRows(folder),
        ShownImages.embedded(spark, settings.embeddings()),
        ShownImages.embedded(spark, detector == null ? null : detector.description().embeddings()),
        settings.embeddings() == null
            ? null
            : new EmbeddingsStore(spark).rejects(settings.embeddings()),
        settings.embeddings() == null
            ? null
            : (Long) new EmbeddingsStore(spark).leftOut(settings.embeddings(), LeftOutRule.LIMIT),
        settings.normalLabels(),
        nights(run, settings),
        settings.heatMapsBy() == null ? null : ReportHeatMaps.open(spark, settings, detector),
        facts);
  }

  /** How long a run took. */
  static Findings.Fact took(Instant began, Instant ended) {
    return new Findings.Fact("Took", Progress.inWords(Duration.between(began, ended).toSeconds()));
  }

  /** All runs of the table, the oldest first; empty where it has only this one. */
  private List<Findings.Night> nights(ScoredRun run, Settings settings) {
    if (run.runDate() == null || run.runId().isOfPlaces()) {
      return List.of();
    }
    List<ScoredRuns.Counts> counts = new ScoresTable(spark, settings.scores()).counts();
    return counts.size() < 2
        ? List.of()
        : counts.stream()
            .skip(Math.max(0, counts.size() - MOST_NIGHTS))
            .map(
                night ->
                    new Findings.Night(
                        night.runDate(),
                        night.runId(),
                        night.images(),
                        night.anomalies(),
                        Findings.Rate.of(night.anomalies(), night.images()),
                        night.runDate().equals(run.runDate().toString())
                            && night.runId().equals(run.runId().value())))
            .toList();
  }
}
