package org.dn2.store;

import java.io.IOException;
import java.util.Objects;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.dn2.table.LiteralPath;
import org.dn2.table.UserDataException;

/**
 * Where an output goes and whose it is.
 *
 * @param folder on any of Hadoop's file systems
 * @param runId of the run that writes it
 * @param existing what becomes of the folder where another run has written it
 */
public record Destination(String folder, RunId runId, ExistingOutput existing) {
  public Destination {
    Objects.requireNonNull(folder, "folder");
    Objects.requireNonNull(runId, "runId");
    Objects.requireNonNull(existing, "existing");
  }

  /** A folder of that name in this one, of the same run. */
  public Destination in(String name) {
    return at(folder + "/" + name);
  }

  /** Another folder, of the same run. */
  public Destination at(String otherFolder) {
    return new Destination(otherFolder, runId, existing);
  }

  /**
   * The folder with its store's name and from the root.
   *
   * @throws UserDataException if it is no path, or its store is not known
   */
  Path path(Configuration hadoop) {
    return qualified(folder, hadoop);
  }

  public static Path qualified(String folder, Configuration hadoop) {
    try {
      Path path = LiteralPath.hadoop(folder);
      Path qualified = path.getFileSystem(hadoop).makeQualified(path);
      // What cannot be read back is not written.
      LiteralPath.of(qualified.toString());
      return qualified;
    } catch (IOException | IllegalArgumentException e) {
      throw CommittedFolder.cannotWrite(folder, e);
    }
  }
}
