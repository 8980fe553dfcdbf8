package org.dn2.store;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.dn2.table.OutputNames;
import org.dn2.table.Printable;
import org.dn2.table.UserDataException;

/**
 * What lies where an output shall be.
 *
 * @param marker of the output that is there, null for none
 * @param strangers the first files in the place that dn2 did not write, relative to it
 * @param isEmpty whether nothing is there, or an empty folder
 */
record Occupant(Marker marker, List<String> strangers, boolean isEmpty) {
  /** In a folder that is written in place: small files, and what its attempts note. */
  static final String NOTES = OutputNames.NOTES;

  private static final int SHOWN = 5;

  /** What Spark, its committers and attempts that died leave in a folder of ours. */
  private static final Pattern OURS =
      Pattern.compile(
          "_SUCCESS|_temporary(/.*)?|__magic[^/]*(/.*)?|_dn2/.*|"
              + Marker.FILE
              + "|(.*/)?(_temporary|__magic[^/]*)/.*|(.*/)?(_SUCCESS|[0-9a-f]{12}-part-[^/]*)");

  /**
   * Whether a file may be removed with the output before.
   *
   * @param name relative to the place
   * @param marker of the output that took its place
   */
  static boolean isOurs(String name, Marker marker) {
    return OURS.matcher(name).matches() || marker.replaced().contains(name);
  }

  /** Looks. */
  static Occupant of(Path place, Configuration hadoop) throws IOException {
    FileSystem files = place.getFileSystem(hadoop);
    FileStatus status;
    try {
      status = files.getFileStatus(place);
    } catch (FileNotFoundException e) {
      return new Occupant(null, List.of(), true);
    }
    if (status.isFile()) {
      return new Occupant(null, List.of(place.getName()), false);
    }
    Marker marker = Marker.of(place, hadoop);
    if (marker != null && marker.files() == null) {
      // It does not tell which files are its own.
      return new Occupant(marker, List.of(), false);
    }
    Set<String> own = new HashSet<>();
    if (marker != null) {
      marker.files().forEach(file -> own.addAll(List.of(file.name(), file.path())));
      own.addAll(marker.replaced());
    }
    List<String> strangers = new ArrayList<>();
    boolean isEmpty = !look(files, place, "", own, strangers);
    return new Occupant(marker, strangers, isEmpty);
  }

  /** Notes the files that are not ours, a few of them; whether there was any file. */
  private static boolean look(
      FileSystem files, Path folder, String prefix, Set<String> own, List<String> strangers)
      throws IOException {
    boolean foundAny = false;
    for (FileStatus entry : WholeFolder.listIfThere(files, folder)) {
      String name = prefix + entry.getPath().getName();
      if (strangers.size() >= SHOWN) {
        return true;
      }
      if (entry.isDirectory()) {
        foundAny |= look(files, entry.getPath(), name + "/", own, strangers);
      } else {
        foundAny = true;
        if (!own.contains(name) && !OURS.matcher(name).matches()) {
          strangers.add(name);
        }
      }
    }
    return foundAny;
  }

  /**
   * Checks that the place may be taken.
   *
   * @param command that wants it
   * @throws UserDataException if it holds another command's output, another run's that is to be
   *     kept, or files that are not the output's
   */
  void requireReplaceable(Path place, String command, RunId runId, ExistingOutput existing) {
    if (marker != null && marker.command() != null && !marker.command().equals(command)) {
      throw new UserDataException(
          "The output %s was written by dn2 %s; dn2 %s does not replace it. Give another folder."
              .formatted(place, marker.command(), command));
    }
    if (marker != null && existing == ExistingOutput.KEEP) {
      marker.requireOf(runId, place);
    }
    if (!strangers.isEmpty()) {
      throw new UserDataException(
          "The output %s holds files that dn2 %s did not write there (%s%s), and is not replaced. Give another folder."
              .formatted(
                  place,
                  command,
                  strangers.stream().map(Printable::of).collect(Collectors.joining(", ")),
                  strangers.size() < SHOWN ? "" : ", ..."));
    }
  }
}
