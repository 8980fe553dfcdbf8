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
import org.dn2.table.LentCache;
import org.dn2.table.Tables;
import org.dn2.table.UserDataException;

/** One run's scores in, what a page shows of them out; of bounded size, however many they are. */
record ReportFindings(SparkSession spark, ReportSource source) {
  private static final double NEARLY_ALL = 0.99;
  private static final int ACCURACY = 1000;

  /** Of the median of the distances to the nearest. */
  private static final double COPY = 0.1;

  /** With the library of charts and all else the page stays below 2 MB. */
  private static final long BYTES_OF_NAMES_AND_PICTURES = 1_400_000;

  /**
   * Counts, chooses and draws.
   *
   * @throws UserDataException if there is no score, or one is NaN
   */
  Findings findings() {
    return LentCache.with(
        Tables.typed(
            source.scores(),
            "The scores in " + source.place(),
            Tables.SCORES,
            Tables.SCORES.fieldNames()),
        StorageLevel.MEMORY_AND_DISK(),
        this::findings);
  }

  private Findings findings(Dataset<Row> scores) {
    Row sums =
        scores
            .agg(
                count(lit(1)).as("images"),
                count_if(col(Tables.IS_ANOMALY)).as("anomalies"),
                max(Tables.THRESHOLD).as("threshold"),
                min(Tables.SCORE).as("least"),
                percentile_approx(col(Tables.SCORE), lit(NEARLY_ALL), lit(ACCURACY))
                    .as("nearly_all"),
                max(Tables.SCORE).as("most"),
                max(Tables.SCORED_AT).as("scored_at"),
                min(ReportImages.DISTANCE).as("least_distance"),
                percentile_approx(ReportImages.DISTANCE, lit(0.5), lit(ACCURACY))
                    .as("median_distance"),
                count_if(isnan(col(Tables.SCORE))).as("not_a_number"))
            .head();
    requireScores(sums);
    ReportImages.Strips strips = ReportImages.Strips.of(scores);
    Double copyDistance = copyDistance(sums);
    ReportImages images =
        ReportImages.of(source, scores, sums.getAs("threshold"), strips, copyDistance);
    Findings.HeatMaps heatMaps =
        source.heatMaps() == null ? null : source.heatMaps().of(images, source, decoder());
    ReportPictures pictures =
        new ReportPictures(
            spark,
            decoder(),
            BYTES_OF_NAMES_AND_PICTURES
                - images.bytesOfNames()
                - (heatMaps == null ? 0 : heatMaps.characters()));
    images.want(pictures);
    List<String> made = pictures.make();
    ReportFacts facts = new ReportFacts(source);
    List<Findings.Rejects> rejects = facts.rejects();
    ReportFigures figures = new ReportFigures(scores, source.normalLabels(), strips.labels());
    return new Findings(
        source.title(),
        inNumbers(sums, copies(scores, sums, copyDistance), rejects),
        images.with(pictures),
        made,
        figures.scores(sums, source.detector()),
        source.normalLabels().isEmpty() ? null : figures.quality(),
        source.nights(),
        rejects,
        facts.settings(),
        heatMaps);
  }

  private void requireScores(Row sums) {
    long images = sums.getAs("images");
    long notANumber = sums.getAs("not_a_number");
    if (images == 0 || notANumber > 0) {
      throw new UserDataException(
          images == 0
              ? "There is nothing to report: the run in %s scored no image."
                  .formatted(source.place())
              : "%,d of %,d scores in %s are NaN; score the images again."
                  .formatted(notANumber, images, source.place()));
    }
  }

  /** What turns files into the pixels that were embedded, as far as the detector tells it. */
  private ImageDecoder decoder() {
    FittedDetector detector = source.detector();
    Decoding told = detector == null ? null : Decoding.chosen(detector.description().decoding());
    Decoding decoding = told == null ? new Decoding(ExifOrientation.IGNORE, SampleBits.AUTO) : told;
    return new ImageDecoder(DecodeLimits.DEFAULT, decoding.orientation(), decoding.sampleBits());
  }

  /**
   * At most which an image is nearly the same as the one nearest to it, as copies in another size,
   * format or quality are; null where none is so near, which spares looking.
   */
  private static Double copyDistance(Row sums) {
    Double least = sums.getAs("least_distance");
    Double median = sums.getAs("median_distance");
    return least == null || least > COPY * median ? null : (Double) (COPY * median);
  }

  private static Long copies(Dataset<Row> scores, Row sums, Double copyDistance) {
    if (copyDistance != null) {
      return scores.filter(ReportImages.DISTANCE.leq(copyDistance)).count();
    }
    return sums.getAs("least_distance") == null ? null : (Long) 0L;
  }

  private Findings.Run inNumbers(Row sums, Long copies, List<Findings.Rejects> rejects) {
    long images = sums.getAs("images");
    Double threshold = sums.getAs("threshold");
    Long anomalies = threshold == null ? null : sums.<Long>getAs("anomalies");
    FittedDetector detector = source.detector();
    Detector.Threshold promised =
        detector != null && Objects.equals(detector.description().threshold().value(), threshold)
            ? detector.description().threshold()
            : null;
    return new Findings.Run(
        source.runId(),
        source.runDate(),
        String.valueOf(sums.<Timestamp>getAs("scored_at").toInstant()),
        images,
        anomalies,
        anomalies == null ? null : Findings.Rate.of(anomalies, images),
        threshold,
        promised == null ? null : promised.alarmRate(),
        promised == null ? null : promised.alarmRateAtMost(),
        promised == null ? null : promised.deviations(),
        copies,
        source.rejects() == null
            ? null
            : (Long) rejects.stream().mapToLong(Findings.Rejects::images).sum(),
        source.beyondLimit(),
        detector != null && detector.description().threshold().deviations() == null);
  }
}
