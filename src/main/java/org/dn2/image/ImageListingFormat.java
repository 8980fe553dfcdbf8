package org.dn2.image;

import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import org.dn2.table.Printable;
import org.dn2.table.UserDataException;

/**
 * What lies at an input's path. A folder is a table or a manifest if it holds nothing but Parquet,
 * or nothing but CSV; hidden files count for nothing.
 */
final class ImageListingFormat {
  private ImageListingFormat() {}

  /**
   * Looks at names, and at a Parquet file's columns.
   *
   * @param kinds of the files that are there; all, if there is but one
   */
  static ImageInput.Format of(SparkSession spark, FileStatus root, Set<FileKind> kinds) {
    if (kinds.equals(Set.of(FileKind.CSV))) {
      return ImageInput.Format.MANIFEST;
    }
    if (!kinds.equals(Set.of(FileKind.PARQUET))) {
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
   * @throws UserDataException if a folder cannot be listed, or a file cannot be opened
   */
  static List<FileStatus> csvFiles(FileStatus root, Configuration hadoop) {
    if (root.isFile()) {
      return FileKind.of(root.getPath().getName()) == FileKind.PARQUET ? List.of() : List.of(root);
    }
    return filesIn(root, FileKind.CSV, hadoop);
  }

  /**
   * The files of a kind in a folder, by name; none where there are others too.
   *
   * @throws UserDataException if a folder cannot be listed, or a file cannot be opened
   */
  static List<FileStatus> filesIn(FileStatus root, FileKind kind, Configuration hadoop) {
    String folder = root.getPath().toString();
    FolderWalk walk =
        new FolderWalk(folder, List.of(FolderWalk.first(folder)), NameRules.ofAnyType(), hadoop);
    walk.stepUntilKindIsTold();
    if (!walk.kinds().equals(Set.of(kind))) {
      return List.of();
    }
    return walk.found().files().stream()
        .map(file -> status(root, file))
        .sorted(Comparator.comparing(FileStatus::getPath))
        .toList();
  }

  private static FileStatus status(FileStatus root, FoundFile file) {
    if (file.path() == null || file.sizeBytes() == null) {
      throw new UserDataException(
          "%s has a file that cannot be opened, %s: a link that leads nowhere, or a name that is not UTF-8. Mend or remove it."
              .formatted(root.getPath(), Printable.of(file.imageId())));
    }
    return new FileStatus(
        file.sizeBytes(), false, 1, 0, file.modifiedMilliseconds(), new Path(file.path()));
  }
}
