package org.dn2.store;

import java.io.FileNotFoundException;
import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.dn2.detector.Detector;
import org.dn2.detector.FittedDetector;
import org.dn2.json.JsonText;
import org.dn2.table.ColumnWords;
import org.dn2.table.DetectorTables;
import org.dn2.table.Tables;
import org.dn2.table.UserDataException;

/** Writes and reads a detector's folder. */
public final class DetectorStore {
  private static final String DESCRIPTION = "detector.json";
  private static final String REFERENCE = "reference";
  private static final String CALIBRATION = "calibration";
  private static final String CLEANING = "cleaning";
  private static final String MEMBERS = "members";
  private static final String WHITENING = "whitening";
  private final SparkSession spark;

  public DetectorStore(SparkSession spark) {
    this.spark = spark;
  }

  /** Writes a detector's tables; the description comes last. */
  public void write(FittedDetector detector, Draft draft) {
    if (detector.whitening() != null) {
      draft.table(
          WHITENING,
          ColumnWords.written(detector.whitening().coalesce(1), DetectorTables.WHITENING));
    }
    if (detector.cleaning() != null) {
      draft.table(CLEANING, ColumnWords.written(detector.cleaning(), DetectorTables.CLEANING));
    }
    draft.table(REFERENCE, ColumnWords.written(detector.reference(), DetectorTables.REFERENCE));
    if (detector.members() != null) {
      draft.table(MEMBERS, ColumnWords.written(detector.members(), DetectorTables.MEMBERS));
    }
    if (detector.calibration() != null) {
      draft.table(
          CALIBRATION, ColumnWords.written(detector.calibration(), DetectorTables.CALIBRATION));
    }
    draft.file(DESCRIPTION, SmallFiles.json(detector.description()));
  }

  /**
   * Reads a detector.
   *
   * @throws UserDataException if the folder holds none, or one of another format version
   */
  public FittedDetector read(Path folder) {
    Configuration hadoop = spark.sessionState().newHadoopConf();
    requireThere(folder, hadoop);
    WholeFolder whole = WholeFolder.open(folder, "fit", hadoop);
    Detector description = description(whole);
    return new FittedDetector(
        description,
        Tables.typed(
            whole.table(REFERENCE, spark),
            "The reference set of the detector " + folder,
            Tables.EMBEDDINGS,
            Tables.IMAGE_ID,
            Tables.EMBEDDING),
        description.calibration().isThere() ? calibration(whole) : null,
        description.features().whitening() == null ? null : whole.table(WHITENING, spark),
        whole.hasTable(CLEANING) ? whole.table(CLEANING, spark) : null,
        whole.hasTable(MEMBERS) ? whole.table(MEMBERS, spark) : null);
  }

  private Dataset<Row> calibration(WholeFolder whole) {
    return Tables.typed(
        whole.table(CALIBRATION, spark),
        "The calibration of the detector " + whole.path(),
        Tables.SCORES,
        Tables.IMAGE_ID,
        Tables.SCORE);
  }

  /** The rows of the reference set with all that is kept of them, such as the images' paths. */
  public Dataset<Row> referenceRows(Path folder) {
    return WholeFolder.open(folder, "fit", spark.sessionState().newHadoopConf())
        .table(REFERENCE, spark);
  }

  /**
   * Reads a detector's description alone.
   *
   * @throws UserDataException if the folder holds none, or one of another format version
   */
  public Detector description(Path folder) {
    Configuration hadoop = spark.sessionState().newHadoopConf();
    requireThere(folder, hadoop);
    return description(WholeFolder.open(folder, "fit", hadoop));
  }

  private static void requireThere(Path folder, Configuration hadoop) {
    try {
      if (!folder.getFileSystem(hadoop).exists(folder)) {
        throw new UserDataException(
            "There is no detector in " + folder + ": it is missing. Fit one first.");
      }
    } catch (IOException e) {
      throw new UserDataException(folder + " cannot be read: " + e.getMessage(), e);
    }
  }

  private static Detector description(WholeFolder whole) {
    Path folder = whole.path();
    Path path = new Path(folder, DESCRIPTION);
    Detector detector;
    try {
      detector = JsonText.of(whole.file(DESCRIPTION), path.toString()).as(Detector.class);
    } catch (FileNotFoundException e) {
      throw new UserDataException(
          "There is no detector in " + folder + ": it has no detector.json. Fit one first.", e);
    } catch (IOException e) {
      throw new UserDataException(path + " cannot be read: " + e.getMessage(), e);
    }
    if (detector.formatVersion() < Detector.OLDEST_FORMAT_VERSION
        || detector.formatVersion() > Detector.FORMAT_VERSION) {
      throw new UserDataException(
          "The detector in %s has format version %d; this program reads versions %d to %d. Fit it again, or use the program that wrote it."
              .formatted(
                  folder,
                  detector.formatVersion(),
                  Detector.OLDEST_FORMAT_VERSION,
                  Detector.FORMAT_VERSION));
    }
    return detector;
  }
}
