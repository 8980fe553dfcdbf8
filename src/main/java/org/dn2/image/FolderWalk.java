package org.dn2.image;

import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.dn2.table.LocalDisk;
import org.dn2.table.OutputNames;
import org.dn2.table.UserDataException;

/**
 * Goes through a folder and those below it, one at a time, and tells of every entry: an image, or
 * left out by a rule. No file is opened.
 */
final class FolderWalk {
  private final String root;
  private final NameRules names;
  private final Configuration hadoop;
  private final Deque<Folder> folders = new ArrayDeque<>();
  private final List<FoundFile> files = new ArrayList<>();
  private final Map<LeftOutRule, Long> leftOut = new EnumMap<>(LeftOutRule.class);
  private final Set<FileKind> kinds = EnumSet.noneOf(FileKind.class);

  /**
   * A folder that is still to be gone through.
   *
   * @param location where a local disk's folder is, as a URI of its bytes; Hadoop's path elsewhere
   * @param linkedFrom the real paths of the folders with the links through which it was reached,
   *     from the outermost on; nothing elsewhere than on a local disk
   */
  record Folder(String location, List<String> linkedFrom) implements Serializable {}

  /** What was found so far. */
  record Found(List<FoundFile> files, Map<LeftOutRule, Long> leftOut) implements Serializable {}

  /**
   * @param root Hadoop's path of the listed folder, from which the images' ids begin
   * @param begin the folders to go through
   */
  FolderWalk(String root, List<Folder> begin, NameRules names, Configuration hadoop) {
    this.root = root;
    this.names = names;
    this.hadoop = hadoop;
    this.folders.addAll(begin);
  }

  /** The walk's first folder. */
  static Folder first(String root) {
    Path path = new Path(root);
    return new Folder(LocalDisk.has(path) ? LocalFolder.location(path) : root, List.of());
  }

  /** The folders that remain. */
  List<Folder> folders() {
    return List.copyOf(folders);
  }

  /** How many folders remain. */
  int remaining() {
    return folders.size();
  }

  Found found() {
    return new Found(files, leftOut);
  }

  /** What was found since this was last asked, which the walk forgets. */
  Found takeFound() {
    Map<LeftOutRule, Long> counts = new EnumMap<>(LeftOutRule.class);
    counts.putAll(leftOut);
    Found taken = new Found(List.copyOf(files), counts);
    files.clear();
    leftOut.clear();
    return taken;
  }

  /** Goes on until all folders are done, or files of two kinds or of another kind are found. */
  void stepUntilKindIsTold() {
    while (remaining() > 0 && kinds.size() < 2 && !kinds.contains(FileKind.OTHER)) {
      step();
    }
  }

  /** The kinds of all files found so far, those that are left out too, but for hidden ones. */
  Set<FileKind> kinds() {
    return Set.copyOf(kinds);
  }

  /**
   * Goes through one of the folders that remain.
   *
   * @throws UserDataException if it cannot be listed
   */
  void step() {
    Folder folder = folders.remove();
    try {
      if (LocalDisk.has(new Path(root))) {
        take(folder, new LocalFolder(new Path(root), folder, names).entries());
      } else {
        take(folder, stored(folder));
      }
    } catch (IOException e) {
      throw new UserDataException(
          "The folder %s cannot be listed: %s"
              .formatted(
                  folder.location(),
                  UserDataException.withoutStackTrace(String.valueOf(e.getMessage()))),
          e);
    }
  }

  /** The entries of one folder, kept apart until it is known not to be an output of dn2. */
  static final class Entries {
    private final Found found = new Found(new ArrayList<>(), new EnumMap<>(LeftOutRule.class));
    private final List<Folder> folders = new ArrayList<>();
    private final Set<FileKind> kinds = EnumSet.noneOf(FileKind.class);
    private boolean isOutput;

    /** Sees a name, whatever is said of the entry then. */
    void see(String name) {
      isOutput |= OutputNames.marksOutput(name);
    }

    /** Sees the name of what is no folder. */
    void seeFile(String name) {
      if (!NameRules.isHidden(name)) {
        kinds.add(FileKind.of(name));
      }
    }

    void add(FoundFile file) {
      found.files().add(file);
    }

    void add(Folder folder) {
      folders.add(folder);
    }

    void leaveOut(LeftOutRule rule) {
      found.leftOut().merge(rule, 1L, Long::sum);
    }
  }

  private void take(Folder folder, Entries entries) {
    kinds.addAll(entries.kinds);
    if (entries.isOutput && !folder.equals(first(root))) {
      leftOut.merge(LeftOutRule.OUTPUT_OF_DN2, 1L, Long::sum);
      return;
    }
    files.addAll(entries.found.files());
    folders.addAll(entries.folders);
    entries.found.leftOut().forEach((rule, count) -> leftOut.merge(rule, count, Long::sum));
  }

  /** What is in a folder of a store, which knows files and folders only. */
  private Entries stored(Folder folder) throws IOException {
    Path path = new Path(folder.location());
    FileSystem store = path.getFileSystem(hadoop);
    Entries entries = new Entries();
    // Not listFiles, which asks for more than is used here.
    RemoteIterator<FileStatus> statuses = store.listStatusIterator(path);
    while (statuses.hasNext()) {
      FileStatus entry = statuses.next();
      String name = entry.getPath().getName();
      entries.see(name);
      if (!entry.isDirectory()) {
        entries.seeFile(name);
      }
      LeftOutRule rule = entry.isDirectory() ? NameRules.ofFolder(name) : names.ofFile(name);
      if (rule != null) {
        entries.leaveOut(rule);
      } else if (entry.isDirectory()) {
        entries.add(new Folder(entry.getPath().toString(), List.of()));
      } else {
        entries.add(FoundFile.stored(idOf(root, entry.getPath().toString()), entry));
      }
    }
    return entries;
  }

  /** What comes after the root, in Hadoop's form. */
  static String idOf(String root, String file) {
    return file.substring(root.endsWith(Path.SEPARATOR) ? root.length() : root.length() + 1);
  }
}
