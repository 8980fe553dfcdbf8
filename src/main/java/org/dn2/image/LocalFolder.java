package org.dn2.image;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import org.dn2.table.FileNames;

/**
 * A folder on a local disk, looked at by Java's own means: Hadoop's pass over links that lead
 * nowhere and names that are not UTF-8, take pipes for files, and follow circles of links.
 */
final class LocalFolder {
  /** Links to folders that are followed on one path; few mean that many, and circles multiply. */
  private static final int MOST_LINKS = 3;

  private final org.apache.hadoop.fs.Path root;
  private final Path rootFolder;
  private final FolderWalk.Folder folder;
  private final Path path;
  private final NameRules names;
  private String real;

  /**
   * @param root the listed folder
   * @param folder this one, the root or below it
   */
  LocalFolder(org.apache.hadoop.fs.Path root, FolderWalk.Folder folder, NameRules names) {
    FileNames.requireTold();
    this.root = root;
    this.rootFolder = Path.of(root.toUri().getPath());
    this.folder = folder;
    this.path = Path.of(URI.create(folder.location()));
    this.names = names;
  }

  /** A URI that has all bytes of a path, be they text or not. */
  static String location(org.apache.hadoop.fs.Path path) {
    FileNames.requireTold();
    return Path.of(path.toUri().getPath()).toUri().toString();
  }

  /** All that is in the folder. */
  FolderWalk.Entries entries() throws IOException {
    FolderWalk.Entries entries = new FolderWalk.Entries();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(path)) {
      for (Path entry : stream) {
        entries.see(entry.getFileName().toString());
        add(entry, entries);
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return entries;
  }

  private void add(Path entry, FolderWalk.Entries entries) throws IOException {
    BasicFileAttributes attributes;
    try {
      attributes =
          Files.readAttributes(entry, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    } catch (NoSuchFileException e) {
      // It went while the folder was listed, and is no entry any more.
      return;
    }
    boolean isLink = attributes.isSymbolicLink();
    if (isLink) {
      attributes = behind(entry);
    }
    boolean isFolder = attributes != null && attributes.isDirectory();
    String name = entry.getFileName().toString();
    if (!isFolder) {
      entries.seeFile(name);
    }
    LeftOutRule rule = isFolder ? NameRules.ofFolder(name) : names.ofFile(name);
    if (rule != null) {
      entries.leaveOut(rule);
    } else if (attributes == null) {
      entries.add(file(entry, null, null));
    } else if (isFolder) {
      addFolder(entry, isLink ? entry.toRealPath() : null, entries);
    } else if (attributes.isRegularFile()) {
      entries.add(file(entry, attributes.size(), attributes.lastModifiedTime().toMillis()));
    } else {
      entries.leaveOut(LeftOutRule.NOT_A_REGULAR_FILE);
    }
  }

  /** What a link leads to; null where it leads nowhere. */
  private static BasicFileAttributes behind(Path link) {
    try {
      return Files.readAttributes(link, BasicFileAttributes.class);
    } catch (IOException e) {
      // Why is said when the image is read.
      return null;
    }
  }

  /**
   * Adds a folder that is to be gone through, or the rule that keeps a link from being followed.
   *
   * @param target of a link; null for a folder that lies here
   */
  private void addFolder(Path entry, Path target, FolderWalk.Entries entries) throws IOException {
    List<String> linkedFrom = folder.linkedFrom();
    if (target != null) {
      linkedFrom = new ArrayList<>(linkedFrom);
      linkedFrom.add(real());
      // A folder behind which one of those lies through which it was reached.
      if (linkedFrom.stream().anyMatch(from -> Path.of(URI.create(from)).startsWith(target))) {
        entries.leaveOut(LeftOutRule.CIRCULAR_LINK);
        return;
      }
      if (linkedFrom.size() > MOST_LINKS) {
        entries.leaveOut(LeftOutRule.NESTED_LINK);
        return;
      }
    }
    entries.add(new FolderWalk.Folder(entry.toUri().toString(), linkedFrom));
  }

  private String real() throws IOException {
    if (real == null) {
      real = path.toRealPath().toUri().toString();
    }
    return real;
  }

  private FoundFile file(Path entry, Long sizeBytes, Long modifiedMilliseconds) {
    Path relative = rootFolder.relativize(entry);
    String id = relative.toString();
    if (!Path.of(id).equals(relative)) {
      return FoundFile.local(escaped(relative), null, sizeBytes, modifiedMilliseconds);
    }
    String prefix = root.toString();
    String whole = prefix.endsWith("/") ? prefix + id : prefix + "/" + id;
    return FoundFile.local(id, whole, sizeBytes, modifiedMilliseconds);
  }

  /** A name that is no UTF-8, with the bytes that are none as {@code \xE9}. */
  private static String escaped(Path relative) {
    // A URI has each byte, which nothing else of Java's tells.
    String encoded = Path.of("/").resolve(relative).toUri().getRawPath().substring(1);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    // A folder of the same name below the root would add a slash.
    int length = encoded.endsWith("/") ? encoded.length() - 1 : encoded.length();
    for (int i = 0; i < length; i++) {
      if (encoded.charAt(i) == '%') {
        bytes.write(Integer.parseInt(encoded, i + 1, i + 3, 16));
        i += 2;
      } else {
        bytes.write(encoded.charAt(i));
      }
    }
    return FileNames.escaped(bytes.toByteArray());
  }
}
