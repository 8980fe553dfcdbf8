package org.dn2.pipeline;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.isnan;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.percentile_approx;

import java.sql.Timestamp;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.commons.math3.stat.interval.ConfidenceInterval;
import org.apache.commons.math3.stat.interval.IntervalUtils;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;
import org.dn2.detector.Detector;
import org.dn2.detector.FittedDetector;
import org.dn2.image.DecodeLimits;
import org.dn2.image.Decoding;
import org.dn2.image.ExifOrientation;
import org.dn2.image.ImageDecoder;
import org.dn2.image.SampleBits;
import org.dn2.report.Findings;
import org.dn2.report.FindingsPage;
import org.dn2.store.CommittedFolder;
import org.dn2.store.Destination;
import org.dn2.store.DetectorStore;
import org.dn2.store.RunChoice;
import org.dn2.store.ScoredRun;
import org.dn2.store.ScoresTable;
import org.dn2.store.Separation;
import org.dn2.table.LiteralPath;
import org.dn2.table.Tables;
import org.dn2.table.UserDataException;
import org.dn2.work.Stage;

/** One run's scores in, one HTML file out that needs no other, of bounded size. */
public final class ReportJob {
  /** The page in the folder. */
  public static final String FILE = "strange-images.html";

  private static final double CONFIDENCE = 0.95;
  private static final double NEARLY_ALL = 0.99;

  /** With the library of charts and all else the page stays below 2 MB. */
  private static final long BYTES_OF_NAMES_AND_PICTURES = 1_400_000;

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
   */
  public record Settings(
      String scores,
      String detector,
      String embeddings,
      List<String> normalLabels,
      String title,
      BackboneFolder heatMapsBy,
      Destination output) {

    /** Without heat maps. */
    public Settings(
        String scores,
        String detector,
        String embeddings,
        List<String> normalLabels,
        String title,
        Destination output) {
      this(scores, detector, embeddings, normalLabels, title, null, output);
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
                      List.of(inputs), () -> FindingsPage.html(findings(run, settings)));
              output.write(
                  draft -> {
                    draft.file(FILE, page);
                    return null;
                  });
              return new Path(output.target(), FILE);
            },
            Path::toString);
  }

  private Findings findings(ScoredRun run, Settings settings) {
    FittedDetector detector =
        settings.detector() == null
            ? null
            : new DetectorStore(spark).read(LiteralPath.given(settings.detector()));
    Dataset<Row> scores =
        Tables.typed(
                run.scores(),
                "The scores in " + settings.scores(),
                Tables.SCORES,
                Tables.SCORES.fieldNames())
            .persist(StorageLevel.MEMORY_AND_DISK());
    try {
      return findings(run, scores, detector, settings);
    } finally {
      scores.unpersist();
    }
  }

  private Findings findings(
      ScoredRun run, Dataset<Row> scores, FittedDetector detector, Settings settings) {
    ReportHeatMaps heat =
        settings.heatMapsBy() == null ? null : ReportHeatMaps.open(spark, settings, detector);
    Row sums =
        scores
            .agg(
                count(lit(1)).as("images"),
                count_if(col(Tables.IS_ANOMALY)).as("anomalies"),
                max(Tables.THRESHOLD).as("threshold"),
                min(Tables.SCORE).as("least"),
                percentile_approx(col(Tables.SCORE), lit(NEARLY_ALL), lit(1000)).as("nearly_all"),
                max(Tables.SCORE).as("most"),
                max(Tables.SCORED_AT).as("scored_at"),
                count_if(isnan(col(Tables.SCORE))).as("not_a_number"))
            .head();
    requireScores(sums, settings.scores());
    Double threshold = sums.getAs("threshold");
    Dataset<Row> reference =
        detector == null
            ? null
            : new DetectorStore(spark).referenceRows(LiteralPath.given(settings.detector()));
    ReportImages images = ReportImages.of(scores, threshold, reference);
    Findings.HeatMaps heatMaps =
        heat == null ? null : heat.of(images.rows(), reference, decoder(detector));
    ReportPictures pictures =
        new ReportPictures(
            spark,
            decoder(detector),
            BYTES_OF_NAMES_AND_PICTURES
                - images.bytesOfNames()
                - (heatMaps == null ? 0 : heatMaps.characters()));
    images.want(pictures);
    List<String> made = pictures.make();
    ReportFacts facts = new ReportFacts(spark, run, settings);
    List<Findings.Rejects> rejects = facts.rejects();
    ReportFigures figures = new ReportFigures(scores, settings.normalLabels());
    return new Findings(
        settings.title() == null ? "Strange images: " + settings.scores() : settings.title(),
        inNumbers(run, sums, detector, rejects),
        images.with(pictures),
        made,
        figures.scores(sums, detector),
        settings.normalLabels().isEmpty() ? null : figures.quality(),
        rejects,
        facts.settings(detector),
        heatMaps);
  }

  private static void requireScores(Row sums, String place) {
    long images = sums.getAs("images");
    long notANumber = sums.getAs("not_a_number");
    if (images == 0 || notANumber > 0) {
      throw new UserDataException(
          images == 0
              ? "There is nothing to report: the run in %s scored no image.".formatted(place)
              : "%,d of %,d scores in %s are NaN; score the images again."
                  .formatted(notANumber, images, place));
    }
  }

  /** What turns files into the pixels that were embedded, as far as the detector tells it. */
  private static ImageDecoder decoder(FittedDetector detector) {
    Decoding told = detector == null ? null : Decoding.chosen(detector.description().decoding());
    Decoding decoding = told == null ? new Decoding(ExifOrientation.IGNORE, SampleBits.AUTO) : told;
    return new ImageDecoder(DecodeLimits.DEFAULT, decoding.orientation(), decoding.sampleBits());
  }

  private static Findings.Run inNumbers(
      ScoredRun run, Row sums, FittedDetector detector, List<Findings.Rejects> rejects) {
    long images = sums.getAs("images");
    Double threshold = sums.getAs("threshold");
    Long anomalies = threshold == null ? null : sums.<Long>getAs("anomalies");
    Detector.Threshold promised =
        detector != null && Objects.equals(detector.description().threshold().value(), threshold)
            ? detector.description().threshold()
            : null;
    return new Findings.Run(
        run.runId().value(),
        run.runDate() == null ? null : run.runDate().toString(),
        String.valueOf(sums.<Timestamp>getAs("scored_at").toInstant()),
        images,
        anomalies,
        anomalies == null ? null : rate(anomalies, images),
        threshold,
        promised == null ? null : promised.alarmRate(),
        promised == null ? null : promised.alarmRateAtMost(),
        rejects.stream().mapToLong(Findings.Rejects::images).sum());
  }

  private static Findings.Rate rate(long some, long all) {
    ConfidenceInterval interval =
        IntervalUtils.getWilsonScoreInterval(
            Math.toIntExact(all), Math.toIntExact(some), CONFIDENCE);
    return new Findings.Rate(
        (double) some / all,
        Math.max(0, interval.getLowerBound()),
        Math.min(1, interval.getUpperBound()));
  }
}
