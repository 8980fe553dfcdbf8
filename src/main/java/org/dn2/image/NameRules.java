package org.dn2.image;

import java.io.IOException;
import java.util.Locale;
import java.util.Set;
import org.apache.hadoop.fs.GlobFilter;
import org.apache.hadoop.fs.Path;
import org.dn2.table.OutputNames;
import org.dn2.table.UserDataException;

/** Tells by its name alone whether an entry of a folder is left out. */
final class NameRules {
  private static final Set<String> SIDECAR_NAMES =
      Set.of(".ds_store", "desktop.ini", "ehthumbs.db", "picasa.ini", ".picasa.ini", "thumbs.db");

  /** In lower case, without the dot. */
  private static final Set<String> SIDECAR_EXTENSIONS =
      Set.of(
          "aae", "csv", "dop", "json", "jsonl", "log", "md", "md5", "parquet", "pp3", "sha1",
          "sha256", "tsv", "txt", "xml", "xmp", "yaml", "yml");

  private static final String BEING_COPIED = "._COPYING_";

  private final GlobFilter wanted;
  private final Set<String> sidecarNames;
  private final Set<String> sidecarExtensions;

  /**
   * @param glob of the names of files to keep, in any letter case; null for all
   * @throws UserDataException if it is malformed
   */
  NameRules(String glob) {
    this(filter(glob), SIDECAR_NAMES, SIDECAR_EXTENSIONS);
  }

  private NameRules(GlobFilter wanted, Set<String> sidecarNames, Set<String> sidecarExtensions) {
    this.wanted = wanted;
    this.sidecarNames = sidecarNames;
    this.sidecarExtensions = sidecarExtensions;
  }

  /** Rules for files of which some are no images: none is a sidecar. */
  static NameRules ofAnyType() {
    return new NameRules(null, Set.of(), Set.of());
  }

  private static GlobFilter filter(String glob) {
    try {
      return glob == null ? null : new GlobFilter(glob.toLowerCase(Locale.ROOT));
    } catch (IOException e) {
      throw new UserDataException(
          "The pattern %s is no glob: %s".formatted(glob, e.getMessage()), e);
    }
  }

  /** Whether a file counts for nothing where the format of an input is told. */
  static boolean isHidden(String name) {
    return OutputNames.isOwn(name) || name.startsWith(".") || name.endsWith(BEING_COPIED);
  }

  /** The rule that leaves a folder out; null for none. */
  static LeftOutRule ofFolder(String name) {
    if (OutputNames.isOwn(name)) {
      return LeftOutRule.OUTPUT_OF_DN2;
    }
    return name.startsWith(".") ? LeftOutRule.HIDDEN : null;
  }

  /** The rule that leaves a file, or what is no folder, out; null for none. */
  LeftOutRule ofFile(String name) {
    if (OutputNames.isOwn(name)) {
      return LeftOutRule.OUTPUT_OF_DN2;
    }
    if (sidecarNames.contains(name.toLowerCase(Locale.ROOT))) {
      return LeftOutRule.SIDECAR;
    }
    if (name.startsWith(".")) {
      return LeftOutRule.HIDDEN;
    }
    if (name.endsWith(BEING_COPIED)) {
      return LeftOutRule.BEING_COPIED;
    }
    if (isSidecar(name)) {
      return LeftOutRule.SIDECAR;
    }
    return isWanted(name) ? null : LeftOutRule.GLOB;
  }

  private boolean isSidecar(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return sidecarExtensions.contains(lower.substring(lower.lastIndexOf('.') + 1))
        && lower.indexOf('.') >= 0;
  }

  /** Whether the glob, if there is one, takes a file. */
  boolean isWanted(String name) {
    // By its parts: as a whole, what comes before a colon would be a scheme.
    return wanted == null || wanted.accept(new Path(null, null, name.toLowerCase(Locale.ROOT)));
  }
}
