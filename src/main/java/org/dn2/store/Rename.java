package org.dn2.store;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.UnsupportedFileSystemException;
import org.apache.hadoop.hdfs.DistributedFileSystem;

/** Renames folders and files in one step, or not at all. */
final class Rename {
  private Rename() {}

  /**
   * Renames a folder to a name that nothing has; of two that do so at once, one fails. Hadoop's
   * usual rename would move the folder into one that is there, and on a local disk copy it.
   *
   * @throws IOException if the name is taken or the store refuses
   */
  static void toFree(Path from, Path to, Configuration hadoop) throws IOException {
    FileSystem files = from.getFileSystem(hadoop);
    if (files instanceof LocalFileSystem local) {
      // The system's own: a folder with something in it is not replaced.
      Files.move(
          local.pathToFile(from).toPath(),
          local.pathToFile(to).toPath(),
          StandardCopyOption.ATOMIC_MOVE);
      return;
    }
    if (files instanceof DistributedFileSystem hdfs) {
      hdfs.rename(from, to, Options.Rename.NONE);
      return;
    }
    try {
      FileContext.getFileContext(from.toUri(), hadoop).rename(from, to, Options.Rename.NONE);
    } catch (UnsupportedFileSystemException e) {
      renameWhereNothingIs(files, from, to);
    }
  }

  /**
   * Gives a file a name that nothing has; of two that do so at once, one fails.
   *
   * @throws IOException if the name is taken or the store refuses
   */
  static void fileToFree(Path from, Path to, Configuration hadoop) throws IOException {
    FileSystem files = from.getFileSystem(hadoop);
    if (files instanceof LocalFileSystem local) {
      java.nio.file.Path source = local.pathToFile(from).toPath();
      java.nio.file.Path target = local.pathToFile(to).toPath();
      try {
        // A rename would replace a file.
        Files.createLink(target, source);
      } catch (UnsupportedOperationException e) {
        Files.copy(source, target);
      }
      return;
    }
    toFree(from, to, hadoop);
  }

  /** Renames a file over another, if there is one. */
  static void fileOver(Path from, Path to, Configuration hadoop) throws IOException {
    FileSystem files = from.getFileSystem(hadoop);
    if (files instanceof LocalFileSystem local) {
      Files.move(
          local.pathToFile(from).toPath(),
          local.pathToFile(to).toPath(),
          StandardCopyOption.ATOMIC_MOVE);
      return;
    }
    if (files instanceof DistributedFileSystem hdfs) {
      hdfs.rename(from, to, Options.Rename.OVERWRITE);
      return;
    }
    FileContext.getFileContext(from.toUri(), hadoop).rename(from, to, Options.Rename.OVERWRITE);
  }

  /** For stores that Hadoop knows by their older interface alone. */
  private static void renameWhereNothingIs(FileSystem files, Path from, Path to)
      throws IOException {
    if (files.exists(to)) {
      throw new IOException(to + " is there already");
    }
    if (!files.rename(from, to)) {
      throw new FileNotFoundException(from + " could not be renamed to " + to);
    }
  }
}
