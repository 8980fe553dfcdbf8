package org.dn2.datasets;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * WBC, white blood cells (Zheng et al. 2018), the first of its two sets: {@code Dataset 1/001.bmp}
 * and so on, and a table of the classes 1 to 5. As in the paper, classes of more than 20 images are
 * taken, of each the first 80 % for training.
 */
record BloodCellsReader() implements DatasetReader {
  private static final String TABLE = "Class Labels of Dataset 1.csv";
  private static final String IMAGES = "Dataset 1";
  private static final int TOO_FEW = 20;
  private static final List<String> CLASSES =
      List.of("neutrophil", "lymphocyte", "monocyte", "eosinophil", "basophil");

  @Override
  public List<ImageSource> sources(SourceFolder folder) throws IOException {
    folder.require(IMAGES, TABLE);
    SortedMap<Integer, List<String>> pathsByClass = new TreeMap<>();
    for (Map.Entry<Integer, Integer> image : classes(folder).entrySet()) {
      pathsByClass
          .computeIfAbsent(image.getValue(), label -> new ArrayList<>())
          .add("%s/%03d.bmp".formatted(IMAGES, image.getKey()));
    }
    List<ImageFiles.LabeledFile> images = new ArrayList<>();
    pathsByClass.forEach(
        (label, paths) -> {
          if (paths.size() > TOO_FEW) {
            // The first four fifths in whole numbers.
            int training = paths.size() * 4 / 5;
            for (int i = 0; i < paths.size(); i++) {
              images.add(
                  new ImageFiles.LabeledFile(
                      paths.get(i), CLASSES.get(label - 1), i < training ? "train" : "test"));
            }
          }
        });
    if (images.isEmpty()) {
      throw folder.damaged(TABLE, "no class has more than %d images".formatted(TOO_FEW));
    }
    folder.requireAll(
        images.stream().map(ImageFiles.LabeledFile::path).toList(), folder.filesBelow(IMAGES));
    return ImageFiles.share(images);
  }

  private static SortedMap<Integer, Integer> classes(SourceFolder folder) throws IOException {
    SortedMap<Integer, Integer> classes = new TreeMap<>();
    List<String> lines = folder.lines(TABLE);
    for (String line : lines.subList(Math.min(1, lines.size()), lines.size())) {
      String[] cells = line.split(",", -1);
      try {
        int label = Integer.parseInt(cells[1].strip());
        if (label < 1 || label > CLASSES.size()) {
          throw folder.damaged(
              TABLE, "the line '%s' has no class from 1 to %d".formatted(line, CLASSES.size()));
        }
        classes.put(Integer.valueOf(cells[0].strip()), label);
      } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
        throw folder.damaged(TABLE, "the line '%s' is not of two whole numbers".formatted(line));
      }
    }
    return classes;
  }
}
