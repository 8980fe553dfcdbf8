package org.dn2.store;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.dn2.table.LiteralPath;
import org.dn2.table.UserDataException;

/**
 * An output that was found to be whole: its marker is there, and every file that the marker names,
 * in its length. Only these files are read.
 */
public final class WholeFolder {
  private final Path folder;
  private final Marker marker;
  private final Configuration hadoop;

  private WholeFolder(Path folder, Marker marker, Configuration hadoop) {
    this.folder = folder;
    this.marker = marker;
    this.hadoop = hadoop;
  }

  /**
   * Opens an output.
   *
   * @param command that writes such outputs, for the message
   * @throws UserDataException if it is missing or not whole
   */
  public static WholeFolder open(Path folder, String command, Configuration hadoop) {
    try {
      Marker marker = Marker.of(folder, hadoop);
      if (marker == null) {
        throw new UserDataException(
            "%s is not the output of a finished dn2 %s: it is missing or not complete."
                .formatted(folder, command));
      }
      String difference = differenceFrom(marker, folder, hadoop);
      if (difference != null) {
        throw new UserDataException(
            "%s is not whole: %s. Run dn2 %s again.".formatted(folder, difference, command));
      }
      return new WholeFolder(folder, marker, hadoop);
    } catch (IOException e) {
      throw new UserDataException(folder + " cannot be read: " + e.getMessage(), e);
    }
  }

  /**
   * The output in a folder, or null if there is none that is whole.
   *
   * @throws UserDataException if that cannot be told
   */
  public static WholeFolder find(Path folder, Configuration hadoop) {
    try {
      Marker marker = Marker.of(folder, hadoop);
      return marker == null || differenceFrom(marker, folder, hadoop) != null
          ? null
          : new WholeFolder(folder, marker, hadoop);
    } catch (IOException e) {
      throw new UserDataException(folder + " cannot be read: " + e.getMessage(), e);
    }
  }

  /** Whether a folder has a marker, be the output whole or not. */
  static boolean isMarked(Path folder, Configuration hadoop) {
    try {
      return Marker.of(folder, hadoop) != null;
    } catch (IOException e) {
      throw new UserDataException(folder + " cannot be read: " + e.getMessage(), e);
    }
  }

  /**
   * Refuses a folder that dn2 has not finished writing, such as a table of images; others pass.
   *
   * @throws UserDataException if it is unfinished or not as it was written
   */
  public static void requireWholeIfOurs(Path folder, String command, Configuration hadoop) {
    try {
      FileSystem files = folder.getFileSystem(hadoop);
      if (files.exists(new Path(folder, Marker.FILE))
          || files.exists(new Path(folder, Occupant.NOTES))) {
        open(folder, command, hadoop);
      }
    } catch (IOException | IllegalArgumentException e) {
      throw new UserDataException(
          "The path %s cannot be looked at: %s".formatted(folder, e.getMessage()), e);
    }
  }

  private static String differenceFrom(Marker marker, Path folder, Configuration hadoop)
      throws IOException {
    return marker.files() == null ? null : firstDifference(folder, marker.files(), hadoop);
  }

  /**
   * What the first file is that is not as it was written, in words; null if all are. Asks for a
   * listing of each folder, not for each file.
   */
  static String firstDifference(Path folder, List<WrittenFile> files, Configuration hadoop)
      throws IOException {
    FileSystem store = folder.getFileSystem(hadoop);
    Map<Path, Long> found = new HashMap<>();
    for (Path parent : foldersOf(folder, files)) {
      for (FileStatus status : listIfThere(store, parent)) {
        if (status.isFile()) {
          found.put(LiteralPath.in(parent, status.getPath().getName()), status.getLen());
        }
      }
    }
    for (WrittenFile file : files) {
      Long bytes = found.get(new Path(folder, file.path()));
      if (bytes == null) {
        return file.path() + " is missing";
      }
      if (bytes != file.bytes()) {
        return "%s has %d bytes, %d were written".formatted(file.path(), bytes, file.bytes());
      }
    }
    return null;
  }

  /** What is in a folder; nothing if it is missing, or was removed meanwhile. */
  static FileStatus[] listIfThere(FileSystem store, Path folder) throws IOException {
    try {
      return store.listStatus(folder);
    } catch (FileNotFoundException e) {
      return new FileStatus[0];
    }
  }

  private static Set<Path> foldersOf(Path folder, List<WrittenFile> files) {
    Set<Path> folders = new TreeSet<>();
    for (WrittenFile file : files) {
      folders.add(new Path(folder, file.path()).getParent());
    }
    return folders;
  }

  /** The run that wrote the output. */
  public RunId runId() {
    return new RunId(marker.runId());
  }

  public Path path() {
    return folder;
  }

  /** Whether its marker names the files, so that no others are read; older ones do not. */
  boolean namesFiles() {
    return marker.files() != null;
  }

  /** Whether the output has a table of the name. */
  public boolean hasTable(String name) {
    return marker.files() == null
        ? exists(new Path(folder, name))
        : marker.files().stream().anyMatch(file -> file.isPartOf(name));
  }

  private boolean exists(Path path) {
    try {
      return path.getFileSystem(hadoop).exists(path);
    } catch (IOException e) {
      throw new UserDataException(path + " cannot be read: " + e.getMessage(), e);
    }
  }

  /**
   * A table of the output.
   *
   * @param name of its folder; empty for the output's own
   */
  public Dataset<Row> table(String name, SparkSession spark) {
    if (marker.files() == null) {
      Path place = name.isEmpty() ? folder : new Path(folder, name);
      return TableFiles.readAll(spark, place);
    }
    List<WrittenFile> parts = new ArrayList<>();
    for (WrittenFile file : marker.files()) {
      if (file.isPartOf(name)) {
        parts.add(file);
      }
    }
    if (parts.isEmpty()) {
      throw new UserDataException("%s holds no table %s.".formatted(folder, name));
    }
    return TableFiles.read(spark, folder, parts, null);
  }

  /** The paths of a table's files; of the folder where the marker is from before it named them. */
  List<String> partPaths(String name) {
    if (marker.files() == null) {
      return List.of((name.isEmpty() ? folder : new Path(folder, name)).toString());
    }
    return marker.files().stream()
        .filter(file -> file.isPartOf(name))
        .map(file -> new Path(folder, file.path()).toString())
        .toList();
  }

  /** Tables' files have names of their own in each output; small files may not. */
  private void requireNotReplaced() throws IOException {
    Marker now = Marker.of(folder, hadoop);
    if (now == null || !Objects.equals(now.attempt(), marker.attempt())) {
      throw new IOException(folder + " was replaced while it was read");
    }
  }

  /**
   * The content of a small file.
   *
   * @throws IOException if it is missing, cannot be read, or the output was replaced meanwhile
   */
  public byte[] file(String name) throws IOException {
    if (marker.files() == null) {
      return SmallFiles.read(new Path(folder, name), hadoop);
    }
    for (WrittenFile file : marker.files()) {
      if (file.name().equals(name)) {
        byte[] content = SmallFiles.read(new Path(folder, file.path()), hadoop);
        requireNotReplaced();
        return content;
      }
    }
    throw new FileNotFoundException(new Path(folder, name) + " is missing");
  }
}
