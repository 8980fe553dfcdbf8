package org.dn2.store;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.dn2.json.JsonText;
import org.dn2.table.UserDataException;

/**
 * A table that grows by parts, each there whole or not at all, so that whatever dies only the part
 * under way has to be made again. A part counts once a note names its files; the notes of work with
 * another fingerprint are not seen.
 */
public final class Parts {
  private static final String NOTE = ".json";

  private final Path folder;
  private final Path notes;
  private final Configuration hadoop;

  Parts(Path folder, RunId runId, String fingerprint, Configuration hadoop) {
    this.folder = folder;
    this.notes =
        new Path(new Path(folder, Occupant.NOTES), "parts-" + runId.value() + "~" + fingerprint);
    this.hadoop = hadoop;
  }

  /**
   * Parts in a hidden folder beside an output.
   *
   * @param fingerprint of everything that the rows depend on but their inputs; letters and digits
   */
  public static Parts of(Destination output, String fingerprint, Configuration hadoop) {
    Path folder = new HiddenName(output.path(hadoop)).parts(output.runId(), fingerprint);
    return new Parts(folder, output.runId(), fingerprint, hadoop);
  }

  Path folder() {
    return folder;
  }

  /**
   * Adds a part, a Parquet file for each partition.
   *
   * @param options of Spark's Parquet writer
   */
  public void add(Dataset<Row> rows, Map<String, String> options) {
    String attempt = CommittedFolder.newAttempt();
    List<WrittenFile> files = TableFiles.write(rows, folder, "", attempt, options);
    try {
      SmallFiles.create(
          new Path(notes, attempt + NOTE),
          SmallFiles.json(files.stream().map(Marker::fields).toList()),
          hadoop);
    } catch (IOException e) {
      throw new UncheckedIOException("The part in " + folder + " cannot be noted.", e);
    }
  }

  /** The files of all whole parts. */
  List<WrittenFile> files() {
    List<WrittenFile> all = new ArrayList<>();
    all().forEach(part -> all.addAll(part.files()));
    return all;
  }

  /** Whether there is no part. */
  public boolean isEmpty() {
    return all().isEmpty();
  }

  private record Part(Path note, List<WrittenFile> files) {}

  private List<Part> all() {
    List<Part> parts = new ArrayList<>();
    try {
      FileSystem store = notes.getFileSystem(hadoop);
      for (FileStatus note : store.listStatus(notes)) {
        if (note.getPath().getName().endsWith(NOTE)) {
          addIfWhole(note.getPath(), parts);
        }
      }
      return parts;
    } catch (FileNotFoundException e) {
      return parts;
    } catch (IOException e) {
      throw new UserDataException(
          "What was made before in %s cannot be read: %s".formatted(folder, e.getMessage()), e);
    }
  }

  private void addIfWhole(Path note, List<Part> parts) throws IOException {
    List<WrittenFile> files;
    try {
      files = Marker.files(JsonText.list(SmallFiles.read(note, hadoop), note.toString()));
    } catch (UserDataException e) {
      // Its writer died within it.
      return;
    }
    if (WholeFolder.firstDifference(folder, files, hadoop) == null) {
      parts.add(new Part(note, files));
    }
  }

  /**
   * The rows of all parts; null if there is none.
   *
   * @param schema of the rows
   */
  public Dataset<Row> rows(SparkSession spark, StructType schema) {
    List<WrittenFile> files = files();
    return files.isEmpty() ? null : TableFiles.read(spark, folder, files, schema);
  }

  /** Forgets the parts: their rows are to be made again. */
  public void forget() {
    try {
      for (Part part : all()) {
        notes.getFileSystem(hadoop).delete(part.note(), false);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("The parts in " + folder + " cannot be removed.", e);
    }
  }
}
