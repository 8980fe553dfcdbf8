package org.dn2.store;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Objects;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.dn2.table.LiteralPath;
import org.dn2.table.LocalDisk;
import org.dn2.table.Printable;
import org.dn2.table.UserDataException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps what a command writes apart from what it reads. */
public final class Separation {
  private static final Logger LOG = LoggerFactory.getLogger(Separation.class);

  private Separation() {}

  /**
   * Checks that an output is no input, contains none and lies in none; on a local disk by what
   * links lead to.
   *
   * @param inputs null for one that is not used
   * @throws UserDataException naming both
   */
  public static void require(Configuration hadoop, String output, String... inputs) {
    Place written = Place.of(output, hadoop);
    for (String input : inputs) {
      Place read = input == null ? null : Place.of(input, hadoop);
      if (read == null || written == null) {
        continue;
      }
      boolean isIn = written.isIn(read);
      boolean isAround = read.isIn(written);
      if (isIn || isAround) {
        throw new UserDataException(
            "The output %s %s the input %s. Give an output that is no input, contains none and lies in none."
                .formatted(written, isIn && isAround ? "is" : isIn ? "lies in" : "contains", read));
      }
    }
  }

  /**
   * A place by its names from the root, with links followed where that can be told.
   *
   * @param given by the user
   * @param store its scheme and authority
   */
  private record Place(String given, String store, java.nio.file.Path path) {
    /** Null where it is no path or its store not known, which whoever opens it will say. */
    static Place of(String given, Configuration hadoop) {
      Path path;
      java.nio.file.Path names;
      try {
        Path named = LiteralPath.hadoop(given);
        path = named.getFileSystem(hadoop).makeQualified(named);
        names = java.nio.file.Path.of(path.toUri().getPath()).normalize();
      } catch (IOException | IllegalArgumentException e) {
        LOG.debug("{} cannot be compared with other places", given, e);
        return null;
      }
      try {
        return new Place(
            given,
            path.toUri().getScheme() + "://" + Objects.toString(path.toUri().getAuthority(), ""),
            LocalDisk.has(path) ? real(names) : names);
      } catch (IOException e) {
        throw new UserDataException(
            "The path %s cannot be looked at: %s".formatted(given, e.getMessage()), e);
      }
    }

    /** What a path leads to, as far as it exists. */
    private static java.nio.file.Path real(java.nio.file.Path path) throws IOException {
      java.nio.file.Path there = path;
      while (!Files.exists(there) && there.getParent() != null) {
        there = there.getParent();
      }
      return there.toRealPath().resolve(there.relativize(path)).normalize();
    }

    boolean isIn(Place other) {
      return store.equalsIgnoreCase(other.store) && path.startsWith(other.path);
    }

    @Override
    public String toString() {
      String shown = Printable.of(given);
      boolean isPlain = given.endsWith(path.toString());
      return isPlain ? shown : "%s (%s)".formatted(shown, Printable.of(path.toString()));
    }
  }
}
