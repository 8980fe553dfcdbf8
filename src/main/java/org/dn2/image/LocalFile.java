package org.dn2.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import org.dn2.table.FileNames;
import org.dn2.table.Printable;

/** A file on a local disk, looked at before it is opened. */
final class LocalFile {
  private LocalFile() {}

  /**
   * Checks that a path leads to what can be read to its end: a pipe would keep its reader waiting
   * for ever. What is missing passes; opening it will tell.
   *
   * @throws UndecodableImageException if it is a link that leads nowhere, a pipe, a socket or a
   *     device
   * @throws org.dn2.table.UserDataException if this process cannot tell the names of files
   */
  static void requireReadable(org.apache.hadoop.fs.Path path)
      throws IOException, UndecodableImageException {
    FileNames.requireTold();
    Path file = Path.of(path.toUri().getPath());
    if (!Files.exists(file)) {
      if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
        throw new UndecodableImageException(
            RejectReason.UNREADABLE,
            "The link leads to %s, where there is nothing that can be looked at."
                .formatted(Printable.of(Files.readSymbolicLink(file).toString())));
      }
      return;
    }
    if (Files.readAttributes(file, BasicFileAttributes.class).isOther()) {
      throw new UndecodableImageException(
          RejectReason.UNREADABLE, "It is not a regular file, but a pipe, a socket or a device.");
    }
  }
}
