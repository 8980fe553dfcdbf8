package org.dn2.store;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.dn2.detector.Detector;
import org.dn2.detector.FittedDetector;
import org.dn2.json.JsonText;
import org.dn2.table.LiteralPath;
import org.dn2.table.UserDataException;

/** The detectors of a plant, a folder each, of which one is current. */
public final class Detectors {
  private static final String CURRENT = "current";

  private final SparkSession spark;
  private final Configuration hadoop;
  private final Path folder;

  Detectors(SparkSession spark, Path folder) {
    this.spark = spark;
    this.hadoop = spark.sessionState().newHadoopConf();
    this.folder = folder;
  }

  /** What the pointer holds. */
  @JsonNaming(SnakeCaseStrategy.class)
  private record Pointer(String detector, String since) {}

  /**
   * A detector that is there.
   *
   * @param name of its folder
   */
  public record Named(String name, Detector description, boolean isCurrent) {}

  /**
   * All that are whole, by the time when they were made.
   *
   * @throws UserDataException if they cannot be read
   */
  public List<Named> all() {
    String current = current();
    List<Named> all = new ArrayList<>();
    try {
      for (FileStatus entry : WholeFolder.listIfThere(folder.getFileSystem(hadoop), folder)) {
        String name = entry.getPath().getName();
        if (entry.isDirectory()
            && !name.startsWith(".")
            && WholeFolder.find(entry.getPath(), hadoop) != null) {
          all.add(
              new Named(
                  name,
                  new DetectorStore(spark).description(entry.getPath()),
                  name.equals(current)));
        }
      }
    } catch (IOException e) {
      throw new UserDataException(folder + " cannot be read: " + e.getMessage(), e);
    }
    all.sort(
        Comparator.comparing((Named detector) -> detector.description().createdAt())
            .thenComparing(Named::name));
    return all;
  }

  /** The name of the current one; null if there is none. */
  public String current() {
    Path pointer = new Path(folder, CURRENT);
    try {
      return JsonText.of(SmallFiles.read(pointer, hadoop), pointer.toString())
          .as(Pointer.class)
          .detector();
    } catch (FileNotFoundException e) {
      return null;
    } catch (IOException e) {
      throw new UserDataException(pointer + " cannot be read: " + e.getMessage(), e);
    }
  }

  /**
   * Switches to a detector.
   *
   * @param name of its folder
   * @throws UserDataException if there is none of the name, naming those that there are
   */
  public Detector use(String name) {
    List<Named> all = all();
    Named chosen =
        all.stream()
            .filter(detector -> detector.name().equals(name))
            .findFirst()
            .orElseThrow(
                () ->
                    new UserDataException(
                        all.isEmpty()
                            ? "There is no detector in %s. Put one there by dn2 fit --out %s/NAME."
                                .formatted(folder, folder)
                            : "There is no detector %s in %s; there are: %s."
                                .formatted(
                                    name,
                                    folder,
                                    String.join(", ", all.stream().map(Named::name).toList()))));
    point(name);
    return chosen.description();
  }

  private void point(String name) {
    try {
      SmallFiles.replaceWhole(
          new Path(folder, CURRENT), SmallFiles.json(new Pointer(name, RunLog.now())), hadoop);
    } catch (IOException e) {
      throw CommittedFolder.cannotWrite(new Path(folder, CURRENT).toString(), e);
    }
  }

  /**
   * Reads what a detector says of itself.
   *
   * @param name of its folder
   */
  public Detector description(String name) {
    return new DetectorStore(spark).description(LiteralPath.in(folder, name));
  }

  /**
   * Reads a detector.
   *
   * @param name of its folder
   */
  public FittedDetector open(String name) {
    return new DetectorStore(spark).read(LiteralPath.in(folder, name));
  }

  /**
   * The rows of a detector's reference set with all that is kept of them, such as images' paths.
   *
   * @param name of its folder
   */
  public Dataset<Row> referenceRows(String name) {
    return new DetectorStore(spark).referenceRows(LiteralPath.in(folder, name));
  }

  /**
   * Writes a detector under its id, unless it is there, and makes it current.
   *
   * @param run that fitted it
   */
  public void add(FittedDetector detector, RunId run, Lease lease) {
    String name = detector.description().detectorId();
    Path place = new Path(folder, name);
    if (WholeFolder.find(place, hadoop) == null) {
      CommittedFolder.claim(
              new Destination(place.toString(), run, ExistingOutput.REPLACE), "fit", hadoop)
          .write(
              draft -> {
                new DetectorStore(spark).write(detector, draft);
                lease.requireHeld();
                return null;
              });
    }
    lease.requireHeld();
    point(name);
  }
}
