package org.dn2.image;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.spark.sql.SparkSession;
import org.dn2.table.OutputNames;
import org.dn2.table.UserDataException;

/**
 * What lies at an input's path. A folder is a table or a manifest if it holds nothing but Parquet,
 * or nothing but CSV; hidden files count for nothing.
 */
final class ImageListingFormat {
  private static final Pattern CSV = Pattern.compile("(?s).*\\.(csv|tsv)(\\.(gz|bz2))?$");
  private static final Pattern PARQUET = Pattern.compile("(?s).*\\.parquet$");

  private ImageListingFormat() {}

  /** Looks at names, and at a Parquet file's columns. */
  static ImageInput.Format of(SparkSession spark, FileStatus root, Configuration hadoop) {
    if (holdsOnly(CSV, root, hadoop)) {
      return ImageInput.Format.MANIFEST;
    }
    if (!holdsOnly(PARQUET, root, hadoop)) {
      return ImageInput.Format.FOLDER;
    }
    return ImageListingTable.isOne(ImageListingParquet.read(spark, root))
        ? ImageInput.Format.TABLE
        : ImageInput.Format.MANIFEST;
  }

  /**
   * The CSV files that a manifest is made of, by name; none where it is Parquet.
   *
   * @param root a file, which is CSV unless its name says that it is Parquet; or a folder
   */
  static List<FileStatus> csvFiles(FileStatus root, Configuration hadoop) {
    if (root.isFile()) {
      return matches(PARQUET, root.getPath().getName()) ? List.of() : List.of(root);
    }
    if (!holdsOnly(CSV, root, hadoop)) {
      return List.of();
    }
    List<FileStatus> found = new ArrayList<>();
    try {
      RemoteIterator<LocatedFileStatus> files = files(root, hadoop);
      while (files.hasNext()) {
        LocatedFileStatus file = files.next();
        if (!isHidden(root.getPath(), file.getPath())) {
          found.add(file);
        }
      }
    } catch (IOException e) {
      throw cannotList(root, e);
    }
    found.sort(Comparator.comparing(FileStatus::getPath));
    return List.copyOf(found);
  }

  /** Looks at files until the first of another kind: folders of images are large. */
  private static boolean holdsOnly(Pattern names, FileStatus root, Configuration hadoop) {
    if (root.isFile()) {
      return matches(names, root.getPath().getName());
    }
    try {
      RemoteIterator<LocatedFileStatus> files = files(root, hadoop);
      boolean found = false;
      while (files.hasNext()) {
        Path file = files.next().getPath();
        if (!isHidden(root.getPath(), file)) {
          if (!matches(names, file.getName())) {
            return false;
          }
          found = true;
        }
      }
      return found;
    } catch (IOException e) {
      throw cannotList(root, e);
    }
  }

  private static RemoteIterator<LocatedFileStatus> files(FileStatus root, Configuration hadoop)
      throws IOException {
    FileSystem fileSystem = root.getPath().getFileSystem(hadoop);
    return fileSystem.listFiles(root.getPath(), true);
  }

  private static boolean matches(Pattern names, String name) {
    return names.matcher(name.toLowerCase(Locale.ROOT)).matches();
  }

  /** Whether a file counts for nothing, for its own name or that of a folder below the root. */
  private static boolean isHidden(Path root, Path file) {
    for (Path path = file; path != null && !path.equals(root); path = path.getParent()) {
      String name = path.getName();
      if (OutputNames.isOwn(name) || name.startsWith(".") || name.endsWith("._COPYING_")) {
        return true;
      }
    }
    return false;
  }

  private static UserDataException cannotList(FileStatus root, IOException e) {
    return new UserDataException(
        "The folder %s cannot be listed: %s".formatted(root.getPath(), e.getMessage()), e);
  }
}
