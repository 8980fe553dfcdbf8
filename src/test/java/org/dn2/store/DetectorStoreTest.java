package org.dn2.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.dn2.detector.CalibrationDone;
import org.dn2.detector.Detector;
import org.dn2.detector.FittedDetector;
import org.dn2.features.Whitening;
import org.dn2.features.WhiteningTable;
import org.dn2.table.UserDataException;
import org.dn2.testing.Embeddings;
import org.dn2.testing.SparkSessions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DetectorStoreTest {
  @TempDir Path folder;

  private final DetectorStore store = new DetectorStore(SparkSessions.local());
  private final Dataset<Row> reference =
      Embeddings.table(List.of(Embeddings.image("a", 1, 2), Embeddings.image("b", 3, 4)));
  private final Dataset<Row> calibration =
      reference.select("image_id").withColumn("score", functions.lit(8.0));

  private static Detector description(
      Detector.WhiteningLearned whitening,
      Detector.CleaningDone cleaning,
      CalibrationDone calibrated) {
    return new Detector(
        Detector.FORMAT_VERSION,
        "0123456789abcdef",
        1,
        "squared_euclidean",
        "lists:2",
        "numbers",
        2,
        JsonNodeFactory.instance.objectNode().put("id", "numbers"),
        Map.of("exif-orientation", "apply", "sample-bits", "12"),
        new Detector.FeaturesUsed("l2", whitening),
        null,
        cleaning,
        null,
        2,
        List.of("good"),
        new Detector.Threshold(8, 0.99, 0.01, 0.0157, null),
        calibrated,
        "embeddings",
        "run",
        "2026-11-26T00:00:00Z");
  }

  private FittedDetector writtenAndRead(FittedDetector detector) {
    CommittedFolder.claim(
            new Destination(path().toString(), new RunId("run"), ExistingOutput.KEEP),
            "embed",
            new Configuration())
        .write(
            draft -> {
              store.write(detector, draft);
              return null;
            });
    return store.read(path());
  }

  private org.apache.hadoop.fs.Path path() {
    return new org.apache.hadoop.fs.Path(folder.resolve("detector").toUri());
  }

  private static List<String> rows(Dataset<Row> table) {
    return table.collectAsList().stream().map(Row::toString).sorted().toList();
  }

  @Test
  void aDetectorIsReadAsItWasWritten() {
    Whitening whitening =
        new Whitening(
            new double[] {0.5, 0.25}, new double[] {2, 1}, new double[] {1, 0, 0, 1}, 0.1);
    FittedDetector detector =
        new FittedDetector(
            description(
                new Detector.WhiteningLearned(2, 0.1, 3),
                new Detector.CleaningDone(0.4, 3, 1, 1, 1),
                CalibrationDone.crossFitted(3, 3)),
            reference,
            calibration,
            WhiteningTable.rows(whitening, SparkSessions.local()),
            calibration.withColumn("dropped", functions.lit(false)),
            reference.select(
                functions.col("image_id"), functions.lit("center-000000").as("center_id")));
    FittedDetector read = writtenAndRead(detector);
    assertThat(read.description()).isEqualTo(detector.description());
    assertThat(rows(read.reference())).isEqualTo(rows(reference.select("image_id", "embedding")));
    assertThat(rows(read.calibration())).isEqualTo(rows(calibration));
    assertThat(rows(read.whitening())).isEqualTo(rows(detector.whitening()));
    assertThat(rows(read.cleaning())).isEqualTo(rows(detector.cleaning()));
    assertThat(rows(read.members())).isEqualTo(rows(detector.members()));
  }

  @Test
  void whatADetectorDoesNotHaveIsNotThere() {
    FittedDetector read =
        writtenAndRead(
            new FittedDetector(
                description(null, null, CalibrationDone.leaveOneOut(2)),
                reference,
                calibration,
                null,
                null));
    assertThat(read.whitening()).isNull();
    assertThat(read.cleaning()).isNull();
    assertThat(read.members()).isNull();
    assertThat(folder.resolve("detector"))
        .isDirectoryNotContaining("glob:**whitening")
        .isDirectoryNotContaining("glob:**cleaning");
  }

  @Test
  void aDetectorThatCouldNotBeCalibratedSaysWhyAndHasNoTableOfScores() {
    Detector description = description(null, null, CalibrationDone.none("One image is alone."));
    FittedDetector read =
        writtenAndRead(new FittedDetector(description, reference, null, null, null));
    assertThat(read.description().calibration().isThere()).isFalse();
    assertThat(read.description().calibration().promise()).isEqualTo("One image is alone.");
    assertThat(read.calibration()).isNull();
    assertThat(folder.resolve("detector")).isDirectoryNotContaining("glob:**calibration");
  }

  @Test
  void whatIsNoDetectorIsRefused() throws Exception {
    assertThatThrownBy(() -> store.read(path()))
        .isInstanceOf(UserDataException.class)
        .hasMessageEndingWith("it is missing. Fit one first.");
    writtenAndRead(
        new FittedDetector(
            description(null, null, CalibrationDone.leaveOneOut(2)),
            reference,
            calibration,
            null,
            null));
    Path json = folder.resolve("detector/detector.json");
    // Another test of this JVM may have had local files written with checksums beside them.
    Files.deleteIfExists(folder.resolve("detector/.detector.json.crc"));
    Files.writeString(
        json, Files.readString(json).replace("\"formatVersion\" : 3", "\"formatVersion\" : 4"));
    assertThatThrownBy(() -> store.read(path()))
        .isInstanceOf(UserDataException.class)
        .hasMessageContaining("has format version 4; this program reads versions 1 to 3.");
    assertThatThrownBy(
            () ->
                new FittedDetector(
                    description(null, null, CalibrationDone.leaveOneOut(2)),
                    reference.drop("embedding"),
                    calibration,
                    null,
                    null))
        .hasMessageStartingWith("The reference set lacks the column embedding;");
  }
}
