package org.dn2.datasets;

import java.io.Serializable;
import java.util.Iterator;
import java.util.List;

/**
 * Image files, taken as they are.
 *
 * @param files some hundred of them
 */
record ImageFiles(List<LabeledFile> files) implements ImageSource {
  private static final int FILES_A_TASK = 256;

  /**
   * An image file.
   *
   * @param path below the dataset's folder; also the image's id
   */
  record LabeledFile(String path, String label, String split) implements Serializable {}

  ImageFiles {
    files = List.copyOf(files);
  }

  /** Shares files out. */
  static List<ImageSource> share(List<LabeledFile> files) {
    return Ranges.share(
        files.size(),
        FILES_A_TASK,
        (first, count) -> new ImageFiles(files.subList(first, first + count)));
  }

  @Override
  public Iterator<DatasetImage> images(SourceFolder folder) {
    return Ranges.images(
        0,
        files.size(),
        number -> {
          LabeledFile file = files.get(number);
          return new DatasetImage(
              file.path(),
              folder.path(file.path()),
              file.label(),
              file.split(),
              null,
              folder.image(file.path()));
        });
  }
}
