package org.dn2.image;

import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;

/**
 * The files below a folder, found as the images of an input are: links to folders are followed on
 * local disks, at most three on one path, and circles of them are not.
 *
 * @param names paths below the folder, in order
 * @param unreadable those that cannot be opened: links that lead nowhere, and names that are not
 *     UTF-8, with the bytes that are none as {@code \xE9}
 * @param leftOut what else was found
 */
public record FolderFiles(SortedSet<String> names, SortedSet<String> unreadable, LeftOut leftOut) {

  /**
   * Those that may be images.
   *
   * @param folder Hadoop's path with its file system
   * @throws org.dn2.table.UserDataException if a folder cannot be listed
   */
  public static FolderFiles images(String folder, Configuration hadoop) {
    return below(folder, new NameRules(null), hadoop);
  }

  /**
   * Those of any type; hidden ones and what belongs to outputs of dn2 are left out.
   *
   * @param folder Hadoop's path with its file system
   * @throws org.dn2.table.UserDataException if a folder cannot be listed
   */
  public static FolderFiles ofAnyType(String folder, Configuration hadoop) {
    return below(folder, NameRules.ofAnyType(), hadoop);
  }

  private static FolderFiles below(String folder, NameRules rules, Configuration hadoop) {
    FolderWalk walk = new FolderWalk(folder, List.of(FolderWalk.first(folder)), rules, hadoop);
    while (walk.remaining() > 0) {
      walk.step();
    }
    FolderWalk.Found found = walk.found();
    SortedSet<String> names = new TreeSet<>();
    SortedSet<String> unreadable = new TreeSet<>();
    for (FoundFile file : found.files()) {
      boolean canBeOpened = file.path() != null && file.sizeBytes() != null;
      (canBeOpened ? names : unreadable).add(file.imageId());
    }
    return new FolderFiles(names, unreadable, LeftOut.of(found.leftOut()));
  }
}
