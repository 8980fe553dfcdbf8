package org.dn2.store;

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
import org.dn2.detector.Detector;
import org.dn2.detector.FittedDetector;
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

  /** Writes a detector's tables into its folder; the description comes last. */
  public void write(FittedDetector detector, Path folder) {
    if (detector.whitening() != null) {
      write(detector.whitening().coalesce(1), folder, WHITENING);
    }
    if (detector.cleaning() != null) {
      write(detector.cleaning(), folder, CLEANING);
    }
    write(detector.reference(), folder, REFERENCE);
    write(detector.calibration(), folder, CALIBRATION);
    Path description = new Path(folder, DESCRIPTION);
    try (OutputStream out = fileSystem(description).create(description, false)) {
      out.write(
          (JSON.writeValueAsString(detector.description()) + "\n")
              .getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(
          "The detector's description " + description + " cannot be written.", e);
    }
  }

  private static void write(Dataset<Row> table, Path folder, String name) {
    table.write().parquet(new Path(folder, name).toString());
  }

  /**
   * Reads a detector.
   *
   * @throws UserDataException if the folder holds none, or one of another format version
   */
  public FittedDetector read(Path folder) {
    Detector description = description(folder);
    return new FittedDetector(
        description,
        table(folder, REFERENCE).select(col(Tables.IMAGE_ID), col(Tables.EMBEDDING)),
        table(folder, CALIBRATION),
        description.features().whitening() == null ? null : table(folder, WHITENING),
        hasCleaning(description, folder) ? table(folder, CLEANING) : null);
  }

  private Dataset<Row> table(Path folder, String name) {
    return spark.read().parquet(new Path(folder, name).toString());
  }

  /** Not every program that cleaned has kept what it dropped. */
  private boolean hasCleaning(Detector description, Path folder) {
    if (description.cleaning() == null) {
      return false;
    }
    Path cleaning = new Path(folder, CLEANING);
    try {
      return fileSystem(cleaning).exists(cleaning);
    } catch (IOException e) {
      throw new UncheckedIOException("It cannot be told whether there is " + cleaning + ".", e);
    }
  }

  private Detector description(Path folder) {
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
    return detector;
  }

  private FileSystem fileSystem(Path path) throws IOException {
    return path.getFileSystem(spark.sessionState().newHadoopConf());
  }
}
