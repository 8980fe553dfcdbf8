package org.dn2.datasets;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Caltech-UCSD Birds 200-2011: {@code images/CLASS/*.jpg}, and text files that give each image's
 * number a path, a class and a split. A label is the class's folder, such as {@code
 * 001.Black_footed_Albatross}.
 */
record BirdsReader() implements DatasetReader {
  private static final String CLASSES = "classes.txt";
  private static final String PATHS = "images.txt";
  private static final String LABELS = "image_class_labels.txt";
  private static final String SPLITS = "train_test_split.txt";

  @Override
  public List<ImageSource> sources(SourceFolder folder) throws IOException {
    folder.require("images", CLASSES, PATHS, LABELS, SPLITS);
    Map<String, String> classes = table(folder, CLASSES);
    Map<String, String> labels = table(folder, LABELS);
    Map<String, String> isTraining = table(folder, SPLITS);
    List<ImageFiles.LabeledFile> images = new ArrayList<>();
    for (String line : folder.lines(PATHS)) {
      String[] image = cells(folder, PATHS, line);
      String label = find(folder, CLASSES, classes, find(folder, LABELS, labels, image[0]));
      String split = find(folder, SPLITS, isTraining, image[0]).equals("1") ? "train" : "test";
      images.add(new ImageFiles.LabeledFile("images/" + image[1], label, split));
    }
    folder.requireAll(
        images.stream().map(ImageFiles.LabeledFile::path).toList(), folder.filesBelow("images"));
    return ImageFiles.share(images);
  }

  private static Map<String, String> table(SourceFolder folder, String file) throws IOException {
    Map<String, String> byNumber = new HashMap<>();
    for (String line : folder.lines(file)) {
      String[] cells = cells(folder, file, line);
      byNumber.put(cells[0], cells[1]);
    }
    return byNumber;
  }

  private static String[] cells(SourceFolder folder, String file, String line) {
    String[] cells = line.split(" +", 2);
    if (cells.length < 2) {
      throw folder.damaged(file, "the line '%s' has one word and not two".formatted(line));
    }
    return cells;
  }

  private static String find(
      SourceFolder folder, String file, Map<String, String> table, String number) {
    String value = table.get(number);
    if (value == null) {
      throw folder.damaged(file, "it has no line for the number " + number);
    }
    return value;
  }
}
