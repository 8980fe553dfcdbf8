package org.dn2.image;

import static org.apache.spark.sql.functions.col;

import java.io.Serializable;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.function.FilterFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.dn2.table.LiteralPath;
import org.dn2.table.Printable;
import org.dn2.table.Tables;
import org.dn2.table.UserDataException;

/**
 * The folders below which a manifest may name files: who writes a manifest is not always who may
 * read all that the job's user may read. Links are not followed.
 *
 * @param defaultFileSystem of paths without a scheme
 */
record ImageListingRoots(List<Place> roots, URI defaultFileSystem) implements Serializable {

  /**
   * @param fileSystem scheme and authority, in small letters
   * @param names of the folders on the way, without {@code .} and {@code ..}
   */
  private record Place(String fileSystem, List<String> names) implements Serializable {
    boolean contains(Place other) {
      return fileSystem.equals(other.fileSystem)
          && other.names.size() >= names.size()
          && other.names.subList(0, names.size()).equals(names);
    }
  }

  /**
   * @param manifestRoot where a manifest's relative paths begin
   * @param others that are allowed too
   */
  static ImageListingRoots of(
      String manifestRoot, List<String> others, Configuration configuration) {
    URI fileSystem = FileSystem.getDefaultUri(configuration);
    return new ImageListingRoots(
        Stream.concat(Stream.of(manifestRoot), others.stream())
            .map(root -> place(LiteralPath.given(root), fileSystem))
            .toList(),
        fileSystem);
  }

  /**
   * Checks a manifest.
   *
   * @param images with absolute paths
   * @param what the manifest is, for messages
   * @param root where its relative paths begin, for messages
   * @throws UserDataException if a path lies below none of the roots, naming the first one
   */
  void requireWithin(Dataset<Row> images, String what, String root) {
    boolean hasRows = Arrays.asList(images.columns()).contains(ImageListingCsv.ROW);
    Column[] columns =
        hasRows
            ? new Column[] {col(Tables.PATH), col(ImageListingCsv.ROW)}
            : new Column[] {col(Tables.PATH)};
    List<Row> outside =
        images
            .select(columns)
            .filter((FilterFunction<Row>) row -> isOutside(row.getString(0)))
            .takeAsList(1);
    if (!outside.isEmpty()) {
      Row first = outside.get(0);
      throw new UserDataException(
          ("%s names a file outside of %s%s: %s. Where that is meant, allow it by its folder: --allow-root FOLDER"
                  + " or allowed-roots = [FOLDER]; or give the folder of all files as --manifest-root.")
              .formatted(
                  what,
                  Printable.of(root),
                  hasRows ? ", in " + first.getString(1) : "",
                  Printable.of(first.getString(0))));
    }
  }

  /** A path that is none lies nowhere; it is for the reading task to reject. */
  boolean isOutside(String path) {
    if (path == null) {
      return false;
    }
    Place place;
    try {
      place = place(LiteralPath.hadoop(path), defaultFileSystem);
    } catch (IllegalArgumentException e) {
      return false;
    }
    return roots.stream().noneMatch(root -> root.contains(place));
  }

  private static Place place(Path path, URI defaultFileSystem) {
    URI uri = path.toUri();
    boolean isOfDefault = uri.getScheme() == null;
    String scheme = isOfDefault ? defaultFileSystem.getScheme() : uri.getScheme();
    String authority =
        uri.getAuthority() == null
                && (isOfDefault || scheme.equalsIgnoreCase(defaultFileSystem.getScheme()))
            ? defaultFileSystem.getAuthority()
            : uri.getAuthority();
    Deque<String> names = new ArrayDeque<>();
    for (String name : uri.getPath().split("/", -1)) {
      if (name.equals("..")) {
        names.pollLast();
      } else if (!name.isEmpty() && !name.equals(".")) {
        names.addLast(name);
      }
    }
    return new Place(
        scheme.toLowerCase(Locale.ROOT)
            + "://"
            + Objects.requireNonNullElse(authority, "").toLowerCase(Locale.ROOT),
        List.copyOf(names));
  }
}
