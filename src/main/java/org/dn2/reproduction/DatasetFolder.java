package org.dn2.reproduction;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.dn2.image.ImageInput;
import org.dn2.table.LiteralPath;
import org.dn2.table.UserDataException;

/**
 * A dataset with a training and a test split: a tree {@code split/class/image}, or a table of
 * images with a column {@code split}.
 *
 * @param name the folder's
 * @param path of the folder
 * @param isTree whether it is a tree
 */
public record DatasetFolder(String name, String path, boolean isTree) {
  /** The split whose images are the reference. */
  public static final String TRAIN = "train";

  /** The split whose images are judged. */
  public static final String TEST = "test";

  private static final String CLASS_FOLDER = "([^/]+)/[^/]+$";

  /**
   * The datasets at a path: the folder itself, or the folders in it.
   *
   * @throws UserDataException if there is none
   */
  public static List<DatasetFolder> in(String path, Configuration hadoop) {
    Path root = LiteralPath.given(path);
    try {
      FileSystem files = root.getFileSystem(hadoop);
      if (!files.exists(root)) {
        throw new UserDataException("There is no data: " + path + " is missing.");
      }
      DatasetFolder whole = of(files, files.getFileStatus(root));
      if (whole != null) {
        return List.of(whole);
      }
      List<DatasetFolder> datasets = new ArrayList<>();
      FileStatus[] entries = files.listStatus(root);
      Arrays.sort(entries);
      for (FileStatus entry : entries) {
        DatasetFolder dataset = of(files, entry);
        if (dataset != null) {
          datasets.add(dataset);
        }
      }
      if (datasets.isEmpty()) {
        throw new UserDataException(
            "There is no dataset in %s: neither it nor a folder in it has the folders train and test, or is a table that dn2 dataset import wrote."
                .formatted(path));
      }
      return datasets;
    } catch (IOException e) {
      throw new UserDataException("The data in " + path + " cannot be read: " + e.getMessage(), e);
    }
  }

  private static DatasetFolder of(FileSystem files, FileStatus folder) throws IOException {
    Path path = folder.getPath();
    String name = path.getName();
    if (!folder.isDirectory() || name.startsWith(".") || name.startsWith("_")) {
      return null;
    }
    if (files.exists(new Path(path, TRAIN)) && files.exists(new Path(path, TEST))) {
      return new DatasetFolder(name, path.toString(), true);
    }
    boolean isTable =
        Arrays.stream(files.listStatus(path))
            .anyMatch(file -> file.getPath().getName().endsWith(".parquet"));
    return isTable ? new DatasetFolder(name, path.toString(), false) : null;
  }

  /** The images of one split. */
  public ImageInput split(String split) {
    return isTree
        ? new ImageInput(
            path + "/" + split,
            ImageInput.Format.FOLDER,
            CLASS_FOLDER,
            null,
            null,
            List.of(),
            null,
            null)
        : new ImageInput(path, ImageInput.Format.TABLE, null, null, split, List.of(), null, null);
  }
}
