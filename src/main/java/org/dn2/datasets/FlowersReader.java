package org.dn2.datasets;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import us.hebi.matlab.mat.format.Mat5;
import us.hebi.matlab.mat.types.MatFile;
import us.hebi.matlab.mat.types.Matrix;
import us.hebi.matlab.mat.types.Sources;

/**
 * Oxford Flowers 102: {@code jpg/image_00001.jpg} and so on, the classes 1 to 102 in {@code
 * imagelabels.mat}, the numbers of the images of each split in {@code setid.mat}. The owners name
 * no classes; a label is the class's number in three digits.
 */
record FlowersReader() implements DatasetReader {
  private static final String LABELS = "imagelabels.mat";
  private static final String SPLITS = "setid.mat";

  @Override
  public List<ImageSource> sources(SourceFolder folder) throws IOException {
    folder.require("jpg", LABELS, SPLITS);
    int[] labels = numbers(folder, LABELS, "labels");
    List<ImageFiles.LabeledFile> images = new ArrayList<>();
    add(images, folder, labels, "trnid", "train");
    add(images, folder, labels, "valid", "validation");
    add(images, folder, labels, "tstid", "test");
    folder.requireAll(
        images.stream().map(ImageFiles.LabeledFile::path).toList(), folder.filesBelow("jpg"));
    return ImageFiles.share(images);
  }

  private static void add(
      List<ImageFiles.LabeledFile> images,
      SourceFolder folder,
      int[] labels,
      String matrix,
      String split)
      throws IOException {
    for (int number : numbers(folder, SPLITS, matrix)) {
      if (number < 1 || number > labels.length) {
        throw folder.damaged(
            SPLITS,
            "it names the image %d, and %s has labels for 1 to %d"
                .formatted(number, LABELS, labels.length));
      }
      images.add(
          new ImageFiles.LabeledFile(
              "jpg/image_%05d.jpg".formatted(number), "%03d".formatted(labels[number - 1]), split));
    }
  }

  private static int[] numbers(SourceFolder folder, String file, String matrix) throws IOException {
    byte[] bytes = folder.smallFile(file);
    try (MatFile mat = Mat5.newReader(Sources.wrap(bytes)).readMat()) {
      Matrix values = mat.getMatrix(matrix);
      int[] numbers = new int[values.getNumElements()];
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] = values.getInt(i);
      }
      return numbers;
    } catch (IOException | RuntimeException e) {
      throw folder.damaged(
          file, "the matrix %s cannot be read from it (%s)".formatted(matrix, e.getMessage()));
    }
  }
}
