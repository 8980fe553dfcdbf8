package org.dn2.datasets;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.dn2.image.DecodeLimits;
import org.dn2.image.FolderFiles;
import org.dn2.image.ImageFile;
import org.dn2.image.UndecodableImageException;
import org.dn2.table.FileNames;
import org.dn2.table.LiteralPath;
import org.dn2.table.LocalDisk;
import org.dn2.table.Printable;
import org.dn2.table.UserDataException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The folder that a dataset was unpacked into, on any of Hadoop's file systems. */
final class SourceFolder {
  private static final Logger LOG = LoggerFactory.getLogger(SourceFolder.class);

  /** No text file of a dataset is larger; one that is, is something else. */
  private static final int MOST_TEXT_BYTES = 64 << 20;

  private final Path root;
  private final FileSystem files;
  private final Configuration hadoop;

  /** The folder at an absolute or relative path, which is not looked at yet. */
  SourceFolder(String path, Configuration hadoop) throws IOException {
    Path given = LiteralPath.given(path);
    this.files = given.getFileSystem(hadoop);
    this.root = files.makeQualified(given);
    this.hadoop = hadoop;
    if (LocalDisk.has(root)) {
      FileNames.requireTold();
    }
  }

  /** The folder's path with its file system. */
  String path() {
    return root.toString();
  }

  /** A file's path with its file system. */
  String path(String name) {
    return at(name).toString();
  }

  boolean has(String name) throws IOException {
    return files.exists(at(name));
  }

  /** The first of the names that is there, or null. */
  String firstOf(String... names) throws IOException {
    for (String name : names) {
      if (has(name)) {
        return name;
      }
    }
    return null;
  }

  /**
   * Checks that files are there.
   *
   * @throws UserDataException naming all that are missing
   */
  void require(String... names) throws IOException {
    SortedSet<String> missing = new TreeSet<>();
    for (String name : names) {
      if (!has(name)) {
        missing.add(name);
      }
    }
    if (!missing.isEmpty()) {
      throw missing(missing);
    }
  }

  /**
   * Checks that files are among those that a listing found.
   *
   * @param needed the files that another file of the dataset names
   * @param present the files that are there
   * @throws UserDataException naming the first that is missing, and their number
   */
  void requireAll(Collection<String> needed, Collection<String> present) {
    SortedSet<String> missing = new TreeSet<>(needed);
    missing.removeAll(present);
    if (!missing.isEmpty()) {
      throw missing(missing);
    }
  }

  private UserDataException missing(SortedSet<String> names) {
    return new UserDataException(
        names.size() == 1
            ? "%s lacks the file %s. Is the download whole and unpacked there?"
                .formatted(root, names.first())
            : "%s lacks %,d files, the first of them %s. Is the download whole and unpacked there?"
                .formatted(root, names.size(), names.first()));
  }

  /** A file's length in bytes. */
  long size(String name) throws IOException {
    try {
      return files.getFileStatus(at(name)).getLen();
    } catch (FileNotFoundException e) {
      throw new UserDataException(missing(new TreeSet<>(List.of(name))).getMessage(), e);
    }
  }

  InputStream open(String name) throws IOException {
    return files.open(at(name));
  }

  private byte[] bytes(String name) throws IOException {
    try (InputStream in = open(name)) {
      return in.readAllBytes();
    }
  }

  /**
   * An image file, read again after a pause where the store fails.
   *
   * @throws UserDataException if there is none to be read, or it has more than 256 MiB
   */
  byte[] image(String name) {
    try {
      return ImageFile.at(path(name), null, hadoop).read(DecodeLimits.DEFAULT);
    } catch (UndecodableImageException e) {
      throw new UserDataException(
          "The image %s of the dataset cannot be taken: %s".formatted(at(name), e.getMessage()), e);
    }
  }

  /**
   * A small file whole.
   *
   * @throws UserDataException if it has more than 64 MiB
   */
  byte[] smallFile(String name) throws IOException {
    if (size(name) > MOST_TEXT_BYTES) {
      throw damaged(name, "it has more than 64 MiB");
    }
    return bytes(name);
  }

  /** A text file's lines without the empty ones, and without space around them. */
  List<String> lines(String name) throws IOException {
    return new String(smallFile(name), StandardCharsets.UTF_8)
        .lines()
        .map(String::strip)
        .filter(line -> !line.isEmpty())
        .toList();
  }

  /**
   * The files below a folder that can be opened, as paths below this one, in order; hidden ones are
   * left out. What is left out is told in the log.
   */
  SortedSet<String> filesBelow(String folder) {
    FolderFiles found = FolderFiles.ofAnyType(path(folder), hadoop);
    tell(folder, found);
    SortedSet<String> paths = new TreeSet<>();
    found.names().forEach(name -> paths.add(folder + Path.SEPARATOR + name));
    return paths;
  }

  /**
   * All images, as paths below this folder, in order. What is left out is told in the log.
   *
   * @throws UserDataException naming files that cannot be opened
   */
  SortedSet<String> images() {
    FolderFiles found = FolderFiles.images(path(), hadoop);
    tell("", found);
    if (!found.unreadable().isEmpty()) {
      throw new UserDataException(
          "%s has files that cannot be opened, links that lead nowhere or names that are not UTF-8: %,d, such as %s. Mend or remove them."
              .formatted(
                  root, found.unreadable().size(), Printable.of(found.unreadable().first())));
    }
    return found.names();
  }

  private void tell(String folder, FolderFiles found) {
    if (found.leftOut().total() > 0) {
      LOG.info("{}: {}", at(folder), found.leftOut());
    }
  }

  /** An error that says which file is damaged and how. */
  UserDataException damaged(String name, String how) {
    return new UserDataException(
        "The file %s is damaged: %s. Get it again.".formatted(at(name), how));
  }

  private Path at(String name) {
    return name.isEmpty() ? root : new Path(root, name);
  }
}
