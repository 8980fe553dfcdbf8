package org.dn2.datasets;

import java.util.ArrayList;
import java.util.List;
import org.dn2.table.Printable;
import org.dn2.table.UserDataException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Any folder tree {@code split/class/image}; deeper folders belong to their class. */
record FolderTreeReader() implements DatasetReader {
  private static final Logger LOG = LoggerFactory.getLogger(FolderTreeReader.class);

  @Override
  public List<ImageSource> sources(SourceFolder folder) {
    List<ImageFiles.LabeledFile> images = new ArrayList<>();
    List<String> elsewhere = new ArrayList<>();
    for (String path : folder.images()) {
      String[] parts = path.split("/", 3);
      if (parts.length == 3) {
        images.add(new ImageFiles.LabeledFile(path, parts[1], parts[0]));
      } else {
        elsewhere.add(path);
      }
    }
    if (images.isEmpty()) {
      throw new UserDataException(
          "%s holds no files of the form split/class/image, such as train/cat/001.png."
              .formatted(folder.path()));
    }
    if (!elsewhere.isEmpty()) {
      LOG.warn(
          "Left out, for they are not of the form split/class/image: {} in all, such as {}.",
          elsewhere.size(),
          Printable.of(elsewhere.get(0)));
    }
    return ImageFiles.share(images);
  }
}
