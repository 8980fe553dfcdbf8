package org.dn2.image;

import java.io.Serializable;
import java.util.List;
import java.util.Objects;
import org.dn2.table.UserDataException;

/**
 * Where images come from and which of them are meant.
 *
 * @param path a folder, an image, a manifest (CSV or Parquet) or a Parquet table of encoded images,
 *     on any of Hadoop's file systems
 * @param format what {@code path} is
 * @param labelPattern a Java regular expression searched in {@code image_id}, whose first group is
 *     the label where the input names none; null for none
 * @param groupPattern the same for {@code group_id}
 * @param split keeps only rows of this {@code split}; null keeps all
 * @param labels keeps only rows of these labels; empty keeps all
 * @param glob keeps only files of a folder whose name matches, in any letter case, such as {@code
 *     *.png}; null keeps all
 * @param manifestRoot the folder against which a manifest's relative paths resolve; null for the
 *     manifest's own
 * @param allowedRoots other folders below which a manifest may name files; elsewhere it may not
 * @param limit at most so many images, 1 or more, chosen by their ids alone; null for all
 */
public record ImageInput(
    String path,
    Format format,
    String labelPattern,
    String groupPattern,
    String split,
    List<String> labels,
    String glob,
    String manifestRoot,
    List<String> allowedRoots,
    Integer limit)
    implements Serializable {

  /** What lies at an input's path. */
  public enum Format {
    /** Found out by looking. */
    AUTO,
    /** A folder tree of image files, or one file. */
    FOLDER,
    /** A CSV (with a header) or Parquet table that names image files. */
    MANIFEST,
    /** A Parquet table that holds the encoded images. */
    TABLE
  }

  public ImageInput {
    Objects.requireNonNull(path, "path");
    Objects.requireNonNull(format, "format");
    labels = List.copyOf(labels);
    allowedRoots = List.copyOf(allowedRoots);
    if (limit != null && limit < 1) {
      throw new UserDataException(
          "The limit of images is " + limit + "; it must be 1 or more, or left out.");
    }
  }

  /** All images, of a manifest none outside of its root. */
  public ImageInput(
      String path,
      Format format,
      String labelPattern,
      String groupPattern,
      String split,
      List<String> labels,
      String glob,
      String manifestRoot) {
    this(
        path,
        format,
        labelPattern,
        groupPattern,
        split,
        labels,
        glob,
        manifestRoot,
        List.of(),
        null);
  }

  /** The same, but a manifest may name files below these folders too. */
  public ImageInput allowing(List<String> roots) {
    return new ImageInput(
        path, format, labelPattern, groupPattern, split, labels, glob, manifestRoot, roots, limit);
  }

  /** The same of another path. */
  public ImageInput at(String otherPath) {
    return new ImageInput(
        otherPath,
        format,
        labelPattern,
        groupPattern,
        split,
        labels,
        glob,
        manifestRoot,
        allowedRoots,
        limit);
  }

  /** The last two parts of the path, by which a person knows it. */
  public String name() {
    return path.replaceFirst("/+$", "")
        .replaceFirst("(?s)^.*/([^/]+/[^/]+)$", "$1")
        .replaceFirst("^/+", "");
  }

  /** All images at a path, without labels or groups unless the input names them. */
  public static ImageInput of(String path) {
    return new ImageInput(path, Format.AUTO, null, null, null, List.of(), null, null);
  }
}
