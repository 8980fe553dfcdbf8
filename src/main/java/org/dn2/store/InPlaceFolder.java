package org.dn2.store;

import java.io.IOException;
import java.io.OutputStream;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStreamBuilder;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Options.CreateFileOptionKeys;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An output that is written where it belongs, under names that no other attempt has, and counts
 * from the moment when its marker names them: no file is copied, renamed or written over. The
 * marker of a first output is created only if there is none. Then the files of the output before
 * are removed, and small files, which lie in {@code _dn2}, copied to their plain names for people.
 */
final class InPlaceFolder extends CommittedFolder {
  private static final Logger LOG = LoggerFactory.getLogger(InPlaceFolder.class);

  InPlaceFolder(Path target, Destination destination, String command, Configuration hadoop)
      throws IOException {
    super(target, destination, command, hadoop);
  }

  @Override
  void heal() {
    // What attempts that died have left belongs to no marker, and goes with the next commit.
  }

  @Override
  Path partsFolder(String fingerprint) {
    return target;
  }

  @Override
  <T> T commit(Parts parts, Function<Draft, T> writer) throws IOException {
    String attempt = newAttempt();
    Path notes = new Path(new Path(target, Occupant.NOTES), attempt);
    boolean isCommitted = false;
    Draft draft = new Draft(target, notes, attempt, hadoop);
    try {
      // A place that cannot be written to is found before the long work.
      SmallFiles.create(new Path(notes, "run"), SmallFiles.json(runId.value()), hadoop);
      T result = writer.apply(draft);
      if (parts != null) {
        draft.include(parts.files());
      }
      draft.requireAll();
      Marker before = occupant().marker();
      Marker marker =
          new Marker(runId.value(), command, attempt, draft.written(), replacedBy(draft, before));
      publish(marker, before);
      isCommitted = true;
      settle(marker);
      return result;
    } finally {
      if (!isCommitted) {
        discard(draft, notes);
      }
    }
  }

  /** The files of the output before, which are removed after the commit. */
  private List<String> replacedBy(Draft draft, Marker before) throws IOException {
    if (before == null) {
      return List.of();
    }
    Set<String> old = new TreeSet<>(before.replaced());
    if (before.files() == null) {
      // It does not tell which they are: all that are there.
      addAll(target, "", old);
    } else {
      before.files().forEach(file -> old.addAll(List.of(file.name(), file.path())));
    }
    draft.written().forEach(file -> old.removeAll(List.of(file.name(), file.path())));
    old.remove(Marker.FILE);
    return List.copyOf(old);
  }

  private void addAll(Path folder, String prefix, Set<String> names) throws IOException {
    for (FileStatus entry : files.listStatus(folder)) {
      String name = prefix + entry.getPath().getName();
      if (entry.isDirectory()) {
        addAll(entry.getPath(), name + "/", names);
      } else {
        names.add(name);
      }
    }
  }

  /**
   * The commit point.
   *
   * @param before the marker that is there, null for none
   */
  private void publish(Marker marker, Marker before) throws IOException {
    Path place = new Path(target, Marker.FILE);
    if (before != null) {
      SmallFiles.replace(place, marker.toJson(), hadoop);
      return;
    }
    FSDataOutputStreamBuilder<?, ?> creation = files.createFile(place).overwrite(true);
    creation.must(CreateFileOptionKeys.FS_OPTION_CREATE_CONDITIONAL_OVERWRITE, true);
    try (OutputStream out = creation.build()) {
      out.write(marker.toJson());
    } catch (IOException e) {
      // Says by whom, if another run was faster.
      if (Marker.of(target, hadoop) != null) {
        Occupant.of(target, hadoop).requireReplaceable(target, command, runId, ExistingOutput.KEEP);
      }
      throw e;
    }
  }

  /** Copies small files to where people look for them, and removes what no longer counts. */
  private void settle(Marker marker) {
    try {
      Set<String> kept = new HashSet<>(Set.of(Marker.FILE));
      for (WrittenFile file : marker.files()) {
        kept.add(file.path());
        if (kept.add(file.name())) {
          byte[] content = SmallFiles.read(new Path(target, file.path()), hadoop);
          SmallFiles.replace(new Path(target, file.name()), content, hadoop);
        }
      }
      retire(target, "", kept, marker);
    } catch (IOException e) {
      LOG.warn(
          "The output {} is complete; what it replaces could not be removed: {}",
          target,
          e.getMessage());
    }
  }

  private void retire(Path folder, String prefix, Set<String> kept, Marker marker)
      throws IOException {
    for (FileStatus entry : files.listStatus(folder)) {
      String name = prefix + entry.getPath().getName();
      if (entry.isDirectory()) {
        retire(entry.getPath(), name + "/", kept, marker);
      } else if (!kept.contains(name) && Occupant.isOurs(name, marker)) {
        files.delete(entry.getPath(), false);
      }
    }
  }

  /** Removes the files of an attempt that came to nothing. */
  private void discard(Draft draft, Path notes) {
    try {
      for (WrittenFile file : draft.own()) {
        files.delete(new Path(target, file.path()), false);
      }
      files.delete(notes, true);
    } catch (IOException e) {
      LOG.warn("What an attempt wrote to {} could not be removed: {}", target, e.getMessage());
    }
  }
}
