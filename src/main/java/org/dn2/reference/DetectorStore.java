package org.dn2.reference;

import static org.apache.spark.sql.functions.col;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.dn2.table.Tables;
import org.dn2.table.UserDataException;

/** Writes and reads a detector's folder. */
public final class DetectorStore {
  private static final String DESCRIPTION = "detector.json";
  private static final String REFERENCE = "reference";
  private static final String CALIBRATION = "calibration";
  private static final String CLEANING = "cleaning";
  private static final String WHITENING = "whitening";
  private static final ObjectMapper JSON =
      new ObjectMapper()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

  private final SparkSession spark;

  public DetectorStore(SparkSession spark) {
    this.spark = spark;
  }

  /**
   * A detector as it was read.
   *
   * @param reference columns image_id and embedding (features), one row per reference image
   * @param calibration columns image_id and score: each reference image's leave-one-out score
   * @param whitening rows of {@link Tables#WHITENING}; null where the detector has none
   */
  public record Stored(
      Detector detector,
      Dataset<Row> reference,
      Dataset<Row> calibration,
      Dataset<Row> whitening) {}

  /** Writes a whitening into a detector's folder; rows of {@link Tables#WHITENING}. */
  public void writeWhitening(Dataset<Row> whitening, Path folder) {
    whitening.coalesce(1).write().parquet(new Path(folder, WHITENING).toString());
  }

  /** Writes what the cleaning stage scored and dropped into a detector's folder. */
  public void writeCleaning(Dataset<Row> cleaning, Path folder) {
    cleaning.write().parquet(new Path(folder, CLEANING).toString());
  }

  /** Writes all else of a detector into its folder; the description comes last. */
  public void write(
      Detector detector, Dataset<Row> reference, Dataset<Row> calibration, Path folder) {
    Tables.requireColumns(reference, "The reference set", Tables.IMAGE_ID, Tables.EMBEDDING);
    Tables.requireColumns(calibration, "The calibration", Tables.IMAGE_ID, Tables.SCORE);
    reference.write().parquet(new Path(folder, REFERENCE).toString());
    calibration.write().parquet(new Path(folder, CALIBRATION).toString());
    Path description = new Path(folder, DESCRIPTION);
    try (OutputStream out = fileSystem(description).create(description, false)) {
      out.write((JSON.writeValueAsString(detector) + "\n").getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(
          "The detector's description " + description + " cannot be written.", e);
    }
  }

  /**
   * Reads a detector.
   *
   * @throws UserDataException if the folder holds none, or one of another format version
   */
  public Stored read(Path folder) {
    Path path = new Path(folder, DESCRIPTION);
    Detector detector;
    try (InputStream in = fileSystem(path).open(path)) {
      detector = JSON.readValue(in.readAllBytes(), Detector.class);
    } catch (FileNotFoundException e) {
      throw new UserDataException(
          "There is no detector in " + folder + ": it has no detector.json. Run dn2 fit first.", e);
    } catch (JsonProcessingException e) {
      throw new UserDataException(
          path + " cannot be read: " + e.getOriginalMessage() + ". Run dn2 fit again.", e);
    } catch (IOException e) {
      throw new UncheckedIOException("The detector's description " + path + " cannot be read.", e);
    }
    if (detector.formatVersion() < Detector.OLDEST_FORMAT_VERSION
        || detector.formatVersion() > Detector.FORMAT_VERSION) {
      throw new UserDataException(
          "The detector in %s has format version %d; this program reads versions %d to %d. Run dn2 fit again, or use the program that wrote it."
              .formatted(
                  folder,
                  detector.formatVersion(),
                  Detector.OLDEST_FORMAT_VERSION,
                  Detector.FORMAT_VERSION));
    }
    return new Stored(
        detector,
        spark
            .read()
            .parquet(new Path(folder, REFERENCE).toString())
            .select(col(Tables.IMAGE_ID), col(Tables.EMBEDDING)),
        spark.read().parquet(new Path(folder, CALIBRATION).toString()),
        detector.features().whitening() == null
            ? null
            : spark.read().parquet(new Path(folder, WHITENING).toString()));
  }

  private FileSystem fileSystem(Path path) throws IOException {
    return path.getFileSystem(spark.sessionState().newHadoopConf());
  }
}
