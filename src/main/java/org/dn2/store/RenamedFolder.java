package org.dn2.store;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An output that is written under a hidden name beside its place, marked when it is complete, and
 * renamed. What was in the place before is moved aside first and put back if the rename fails; a
 * run that dies between the two leaves that to whoever claims the place next.
 */
final class RenamedFolder extends CommittedFolder {
  private static final Logger LOG = LoggerFactory.getLogger(RenamedFolder.class);

  private final HiddenName hidden;

  RenamedFolder(Path target, Destination destination, String command, Configuration hadoop)
      throws IOException {
    super(target, destination, command, hadoop);
    this.hidden = new HiddenName(target);
  }

  @Override
  void heal() throws IOException {
    heal(hidden);
    HiddenName earlier = HiddenName.ofEarlierVersions(target);
    if (!earlier.folder().equals(hidden.folder())) {
      heal(earlier);
    }
  }

  private void heal(HiddenName names) throws IOException {
    for (FileStatus entry : WholeFolder.listIfThere(files, names.folder())) {
      Path path = entry.getPath();
      if (path.getName().equals(names.old().getName())) {
        putBackOrDelete(path);
      } else if (names.isStaging(path.getName(), runId)) {
        files.delete(path, true);
      }
    }
  }

  /** An output that was moved aside by a run that died before it was in its place. */
  private void putBackOrDelete(Path old) throws IOException {
    if (Marker.of(target, hadoop) == null && Marker.of(old, hadoop) != null) {
      LOG.info("The output {}, which a run that died had moved aside, is put back.", target);
      Rename.toFree(old, target, hadoop);
    } else if (Marker.of(target, hadoop) != null) {
      files.delete(old, true);
    }
  }

  @Override
  Path partsFolder(String fingerprint) {
    return hidden.parts(runId, fingerprint);
  }

  @Override
  <T> T commit(Parts parts, Function<Draft, T> writer) throws IOException {
    String attempt = newAttempt();
    Path staging = parts == null ? hidden.staging(runId, attempt) : parts.folder();
    Deque<Path> made = missingParents();
    try {
      // Made here so that a place that cannot be written to is found before the long work.
      for (Path folder : List.of(staging, target.getParent())) {
        if (!files.mkdirs(folder)) {
          throw new IOException("the folder " + folder + " cannot be made");
        }
      }
      Draft draft = new Draft(staging, staging, attempt, hadoop);
      T result = writer.apply(draft);
      if (parts != null) {
        draft.include(parts.files());
        keepOnly(staging, "", draft.names());
      }
      draft.requireAll();
      Marker marker = new Marker(runId.value(), command, attempt, draft.written(), List.of());
      SmallFiles.create(new Path(staging, Marker.FILE), marker.toJson(), hadoop);
      place(staging);
      // Until now they could have been gone on with.
      deleteNotes();
      return result;
    } finally {
      if (parts == null) {
        deleteLeftovers(staging, made);
      }
    }
  }

  private void deleteNotes() {
    try {
      files.delete(new Path(target, Occupant.NOTES), true);
    } catch (IOException e) {
      LOG.warn("Notes in {} could not be removed: {}", target, e.getMessage());
    }
  }

  /** Removes what earlier tries left in the folder of the parts, but for the notes. */
  private void keepOnly(Path folder, String prefix, Set<String> kept) throws IOException {
    for (FileStatus entry : files.listStatus(folder)) {
      String name = prefix + entry.getPath().getName();
      if (name.equals(Occupant.NOTES)) {
        continue;
      }
      if (entry.isDirectory()) {
        keepOnly(entry.getPath(), name + "/", kept);
      } else if (!kept.contains(name)) {
        files.delete(entry.getPath(), false);
      }
    }
    if (files.listStatus(folder).length == 0) {
      files.delete(folder, false);
    }
  }

  /** The folders above the target that were not there before, the innermost first. */
  private Deque<Path> missingParents() throws IOException {
    Deque<Path> missing = new ArrayDeque<>();
    for (Path parent = target.getParent();
        parent != null && !files.exists(parent);
        parent = parent.getParent()) {
      missing.addLast(parent);
    }
    return missing;
  }

  private void place(Path staging) throws IOException {
    Occupant occupant = occupant();
    if (occupant.marker() == null) {
      orSayWhoWasFaster(
          () -> {
            deleteEmpty(target);
            Rename.toFree(staging, target, hadoop);
          });
      return;
    }
    Path old = hidden.old();
    files.delete(old, true);
    Rename.toFree(target, old, hadoop);
    try {
      orSayWhoWasFaster(() -> Rename.toFree(staging, target, hadoop));
    } catch (IOException | RuntimeException e) {
      try {
        Rename.toFree(old, target, hadoop);
      } catch (IOException again) {
        e.addSuppressed(again);
      }
      throw e;
    }
    try {
      files.delete(old, true);
    } catch (IOException e) {
      LOG.warn("The replaced output {} could not be removed: {}", old, e.getMessage());
    }
  }

  /** Removes a folder of empty folders; Hadoop renames to no folder that is there. */
  private void deleteEmpty(Path folder) throws IOException {
    FileStatus[] entries;
    try {
      entries = files.listStatus(folder);
    } catch (FileNotFoundException e) {
      return;
    }
    for (FileStatus entry : entries) {
      if (entry.isDirectory()) {
        deleteEmpty(entry.getPath());
      }
    }
    // Not what came into it meanwhile.
    files.delete(folder, false);
  }

  private interface Step {
    void take() throws IOException;
  }

  private void orSayWhoWasFaster(Step step) throws IOException {
    try {
      step.take();
    } catch (IOException e) {
      if (Marker.of(target, hadoop) != null) {
        Occupant.of(target, hadoop).requireReplaceable(target, command, runId, ExistingOutput.KEEP);
      }
      throw e;
    }
  }

  private void deleteLeftovers(Path staging, Deque<Path> emptyParents) {
    try {
      files.delete(staging, true);
      for (Path parent : emptyParents) {
        if (files.listStatus(parent).length > 0) {
          return;
        }
        files.delete(parent, false);
      }
    } catch (FileNotFoundException e) {
      LOG.debug("{} was not made", emptyParents);
    } catch (IOException e) {
      LOG.warn("The unfinished folder {} could not be removed: {}", staging, e.getMessage());
    }
  }
}
